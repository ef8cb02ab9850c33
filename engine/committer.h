// The second half of every append: sync what the sequencer has written, unless that was done with the write; publish it, answer. One group
// at a time, in their order; on the thread of the sequencer if it has nothing better to do meanwhile, or on one of its own, so that the
// next group is ordered and written during the sync.
//
// The sequencer's alone, except for what says so. A sync that failed poisons it: nobody knows what is on disk, and nothing is answered
// with yes any more.
#pragma once

#include <atomic>
#include <condition_variable>
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

// A group that is ordered and written, and perhaps not yet synced. Without a block it only repeats requests that stand before it.
struct WrittenGroup {
  std::shared_ptr<Group> group;
  std::shared_ptr<const Block> block;
  std::vector<Placement> placements;
  std::vector<Indexes::Ordered> ordered;  // into the placements and the group's batches
  Timestamp recorded_at;
  bool synced = false;  // with its write already
};

class Committer {
 public:
  // All outlive it.
  Committer(LogStore& log, Indexes& indexes, Marks& marks, Ring& ring, Position last, Timestamp recorded_at);
  ~Committer();  // commits what was handed over
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // On this thread; nothing may be under way.
  void commit(WrittenGroup written);
  // On the other one. Nothing may wait to be taken there.
  void hand_over(WrittenGroup written);
  void wait_until_taken();
  void wait_until_idle();
  std::size_t events_under_way() const;

  // Any thread.
  Position durable() const noexcept { return {durable_.load(std::memory_order_acquire)}; }
  Timestamp recorded_at() const noexcept { return {recorded_at_.load(std::memory_order_acquire)}; }
  std::optional<Failure> poison() const;
  void set_poison(const Failure& failure, Position first, Position last);

 private:
  void run();
  void finish(WrittenGroup& written);
  void publish(const WrittenGroup& written);

  LogStore& log_;
  Indexes& indexes_;
  Marks& marks_;
  Ring& ring_;
  std::atomic<std::uint64_t> durable_;
  std::atomic<std::int64_t> recorded_at_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<WrittenGroup> next_;
  std::size_t events_under_way_ = 0;
  bool working_ = false;
  bool stopping_ = false;
  std::optional<Failure> poison_;

  std::thread thread_;
};

}  // namespace fodspor::engine
