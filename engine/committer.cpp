#include "engine/committer.h"

#include <pthread.h>

#include <algorithm>

#include "events/limits.h"

namespace fodspor::engine {
namespace {

// What may be under way at a time, so that an append that waits for the disk waits for a few syncs and not for a hundred.
constexpr std::size_t under_way_events_max = 32'768;
static_assert(under_way_events_max + limits::group_events_max + Indexes::run_events <= limits::overlay_events_max,
              "there is room for what is under way and the next group as soon as the last run is taken in");

}  // namespace

Committer::Committer(LogStore& log, Indexes& indexes, Marks& marks, Ring& ring, Position last, Timestamp recorded_at,
                     std::function<void()> idle)
    : log_(log),
      indexes_(indexes),
      marks_(marks),
      ring_(ring),
      when_idle_(std::move(idle)),
      durable_(last.value),
      recorded_at_(recorded_at.micros),
      thread_([this] { run(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::optional<Failure> Committer::poison() const {
  const std::lock_guard lock(mutex_);
  return poison_;
}

void Committer::set_poison(const Failure& failure) {
  const std::lock_guard lock(mutex_);
  if (poison_) return;
  // Without an end: the sequencer may be writing further events at this moment.
  poison_ = Failure{Fault::poisoned,
                    "the events from " + std::to_string(durable().value + 1) + " on may or may not be on disk (" + failure.message +
                        "); nothing more is written until the ledger is opened again, then repeat with the same request ids"};
}

void Committer::hand_over(WrittenGroup written) {
  {
    const std::lock_guard lock(mutex_);
    events_under_way_ += written.placements.size();
    idle_.store(false, std::memory_order_release);
    next_.push_back(std::move(written));
  }
  changed_.notify_all();
}

void Committer::wait_for_room(std::size_t events) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_idle() || events_under_way_ + events <= under_way_events_max; });
}

void Committer::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_idle(); });
}

std::size_t Committer::events_under_way() const {
  const std::lock_guard lock(mutex_);
  return events_under_way_;
}

void Committer::run() {
  ::pthread_setname_np(::pthread_self(), "committer");
  std::vector<WrittenGroup> groups;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !next_.empty() || stopping_; });
    if (next_.empty()) return;
    groups.swap(next_);
    lock.unlock();
    finish(groups);
    std::size_t events = 0;
    for (const WrittenGroup& written : groups) events += written.placements.size();
    groups.clear();
    lock.lock();
    events_under_way_ -= events;
    const bool idle = next_.empty();
    idle_.store(idle, std::memory_order_release);
    changed_.notify_all();
    if (!idle) continue;
    lock.unlock();
    when_idle_();
    lock.lock();
  }
}

void Committer::finish(std::vector<WrittenGroup>& groups) {
  const bool wrote = std::any_of(groups.begin(), groups.end(), [](const WrittenGroup& written) { return written.block != nullptr; });
  if (wrote && !poison()) {
    if (const auto synced = log_.sync(); !synced) set_poison(synced.error());
  }
  const auto poisoned = poison();
  for (WrittenGroup& written : groups) {
    if (poisoned) {
      written.group->refuse(*poisoned);
    } else if (written.block) {
      publish(written);
    }
    written.group->answer();
  }
}

void Committer::publish(const WrittenGroup& written) {
  // Found by every index before it counts as durable, so that whoever sees the position can find the event in each way.
  indexes_.publish(written.ordered);
  recorded_at_.store(written.recorded_at.micros, std::memory_order_release);
  durable_.store(written.block->last().value, std::memory_order_release);
  marks_.publish(written.block->last());
  ring_.push(written.block);
}

}  // namespace fodspor::engine
