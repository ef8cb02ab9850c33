// The door of the ledger: append, read, follow.
//
// One Ledger a directory and process. With Access::write it holds the directory's lock and runs a few threads of its own; any number of
// others may append and read. With Access::read any number of processes read beside one writer, and never see an event before it is
// durable. An append that is acknowledged is on disk. Nothing here reads a clock but through Options.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/cursor.h"
#include "engine/feed.h"
#include "engine/watch.h"
#include "events/codec.h"
#include "events/rules.h"

namespace rocksdb {
class Env;
}

namespace fodspor::engine {

using namespace fodspor::events;  // the vocabulary is this layer's language

enum class Access { read, write };

struct Options {
  Access access = Access::write;
  bool create = false;                    // make it if the directory is empty or missing
  std::size_t memory_bytes = 256u << 20;  // block cache and write buffers, about
  rocksdb::Env* env = nullptr;            // borrowed; nullptr: the machine's. Tests give one that fails
  std::function<Timestamp()> now;         // empty: the system clock
  bool before_damage = false;             // reading a log that is damaged: what stands before the damage, and nothing newer than at opening
  bool allow_clock_jump = false;  // accept a proposal more than an hour before or after this clock (imports of history, simulations)
};

// What a stream must hold for the append to stand: any number, nothing, or just this version.
struct Expected {
  StreamId stream;
  enum class Kind : std::uint8_t { any, none, exactly } kind = Kind::any;
  Version version;
};

struct Batch {
  Request request;                  // as given to events::encode_batch
  std::vector<Proposal> proposals;  // 1 to limits::batch_events_max, over any number of streams
  std::vector<Expected> expected;   // streams not named here: any
  Timestamp time;                   // 0: now. Recorded at is the later of this and the previous event's
  bool copied = false;              // from another ledger, which keeps a request's key and not its words: the proposals' key holds
};

struct Appended {
  Position first;
  Position last;
  Timestamp recorded_at;
  bool repeated = false;  // the request had been appended before: this is its first answer
};

struct StoreSizes {
  std::uint64_t log_bytes = 0;  // all files of log/, WAL included
  std::uint64_t derived_bytes = 0;
};

class Ledger {
 public:
  // Fault::not_found (no ledger there, and not create), unavailable (in use by another writer, network file system, disk),
  // corrupt (damage; the message names the range and `fodspor doctor --recover`), unsupported (another format).
  static Result<std::unique_ptr<Ledger>> open(const std::filesystem::path& directory, Options options);
  ~Ledger();  // drains the queue, flushes, closes
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // Blocks until the batch is durable. Fault::conflict (a stream stands at another version, named; or the request id was used with other
  // content), busy (queue full, storage stalled), poisoned (a sync failed, now or before: unknown until reopened, retry with the same id),
  // too_large, unavailable (read access).
  Result<Appended> append(Batch batch);
  // The same without waiting: `done` is called once, on a thread of the ledger's (or on this one, if it is refused at once), and must not
  // block.
  void append(Batch batch, std::function<void(Result<Appended>)> done);

  Position durable() const noexcept;  // the last event that readers may see
  Result<Version> head(const StreamId& stream) const;
  Result<std::optional<Position>> find(const EventId& id) const;
  Result<std::optional<Appended>> find_request(const RequestKey& request) const;
  Result<Event> read(Position position) const;  // Fault::not_found past the end

  // Cursors see [from, to] as durable when the cursor was made; `to` empty: to the end. They hold resources: short-lived, one thread.
  Result<Cursor> read_log(Position from = {1}, std::optional<Position> to = {}) const;
  Result<Cursor> read_stream(const StreamId& stream, Version from = {1}) const;
  Result<Cursor> read_type(EventType type, Position from = {1}) const;
  Result<Cursor> read_subject(const StreamId& subject, Position from = {1}) const;  // events that stand elsewhere and refer to it
  // The ids of all streams of a kind, in the order of their bytes.
  Result<std::vector<StreamId>> streams(StreamKind kind) const;

  // From any position into the live end; see feed.h.
  Result<Feed> follow(Position from) const;
  // Calls `moved` whenever durable() has risen, until the Watch is gone, which goes before the ledger. On the thread that every append
  // waits for: it must not block. With Access::read nobody is ever called.
  [[nodiscard]] Watch watch(std::function<void()> moved) const;

  // Brings derived/ up to the durable end and flushes it; appends go on meanwhile.
  Status settle();
  Result<StoreSizes> sizes() const;
  const std::filesystem::path& directory() const noexcept;

  class Impl;

 private:
  explicit Ledger(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// What rules.h asks, answered by a ledger, which outlives it. Any number of threads may ask at once.
std::unique_ptr<Known> known_to(const Ledger& ledger);

}  // namespace fodspor::engine
