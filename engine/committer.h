// The second half of every append, on a thread of its own: sync what the sequencer has written, publish it, answer. One sync serves all
// that was handed over since the one before began; meanwhile the sequencer orders and writes what comes next.
//
// The sequencer's alone, except for what says so. A sync that failed poisons it: nobody knows what is on disk, and nothing is answered
// with yes any more.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/group.h"
#include "engine/indexes.h"
#include "engine/log_store.h"
#include "engine/ring.h"

namespace fodspor::engine {

// A group that is ordered and written, and not yet synced. Without a block it only repeats requests that stand before it.
struct WrittenGroup {
  std::shared_ptr<Group> group;
  std::shared_ptr<const Block> block;
  std::vector<Placement> placements;
  std::vector<Indexes::Ordered> ordered;  // into the placements and the group's batches
  Timestamp recorded_at;
};

class Committer {
 public:
  // All outlive it. `idle` is called on its thread whenever everything is answered.
  Committer(LogStore& log, Indexes& indexes, Marks& marks, Ring& ring, Position last, Timestamp recorded_at, std::function<void()> idle);
  ~Committer();  // commits what was handed over
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  void hand_over(WrittenGroup written);
  // Until so many more events may be under way, or nothing is.
  void wait_for_room(std::size_t events);
  void wait_until_idle();

  // Any thread.
  std::size_t events_under_way() const;
  bool is_idle() const noexcept { return idle_.load(std::memory_order_acquire); }
  Position durable() const noexcept { return {durable_.load(std::memory_order_acquire)}; }
  Timestamp recorded_at() const noexcept { return {recorded_at_.load(std::memory_order_acquire)}; }
  std::optional<Failure> poison() const;
  // Nobody knows what is on disk of the events after the durable ones.
  void set_poison(const Failure& failure);

 private:
  void run();
  void finish(std::vector<WrittenGroup>& groups);
  void publish(const WrittenGroup& written);

  LogStore& log_;
  Indexes& indexes_;
  Marks& marks_;
  Ring& ring_;
  const std::function<void()> when_idle_;
  std::atomic<std::uint64_t> durable_;
  std::atomic<std::int64_t> recorded_at_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<WrittenGroup> next_;
  std::size_t events_under_way_ = 0;
  std::atomic<bool> idle_{true};
  bool stopping_ = false;
  std::optional<Failure> poison_;

  std::thread thread_;
};

}  // namespace fodspor::engine
