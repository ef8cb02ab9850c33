// The one writer. Batches queue up in groups; its thread takes a group, orders it, writes it with one synced write, publishes it, and
// acknowledges it. While one group is being synced, the next one gathers.
//
// Any thread may append. A write that failed poisons it: nothing is written any more, as nobody knows what is on disk.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/apply.h"
#include "engine/gate.h"
#include "engine/indexes.h"
#include "engine/ledger.h"
#include "engine/log_store.h"
#include "engine/ring.h"

namespace fodspor::engine {

class Sequencer {
 public:
  using Done = std::function<void(Result<Appended>)>;

  // All outlive it. `last` and `recorded_at` are the log's last event.
  Sequencer(LogStore& log, Indexes& indexes, const Past& past, Marks& marks, Ring& ring, Position last, Timestamp recorded_at);
  ~Sequencer();  // writes what is queued, then ends
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  // The batch is well formed and has its time.
  Result<Appended> append(Batch batch);
  void append(Batch batch, Done done);

  Position durable() const noexcept { return {durable_.load(std::memory_order_acquire)}; }
  Timestamp recorded_at() const noexcept { return {recorded_at_.load(std::memory_order_acquire)}; }
  std::optional<Failure> poison() const;

 private:
  struct Item {
    Batch batch;
    Done done;  // empty: its thread waits at the group's gate
    Result<Appended> answer{Appended{}};
  };
  struct Group {
    std::vector<Item*> items;
    std::vector<std::unique_ptr<Item>> owned;  // of those that nobody waits for
    std::size_t events = 0;
    std::size_t bytes = 0;
    Gate gate;
  };

  Result<std::shared_ptr<Group>> enqueue(Item& item, std::unique_ptr<Item> owned);
  std::shared_ptr<Group> take();
  void gather(std::unique_lock<std::mutex>& lock);
  void run();
  void process(Group& group);
  void order(Group& group);
  Status write(const std::shared_ptr<Block>& block);
  void publish(std::shared_ptr<Block> block);
  void refuse(Group& group, const Failure& failure);
  void set_poison(const Failure& failure, Position first, Position last);

  LogStore& log_;
  Indexes& indexes_;
  Marks& marks_;
  Ring& ring_;
  Order order_;
  std::atomic<std::uint64_t> durable_;
  std::atomic<std::int64_t> recorded_at_;

  mutable std::mutex mutex_;  // over the queue and the poison
  std::condition_variable queued_;
  std::deque<std::shared_ptr<Group>> queue_;
  std::size_t queued_batches_ = 0;
  std::size_t queued_bytes_ = 0;
  std::size_t wake_at_ = 0;   // how many batches must be queued for the sequencer to be woken; 0: it is at work
  std::size_t expected_ = 0;  // batches that the next group may hope for: those answered last, if they come again, and those queued then
  std::chrono::steady_clock::duration sync_took_{};
  unsigned hasty_groups_ = 0;  // to take without waiting for more, after that had been in vain
  bool stopping_ = false;
  std::optional<Failure> poison_;

  // Of the group in hand; kept for their memory.
  std::vector<Placement> placements_;
  std::vector<const Item*> accepted_;
  std::vector<Indexes::Ordered> ordered_;

  std::thread thread_;
};

}  // namespace fodspor::engine
