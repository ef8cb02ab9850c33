// The events written last, shared by all followers in this process: the committer puts blocks in at one end, and never waits for whoever
// reads. A follower that finds its place gone reads the log instead. Who does not wait is told through `watchers`. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>

#include "engine/log_store.h"
#include "engine/watch.h"

namespace fodspor::engine {

class Ring {
 public:
  static constexpr std::size_t bytes_max = 16u << 20;

  // Starts after `last`.
  explicit Ring(Position last) : last_(last) {}

  void push(std::shared_ptr<const Block> block);
  // The block that holds that event; nullptr if it is not here (any more, or yet).
  std::shared_ptr<const Block> find(Position position) const;
  // Waits until the ring has been given that event, or more; false if it was not in time.
  bool wait_for(Position position, std::chrono::steady_clock::time_point deadline) const;
  // Told after each block that is put in.
  Watchers& watchers() noexcept { return watchers_; }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable grown_;
  std::deque<std::shared_ptr<const Block>> blocks_;
  std::size_t bytes_ = 0;
  Position last_;
  Watchers watchers_;
};

}  // namespace fodspor::engine
