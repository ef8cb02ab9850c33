// Where everything stands, up to the last durable event: derived/ up to its watermark, and the events since then in memory.
//
// In the writer, the committer publishes what has been synced, and a thread of its own turns full segments into sorted runs. In a reading
// process, `extend` takes the events that became durable. Look-ups may come from any thread, at any time.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <thread>
#include <vector>

#include "engine/index_store.h"
#include "engine/log_store.h"
#include "engine/segment.h"

namespace fodspor::engine {

class Indexes {
 public:
  // A segment becomes a run when it holds this many.
  static constexpr std::size_t run_events = 98'304;
  // What is not worth a run when the ledger closes: reading it again at the next open is quick.
  static constexpr std::size_t kept_in_log_at_close = 4'096;

  // Reads what the log holds between the watermark and `durable`; the writer builds runs of it if that is much. `log` outlives this.
  // Fault::corrupt (of the log), unavailable.
  static Result<std::unique_ptr<Indexes>> open(const IndexStore::Options& options, const LogStore& log, Position durable);
  ~Indexes();
  Indexes(const Indexes&) = delete;
  Indexes& operator=(const Indexes&) = delete;

  // The sequencer's. Waits until that many more events may be held in memory. Fault::unavailable if runs cannot be written.
  Status make_room(std::size_t events);
  struct Ordered {
    const Header* header;
    const Placement* placement;
  };
  // The committer's.
  void publish(std::span<const Ordered> events);

  // A reading process's: up to `durable`, from the log.
  Status extend(Position durable);

  Position last() const;  // up to where it knows
  Position watermark() const;
  // Every event known now is in derived/ when it returns.
  Status settle();

  // Of many at once: the answers go beside the questions.
  Status stream_heads(std::span<const StreamId> streams, std::span<std::optional<Head>> heads) const;
  Status first_of_each(std::span<const RequestKey> requests, std::span<std::optional<Position>> first) const;
  Result<std::optional<Head>> programme_head(ProgrammeId programme) const;
  Result<std::vector<StreamId>> streams(StreamKind kind) const;

  // Rising positions as known when it was made: from derived/ first, then those held in memory.
  class Positions {
   public:
    // None at the end.
    Result<std::optional<Position>> next();

   private:
    friend class Indexes;
    std::shared_ptr<IndexStore> store_;
    std::optional<IndexStore::Positions> stored_;
    Position watermark_;  // of the store, when this was made: what it holds beyond that is in memory_ too
    std::vector<Position> batch_;
    std::size_t taken_ = 0;
    std::vector<Position> memory_;
    bool in_memory_ = false;
  };
  Positions of_stream(const StreamId& stream, Version from) const;
  Positions of_type(EventType type, Position from) const;
  Positions of_subject(const StreamId& subject, Position from) const;

 private:
  Indexes(IndexStore::Options options, const LogStore& log, std::shared_ptr<IndexStore> store);
  Status read_log(Position to);
  void cut_locked();
  void build_runs(const std::stop_token& stop);
  template <class Asked, class Answer, class InMemory, class InStore>
  Status look_up(std::span<const Asked> asked, std::span<std::optional<Answer>> answers, InMemory in_memory, InStore in_store) const;
  template <class Collect>
  Positions positions(const Collect& collect) const;

  const IndexStore::Options options_;
  const LogStore& log_;

  mutable std::shared_mutex mutex_;  // over the segments and which store it is
  std::condition_variable_any changed_;
  std::shared_ptr<IndexStore> store_;  // shared with cursors, which outlive a reader's change to a newer one
  std::unique_ptr<Segment> building_;  // full, being turned into a run; no longer grows
  std::unique_ptr<Segment> growing_;
  std::optional<Failure> build_failure_;
  bool build_again_ = false;

  std::jthread builder_;  // last: it ends before what it works on
};

}  // namespace fodspor::engine
