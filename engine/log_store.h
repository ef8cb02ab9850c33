// log/: the events by position. The only synced writes of the ledger; one put a bundle of events, keys rise, nothing is rewritten.
//
// Opened by the writer, or by a reading process beside it, which sees what the writer has put into its files and catches up on demand.
// write() is the sequencer's alone, sync() the committer's; everything else may be called by any thread.
//
// It tolerates a torn last record of the write-ahead log and no other damage. A write that failed may or may not be on disk: the
// store never resumes by itself, and whoever writes must not write again.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cursor.h"
#include "engine/marks.h"

namespace rocksdb {
class Cache;
class Env;
struct ReadOptions;
}  // namespace rocksdb

namespace fodspor::engine {

// Stored events one after another, as they are written together and handed to followers.
struct Block {
  Position first;
  std::vector<std::size_t> ends;  // of each event in `bytes`
  std::string bytes;

  std::size_t size() const noexcept { return ends.size(); }
  Position last() const noexcept { return {first.value + ends.size() - 1}; }
  std::string_view value(Position position) const noexcept {
    const std::size_t index = position.value - first.value;
    const std::size_t begin = index == 0 ? 0 : ends[index - 1];
    return std::string_view(bytes).substr(begin, ends[index] - begin);
  }
};

class LogStore {
 public:
  enum class Mode {
    write,
    read,     // beside a writer
    salvage,  // read what stands before the first damage of the write-ahead log
  };
  struct Options {
    std::filesystem::path directory;  // log/ itself
    Mode mode = Mode::write;
    rocksdb::Env* env = nullptr;
    std::shared_ptr<rocksdb::Cache> cache;
    Marks* marks = nullptr;  // the writer's, told of each change of files; outlives the store
  };
  // Fault::corrupt, unavailable, unsupported (another format), not_found (reading, and there is none).
  static Result<std::unique_ptr<LogStore>> open(const Options& options);
  ~LogStore();
  LogStore(const LogStore&) = delete;
  LogStore& operator=(const LogStore&) = delete;

  // Into the write-ahead log, and from then on readable here; on disk after the next sync. Storage that is behind is waited for, but not
  // longer than `patience`. Fault::busy: it still was, and nothing was written. Any other: unknown.
  Status write(const Block& block, std::chrono::milliseconds patience);
  // All that was written before is on disk when it returns. Another thread may write meanwhile.
  Status sync();
  // A reader's: take in what the writer has written since.
  Status catch_up();

  Result<Position> last() const;  // of what is in the files, durable or not

  // Stored events in any order, fastest in their own. Sees the log as it stood when it was made; the bytes are valid until the next call.
  // Borrows the store; one thread.
  class Reader {
   public:
    // Of a few, which others may soon ask for.
    explicit Reader(const LogStore& store);
    // Of all in a stretch, in their order: reads ahead as far as there is something to read, and leaves the cache to others.
    Reader(const LogStore& store, Position from, Position to);
    ~Reader();
    Reader(Reader&&) noexcept;
    // Of an event that must be there. Fault::corrupt: it is not, or damaged.
    Result<std::string_view> read(Position position);

   private:
    struct State;
    Reader(const LogStore& store, const rocksdb::ReadOptions& options);
    std::unique_ptr<State> state_;
  };

  class Walk {  // rising, from a position on; the bytes are valid until the next step
   public:
    Walk(const LogStore& store, Position from, Position to);
    // None past `to`. Fault::corrupt for damage and for a position that is missing.
    Result<std::optional<std::string_view>> next();

   private:
    Reader reader_;
    Position next_;
    Position to_;
  };

  // What is in the write-ahead log into tables. Not beside a write.
  Status flush();
  Status verify_checksums() const;
  // What stopped the store in the background (a flush that failed), if anything did.
  std::optional<Failure> background_failure() const;

 private:
  struct Files;
  explicit LogStore(std::unique_ptr<Files> files);
  std::unique_ptr<Files> files_;
};

}  // namespace fodspor::engine
