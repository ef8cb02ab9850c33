// The one writer. Batches queue up in groups; its thread takes a group, orders it, writes it with one write, and hands it to the committer,
// which has it synced, published and answered while the next group is ordered and written.
//
// Any thread may append. A write or a sync that failed poisons it: nothing is written any more, as nobody knows what is on disk.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/apply.h"
#include "engine/committer.h"
#include "engine/group.h"
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
  ~Sequencer();  // as finish()
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  // The batch is well formed and has its time.
  Result<Appended> append(Batch batch);
  void append(Batch batch, Done done);

  // Writes and answers what is queued. Nothing may be appended any more; what poisoned it, if anything did, is known then.
  void finish();

  Position durable() const noexcept { return committer_.durable(); }
  Timestamp recorded_at() const noexcept { return committer_.recorded_at(); }
  std::optional<Failure> poison() const { return committer_.poison(); }

 private:
  Result<std::shared_ptr<Group>> enqueue(Item& item, std::unique_ptr<Item> owned);
  std::shared_ptr<Group> take();
  bool has_enough() const;
  void run();
  std::optional<WrittenGroup> write(std::shared_ptr<Group> group);
  void foresee(const Group& group);
  std::vector<const Item*> order(Group& group, std::vector<Placement>& placements);

  LogStore& log_;
  Indexes& indexes_;
  Order order_;

  mutable std::mutex mutex_;  // over the queue
  std::condition_variable queued_;
  std::deque<std::shared_ptr<Group>> queue_;
  std::size_t queued_batches_ = 0;
  std::size_t queued_bytes_ = 0;
  bool waiting_ = false;  // the sequencer, for enough to be queued
  bool stopping_ = false;
  Committer committer_;
  std::thread thread_;
};

}  // namespace fodspor::engine
