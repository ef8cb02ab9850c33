#include "server/followers.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace fodspor::server {

namespace {

constexpr int niceness = 10;
// When pieces take all the memory that they may, and only others' taking them can help.
constexpr std::chrono::milliseconds memory_again_after{10};

Failure no_such(std::uint64_t id) {
  return {Fault::not_found,
          "no subscription " + std::to_string(id) + " is under way in this connection; it is named by the id of its request"};
}

}  // namespace

bool Followers::Handful::full() const noexcept {
  return deliveries.size() >= Bounds::handful_pieces || bytes >= Bounds::handful_bytes || looked_at >= Bounds::piece_events_seen_max;
}

Followers::Followers(const engine::Ledger& ledger, const Bounds& bounds, std::function<void(std::function<void()>)> on_network)
    : ledger_(ledger),
      bounds_(bounds),
      on_network_(std::move(on_network)),
      pieces_(ledger, bounds.memory_bytes_max / Bounds::pieces_memory_part),
      alive_(pieces_.alive()),
      durable_(ledger.durable()),
      watch_(ledger.watch([this] { moved(); })),
      thread_([this] { run(); }) {}

Followers::~Followers() {
  watch_ = {};
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    woken_.notify_all();
  }
  thread_.join();
}

void Followers::leave_note(Note note) {
  const std::lock_guard lock(mutex_);
  notes_.push_back(std::move(note));
}

void Followers::wake() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(awake_, true)) return;
  woken_.notify_all();
}

// On the committer's thread, which wakes this one once and then not again before it has looked. Whichever of the two exchanges comes second
// sees what the other's thread did before: either this sees that somebody waits, or that one sees the new end.
void Followers::moved() {
  if (waits_for_end_.exchange(false)) wake();
}

void Followers::begin(std::shared_ptr<Subscription> subscription, Answered answered) {
  leave_note([this, subscription = std::move(subscription), answered = std::move(answered)] {
    const Key key{subscription->caller, subscription->id};
    const auto refuse = [&](Failure failure) { answered(refusal_bytes(subscription->id, failure, bounds_.busy_retry)); };
    if (subscriptions_.contains(key)) {
      return refuse({Fault::conflict, "a subscription with the id " + std::to_string(subscription->id) +
                                          " is under way in this connection; take another id, or cancel that one first"});
    }
    const auto first = subscriptions_.lower_bound({subscription->caller, 0});
    std::size_t own = 0;
    for (auto at = first; at != subscriptions_.end() && at->first.first == subscription->caller; ++at) ++own;
    if (own >= Bounds::subscriptions_max) {
      return refuse({Fault::too_large, "a connection has " + std::to_string(Bounds::subscriptions_max) +
                                           " subscriptions at most, and this one has as many; cancel one, or open another connection"});
    }
    subscriptions_.emplace(key, subscription);
    count_.store(subscriptions_.size(), std::memory_order_relaxed);
    durable_ = std::max(durable_, ledger_.durable());
    subscription->told = {subscription->next.value - 1};
    subscription->told_at = Clock::now();
    EventList none(subscription->form);
    const auto here = std::make_shared<const Piece>(none, subscription->told, alive_);
    answered(Piece::outgoing(here, subscription->id, subscription->told >= durable_));
    place(subscription);
  });
  wake();
}

void Followers::credit(const Caller& caller, std::uint64_t id, std::uint64_t events, std::function<void(Status)> done) {
  leave_note([this, &caller, id, events, done = std::move(done)] {
    const Shared subscription = find(caller, id);
    if (!subscription) return done(tl::make_unexpected(no_such(id)));
    const std::uint64_t before = subscription->credit;
    subscription->credit = before + events < before ? ~std::uint64_t{0} : before + events;
    place(subscription);
    done({});
  });
  wake();
}

void Followers::cancel(const Caller& caller, std::uint64_t id, std::function<void(Status)> done) {
  leave_note([this, &caller, id, done = std::move(done)] {
    const auto found = subscriptions_.find({&caller, id});
    if (found == subscriptions_.end()) return done(tl::make_unexpected(no_such(id)));
    remove(found);
    done({});
  });
  wake();
}

void Followers::leave(const Caller& caller, std::function<void(std::vector<std::uint64_t>)> done) {
  leave_note([this, whose = &caller, done = std::move(done)] {
    std::vector<std::uint64_t> ids;
    for (auto at = subscriptions_.lower_bound({whose, 0}); at != subscriptions_.end() && at->first.first == whose;) {
      ids.push_back(at->first.second);
      remove(at++);
    }
    if (done) done(std::move(ids));
  });
  wake();
}

void Followers::run() {
  ::pthread_setname_np(::pthread_self(), "followers");
  // Without the right to, it serves all the same.
  static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness));
  while (true) {
    wait();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    for (const Note& note : taken_out_) note();
    taken_out_.clear();
    look_at_end();
    tell_the_silent();
    rest();
    serve();
  }
}

void Followers::wait() {
  const auto until = next_turn();
  std::unique_lock lock(mutex_);
  const auto is_woken = [this] { return awake_ || stopping_; };
  if (until == Clock::time_point::max()) {
    woken_.wait(lock, is_woken);
  } else {
    woken_.wait_until(lock, until, is_woken);
  }
  awake_ = false;
  taken_out_.swap(notes_);
}

// When there is something to do even if nobody wakes it.
Followers::Clock::time_point Followers::next_turn() {
  if (!ready_.empty() && handfuls_waiting_.load() < Bounds::handfuls_waiting_max) return next_turn_;
  if (ready_.empty()) {
    // Also where none stands at the end yet: one whose piece has just been taken may have left its note, and wakes nobody.
    waits_for_end_.exchange(true);
    if (!subscriptions_.empty() && ledger_.durable() > durable_) return {};
  }
  return at_end_.empty() ? Clock::time_point::max() : next_silent_;
}

void Followers::look_at_end() {
  const Position durable = ledger_.durable();
  if (durable <= durable_) return;
  durable_ = durable;
  ready_.insert(ready_.end(), std::make_move_iterator(at_end_.begin()), std::make_move_iterator(at_end_.end()));
  at_end_.clear();
}

// What is sent is sent by the network's thread, whose time others wait for.
void Followers::rest() {
  const Clock::duration spent{network_spent_.exchange(0, std::memory_order_relaxed)};
  if (spent > Clock::duration::zero()) next_turn_ = std::max(next_turn_, Clock::now()) + spent * Bounds::followers_rest;
}

// Those that stand at the end and whose client does not know yet that they got there.
void Followers::tell_the_silent() {
  const auto now = Clock::now();
  if (now < next_silent_) return;
  next_silent_ = now + Bounds::silent_for;
  const auto silent = std::stable_partition(at_end_.begin(), at_end_.end(),
                                            [&](const Shared& one) { return !silent_too_long(*one, {one->next.value - 1}); });
  ready_.insert(ready_.end(), std::make_move_iterator(silent), std::make_move_iterator(at_end_.end()));
  at_end_.erase(silent, at_end_.end());
}

bool Followers::silent_too_long(const Subscription& subscription, Position through) const {
  if (through <= subscription.told) return false;
  return through.value - subscription.told.value >= Bounds::silent_events_max || Clock::now() - subscription.told_at >= Bounds::silent_for;
}

void Followers::serve() {
  const auto now = Clock::now();
  if (ready_.empty() || now < next_turn_ || handfuls_waiting_.load() >= Bounds::handfuls_waiting_max) return;
  next_turn_ = now;
  Handful handful;
  // Each once at most, however soon it is ready again.
  for (std::size_t left = ready_.size(); left > 0 && !handful.full(); --left) {
    const Shared subscription = std::move(ready_.front());
    ready_.pop_front();
    subscription->listed = false;
    if (!subscription->ended.load(std::memory_order_relaxed)) serve_one(subscription, handful);
    if (next_turn_ > now) break;
  }
  if (!handful.deliveries.empty()) hand_over(std::move(handful));
}

void Followers::serve_one(const Shared& subscription, Handful& handful) {
  auto piece = subscription->takes_all() ? whole_piece(*subscription) : filtered_piece(*subscription, handful);
  if (!piece) return fail_one(subscription, piece.error(), handful);
  if (!*piece) return place(subscription);
  send(subscription, *piece, handful);
}

// nullptr here and in the next: nothing to send, for now.
Result<std::shared_ptr<const Piece>> Followers::whole_piece(Subscription& subscription) {
  if (subscription.next > durable_ || subscription.credit == 0) return nullptr;
  const std::uint64_t next = subscription.next.value, behind = durable_.value - next + 1;
  const bool lags = std::min(behind, subscription.credit) >= Bounds::piece_events_lagging;
  const std::uint64_t unit = lags ? Bounds::piece_events_lagging : Bounds::piece_events;
  const std::uint64_t boundary = ((next - 1) / unit + 1) * unit;
  const std::uint64_t through = std::min({boundary, durable_.value, next - 1 + std::min(behind, subscription.credit)});
  FODSPOR_TRY(auto piece, pieces_.get(subscription.next, {through}, subscription.form));
  if (!piece) next_turn_ = Clock::now() + memory_again_after;
  return piece;
}

Result<std::shared_ptr<const Piece>> Followers::filtered_piece(Subscription& subscription, Handful& handful) {
  if (subscription.credit == 0) return nullptr;
  if (!pieces_.have_room()) {
    next_turn_ = Clock::now() + memory_again_after;
    return nullptr;
  }
  EventList events(subscription.form);
  Position through{subscription.next.value - 1};
  if (subscription.next <= durable_) {
    const Position last{std::min(durable_.value, through.value + Bounds::piece_events_seen_max)};
    FODSPOR_TRY(engine::Cursor cursor, ledger_.read_log(subscription.next, last));
    // A person's programmes are those of this moment, so what is known of them is not kept for longer.
    Concerns concerns(ledger_);
    while (through < last && events.count() < subscription.credit) {
      FODSPOR_TRY(const auto stored, cursor.next());
      if (!stored) break;
      if (events.count() > 0 && events.held_bytes() + stored->packed.size() > Bounds::piece_bytes_max) break;
      FODSPOR_TRY(const bool seen, subscription.filter.lets(*stored, subscription.grant, concerns));
      if (seen) FODSPOR_DO(events.add(*stored));
      through = stored->placement.position;
      ++handful.looked_at;
    }
  }
  subscription.next = {through.value + 1};
  if (events.count() == 0 && !silent_too_long(subscription, through)) return nullptr;
  return std::make_shared<const Piece>(events, through, alive_);
}

void Followers::send(const Shared& subscription, const std::shared_ptr<const Piece>& piece, Handful& handful) {
  subscription->next = {piece->through().value + 1};
  subscription->told = piece->through();
  subscription->told_at = Clock::now();
  subscription->credit -= piece->count();
  subscription->under_way = true;
  Outgoing outgoing = Piece::outgoing(piece, subscription->id, piece->through() >= durable_);
  outgoing.taken = [this, subscription, next = subscription->next] { was_taken(subscription, next); };
  handful.bytes += outgoing.size();
  handful.deliveries.push_back({subscription, std::move(outgoing), false});
}

void Followers::fail_one(const Shared& subscription, const Failure& failure, Handful& handful) {
  const auto found = subscriptions_.find({subscription->caller, subscription->id});
  FODSPOR_CHECK(found != subscriptions_.end());
  remove(found);
  handful.deliveries.push_back({subscription, refusal_bytes(subscription->id, failure, bounds_.busy_retry), true});
}

void Followers::hand_over(Handful handful) {
  next_turn_ = std::max(next_turn_, Clock::now()) + handful.deliveries.size() * Bounds::pace_of_piece;
  handfuls_waiting_.fetch_add(1);
  on_network_([this, deliveries = std::make_shared<std::vector<Delivery>>(std::move(handful.deliveries))] {
    const auto began = Clock::now();
    for (Delivery& delivery : *deliveries) {
      if (delivery.subscription->ended.load(std::memory_order_relaxed) && !delivery.last) continue;
      if (const auto taker = delivery.subscription->taker.lock()) taker->take_piece(std::move(delivery.outgoing));
    }
    network_spent_.fetch_add((Clock::now() - began).count(), std::memory_order_relaxed);
    handfuls_waiting_.fetch_sub(1);
    wake();
  });
}

// On the network's thread. One that has seen all waits for the log to go on, which wakes this anyway: if the end moved before the note was
// left, that is seen here, and if after, the note is found.
void Followers::was_taken(const Shared& subscription, Position next) {
  leave_note([this, subscription] {
    subscription->under_way = false;
    if (!subscription->ended.load(std::memory_order_relaxed)) place(subscription);
  });
  if (ledger_.durable() >= next) wake();
}

// To where it waits for its turn.
void Followers::place(const Shared& subscription) {
  if (subscription->listed || subscription->under_way || subscription->credit == 0) return;
  subscription->listed = true;
  if (subscription->next <= durable_) {
    ready_.push_back(subscription);
  } else {
    at_end_.push_back(subscription);
  }
}

void Followers::remove(std::map<Key, Shared>::iterator at) {
  const Shared subscription = at->second;
  subscription->ended.store(true, std::memory_order_relaxed);
  subscriptions_.erase(at);
  count_.store(subscriptions_.size(), std::memory_order_relaxed);
  if (!subscription->listed) return;
  std::erase(at_end_, subscription);
  std::erase(ready_, subscription);
}

Followers::Shared Followers::find(const Caller& caller, std::uint64_t id) const {
  const auto found = subscriptions_.find({&caller, id});
  return found == subscriptions_.end() ? nullptr : found->second;
}

}  // namespace fodspor::server
