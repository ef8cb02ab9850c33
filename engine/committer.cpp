#include "engine/committer.h"

#include <pthread.h>

namespace fodspor::engine {

Committer::Committer(LogStore& log, Indexes& indexes, Marks& marks, Ring& ring, Position last, Timestamp recorded_at)
    : log_(log), indexes_(indexes), marks_(marks), ring_(ring), durable_(last.value), recorded_at_(recorded_at.micros), thread_([this] {
        run();
      }) {}

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

void Committer::set_poison(const Failure& failure, Position first, Position last) {
  const std::lock_guard lock(mutex_);
  if (poison_) return;
  poison_ =
      Failure{Fault::poisoned, "events " + std::to_string(first.value) + " to " + std::to_string(last.value) +
                                   " may or may not be on disk (" + failure.message +
                                   "); nothing more is written until the ledger is opened again, then repeat with the same request ids"};
}

void Committer::commit(WrittenGroup written) {
  finish(written);
}

void Committer::hand_over(WrittenGroup written) {
  {
    const std::lock_guard lock(mutex_);
    FODSPOR_CHECK(!next_);
    events_under_way_ += written.placements.size();
    next_ = std::move(written);
  }
  changed_.notify_all();
}

void Committer::wait_until_taken() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !next_; });
}

void Committer::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !next_ && !working_; });
}

std::size_t Committer::events_under_way() const {
  const std::lock_guard lock(mutex_);
  return events_under_way_;
}

void Committer::run() {
  ::pthread_setname_np(::pthread_self(), "committer");
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return next_ || stopping_; });
    if (!next_) return;
    WrittenGroup written = std::move(*next_);
    next_.reset();
    working_ = true;
    lock.unlock();
    changed_.notify_all();
    const std::size_t events = written.placements.size();
    finish(written);
    lock.lock();
    working_ = false;
    events_under_way_ -= events;
    changed_.notify_all();
  }
}

void Committer::finish(WrittenGroup& written) {
  if (written.block && !poison()) {
    const Status synced = written.synced ? Status{} : log_.sync();
    if (synced) {
      publish(written);
    } else {
      set_poison(synced.error(), written.block->first, written.block->last());
    }
  }
  if (const auto poisoned = poison()) written.group->refuse(*poisoned);
  written.group->answer();
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
