#include "engine/sequencer.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>

#include "engine/record.h"
#include "events/limits.h"

namespace fodspor::engine {
namespace {

// How long a group waits out a storage stall before its appends are told that the ledger is busy.
constexpr std::chrono::milliseconds stall_wait{2'000};
constexpr std::chrono::milliseconds stall_step{2};

// A group that holds this many events is worth its sync; a smaller one waits for more, for a part of the time that the last sync took.
constexpr std::size_t gathered_events = 1'024;
constexpr std::chrono::microseconds gather_wait_max{2'000};
constexpr unsigned hasty_groups = 16;

std::size_t bytes_of(const Batch& batch) {
  std::size_t bytes = 0;
  for (const Proposal& proposal : batch.proposals) bytes += proposal.packed.size() + limits::placement_bytes_max;
  return bytes;
}

}  // namespace

Sequencer::Sequencer(LogStore& log, Indexes& indexes, const Past& past, Marks& marks, Ring& ring, Position last, Timestamp recorded_at)
    : log_(log),
      indexes_(indexes),
      marks_(marks),
      ring_(ring),
      order_(past, last, recorded_at),
      durable_(last.value),
      recorded_at_(recorded_at.micros),
      thread_([this] { run(); }) {}

Sequencer::~Sequencer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_one();
  thread_.join();
}

std::optional<Failure> Sequencer::poison() const {
  const std::lock_guard lock(mutex_);
  return poison_;
}

Result<Appended> Sequencer::append(Batch batch) {
  Item item{std::move(batch), {}};
  FODSPOR_TRY(const std::shared_ptr<Group> group, enqueue(item, nullptr));
  group->gate.wait();
  return std::move(item.answer);
}

void Sequencer::append(Batch batch, Done done) {
  auto owned = std::make_unique<Item>(Item{std::move(batch), std::move(done)});
  Item& item = *owned;
  const Done refused = item.done;
  if (auto queued = enqueue(item, std::move(owned)); !queued) refused(tl::make_unexpected(queued.error()));
}

Result<std::shared_ptr<Sequencer::Group>> Sequencer::enqueue(Item& item, std::unique_ptr<Item> owned) {
  const std::size_t bytes = bytes_of(item.batch);
  const std::size_t events = item.batch.proposals.size();
  std::shared_ptr<Group> group;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (poison_) return tl::make_unexpected(*poison_);
    if (queued_batches_ >= limits::queue_batches_max || queued_bytes_ + bytes > limits::queue_bytes_max) {
      return fail(Fault::busy, "too many appends wait to be written; try again later");
    }
    if (queue_.empty() || queue_.back()->events + events > limits::group_events_max ||
        queue_.back()->bytes + bytes > limits::group_bytes_max) {
      queue_.push_back(std::make_shared<Group>());
    }
    group = queue_.back();
    group->items.push_back(&item);
    if (owned) group->owned.push_back(std::move(owned));
    group->events += events;
    group->bytes += bytes;
    ++queued_batches_;
    queued_bytes_ += bytes;
    wake = wake_at_ > 0 && queued_batches_ >= wake_at_;
    if (wake) wake_at_ = 0;
  }
  if (wake) queued_.notify_one();
  return group;
}

std::shared_ptr<Sequencer::Group> Sequencer::take() {
  std::unique_lock lock(mutex_);
  while (queue_.empty()) {
    if (stopping_) return nullptr;
    wake_at_ = 1;
    queued_.wait(lock);
  }
  gather(lock);
  wake_at_ = 0;
  std::shared_ptr<Group> group = std::move(queue_.front());
  queue_.pop_front();
  queued_batches_ -= group->items.size();
  queued_bytes_ -= group->bytes;
  return group;
}

// Producers that were just answered come again at once as a rule. Without waiting for them, they and the others would take turns, and each
// sync would carry half of them.
void Sequencer::gather(std::unique_lock<std::mutex>& lock) {
  const auto enough = [this] { return stopping_ || queued_batches_ >= expected_ || queue_.front()->events >= gathered_events; };
  if (enough()) return;
  if (hasty_groups_ > 0) {
    --hasty_groups_;
    return;
  }
  wake_at_ = expected_;
  const auto wait = std::min<std::chrono::steady_clock::duration>(sync_took_ / 2, gather_wait_max);
  if (!queued_.wait_for(lock, wait, enough)) hasty_groups_ = hasty_groups;
}

void Sequencer::run() {
  ::pthread_setname_np(::pthread_self(), "sequencer");
  while (const std::shared_ptr<Group> group = take()) {
    process(*group);
    {
      const std::lock_guard lock(mutex_);
      expected_ = queued_batches_ + group->items.size();
    }
    for (const std::unique_ptr<Item>& item : group->owned) item->done(std::move(item->answer));
    group->gate.open();
  }
}

void Sequencer::refuse(Group& group, const Failure& failure) {
  for (Item* item : group.items) {
    if (item->answer) item->answer = tl::make_unexpected(failure);
  }
}

void Sequencer::order(Group& group) {
  placements_.clear();
  accepted_.clear();
  for (Item* item : group.items) {
    item->answer = order_.apply(item->batch, placements_);
    if (item->answer && !item->answer->repeated) accepted_.push_back(item);
  }
}

void Sequencer::process(Group& group) {
  if (const auto poisoned = poison()) return refuse(group, *poisoned);
  order(group);
  if (placements_.empty()) return order_.written();

  auto block = std::make_shared<Block>();
  block->first = placements_.front().position;
  block->ends.reserve(placements_.size());
  block->bytes.reserve(group.bytes);
  ordered_.clear();
  std::size_t index = 0;
  for (const Item* item : accepted_) {
    for (const Proposal& proposal : item->batch.proposals) {
      write_record(block->bytes, proposal.packed, placements_[index]);
      block->ends.push_back(block->bytes.size());
      ordered_.push_back({&proposal.header, &placements_[index]});
      ++index;
    }
  }

  auto wrote = indexes_.make_room(block->size());
  const bool untouched = !wrote.has_value();
  if (wrote) wrote = write(block);
  if (wrote) return publish(std::move(block));
  if (untouched || wrote.error().fault == Fault::busy) {
    // Nothing was written, so what was ordered is as if it had never been asked.
    order_.forget(durable(), recorded_at());
    return refuse(group, wrote.error());
  }
  set_poison(wrote.error(), block->first, block->last());
  refuse(group, *poison());
}

Status Sequencer::write(const std::shared_ptr<Block>& block) {
  const auto give_up = std::chrono::steady_clock::now() + stall_wait;
  while (true) {
    const auto start = std::chrono::steady_clock::now();
    auto wrote = log_.write(*block);
    sync_took_ = std::chrono::steady_clock::now() - start;
    if (wrote || wrote.error().fault != Fault::busy || std::chrono::steady_clock::now() > give_up) return wrote;
    std::this_thread::sleep_for(stall_step);
  }
}

void Sequencer::publish(std::shared_ptr<Block> block) {
  // Found by every index before it counts as durable, so that whoever sees the position can find the event in each way.
  indexes_.publish(ordered_);
  order_.written();
  const Position last = block->last();
  recorded_at_.store(order_.recorded_at().micros, std::memory_order_release);
  durable_.store(last.value, std::memory_order_release);
  marks_.publish(last);
  ring_.push(std::move(block));
}

void Sequencer::set_poison(const Failure& failure, Position first, Position last) {
  const std::lock_guard lock(mutex_);
  poison_ =
      Failure{Fault::poisoned, "events " + std::to_string(first.value) + " to " + std::to_string(last.value) +
                                   " may or may not be on disk (" + failure.message +
                                   "); nothing more is written until the ledger is opened again, then repeat with the same request ids"};
}

}  // namespace fodspor::engine
