#include "server/live_views.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace fodspor::server {

namespace {

using Clock = std::chrono::steady_clock;

// How long an event may wait before it is looked for, when nobody asks.
constexpr std::chrono::milliseconds look_every{100};
// After what could not be done; another process may have held the views.
constexpr std::chrono::milliseconds try_again_after{500};
// Under load it rests so many times as long as a pass took, and no longer than that, so that appends keep the machine; unless somebody
// waits.
constexpr int rest_share = 4;
constexpr std::chrono::milliseconds rest_max{5'000};
// How often whoever waits looks whether it was cancelled.
constexpr std::chrono::milliseconds ask_every{20};
// Views can wait; appends and short requests cannot.
constexpr int niceness = 10;

}  // namespace

LiveViews::LiveViews(const engine::Ledger& ledger, std::size_t memory_bytes, std::function<void(const Failure&)> trouble)
    : ledger_(ledger), memory_bytes_(memory_bytes), trouble_(std::move(trouble)), thread_([this] { follow(); }) {}

LiveViews::~LiveViews() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool LiveViews::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void LiveViews::follow() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
  for (;;) {
    const auto began = Clock::now();
    const Status caught_up = catch_up();
    auto rest = std::min(std::chrono::duration_cast<std::chrono::milliseconds>((Clock::now() - began) * rest_share), rest_max);
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    if (caught_up) {
      trouble_told_.clear();
    } else {
      // What has failed half-way is opened anew.
      runner_.reset();
      rest = try_again_after;
      if (std::exchange(trouble_told_, caught_up.error().message) != caught_up.error().message) {
        lock.unlock();
        trouble_(caught_up.error());
        lock.lock();
      }
    }
    const Position known = moment_ ? moment_->known : Position{};
    changed_.wait_for(lock, rest, [&] { return stopping_ || (caught_up && waiting_ > 0); });
    while (!stopping_ && caught_up && ledger_.durable() <= known) changed_.wait_for(lock, look_every);
    if (stopping_) return;
  }
}

Status LiveViews::catch_up() {
  if (!runner_) {
    FODSPOR_TRY(runner_, projections::Runner::open(ledger_, projections::Runner::Mode::write));
  }
  projections::RebuildOptions options;
  options.memory_bytes = memory_bytes_;
  options.cancelled = [this] { return stopping(); };
  const Position end = ledger_.durable();
  FODSPOR_DO(runner_->catch_up(options));
  return publish(end);
}

Status LiveViews::publish(Position known) {
  auto moment = std::make_shared<Moment>();
  moment->known = known;
  moment->states = runner_->states();
  for (const auto& state : moment->states) {
    FODSPOR_TRY(auto rows, runner_->rows(state.name));
    moment->rows.emplace(state.name, std::move(rows));
  }
  {
    const std::lock_guard lock(mutex_);
    moment_ = std::move(moment);
  }
  changed_.notify_all();
  return {};
}

Result<std::shared_ptr<const LiveViews::Moment>> LiveViews::at(Position at_least, std::chrono::milliseconds within,
                                                               const std::function<bool()>& cancelled) {
  const auto until = Clock::now() + within;
  std::unique_lock lock(mutex_);
  ++waiting_;
  changed_.notify_all();
  while (!stopping_ && (!moment_ || moment_->known < at_least)) {
    if (cancelled()) {
      --waiting_;
      return fail(Fault::cancelled, "the question was cancelled before it was answered");
    }
    if (Clock::now() > until) {
      --waiting_;
      if (!trouble_told_.empty()) return fail(Fault::busy, "the views cannot follow the log now: " + trouble_told_);
      return fail(Fault::busy, moment_ ? "the views have come to position " + std::to_string(moment_->known.value) + " of " +
                                             std::to_string(ledger_.durable().value) + ", and " + std::to_string(at_least.value) +
                                             " was asked for; ask again in a moment"
                                       : "the views are being brought up to the end of the log; ask again in a moment");
    }
    changed_.wait_for(lock, ask_every);
  }
  --waiting_;
  if (stopping_) return fail(Fault::stopped, "the server stops");
  return moment_;
}

}  // namespace fodspor::server
