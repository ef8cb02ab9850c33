// derived/: where the events of a stream, a type, a subject and a request stand, up to a watermark. A function of the log: built of sorted
// runs, each taken in whole with its watermark or not at all; never upgraded, deleted when in doubt.
//
// ingest() is one thread's; everything else may be called by any thread meanwhile. A reading process opens it as it stands, and opens it
// again to see further runs.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/keys.h"

namespace rocksdb {
class Cache;
class Env;
}  // namespace rocksdb

namespace fodspor::engine {

class Segment;

class IndexStore {
 public:
  struct Options {
    std::filesystem::path directory;  // derived/ itself
    bool write = true;
    rocksdb::Env* env = nullptr;
    std::shared_ptr<rocksdb::Cache> cache;
  };
  // Fault::corrupt and unsupported: remove it and build it anew. not_found (reading, and there is none yet), unavailable.
  static Result<std::unique_ptr<IndexStore>> open(const Options& options);
  static Status remove(const Options& options);
  ~IndexStore();
  IndexStore(const IndexStore&) = delete;
  IndexStore& operator=(const IndexStore&) = delete;

  Position watermark() const noexcept;  // of every index

  // The segment must follow the watermark. Durable, with the new watermark, when it returns.
  Status ingest(const Segment& segment);

  // Of many at once: the answers go beside the questions.
  Status stream_heads(std::span<const StreamId> streams, std::span<std::optional<Head>> heads) const;
  Status first_of_each(std::span<const RequestKey> requests, std::span<std::optional<Position>> first) const;
  Result<std::optional<Head>> programme_head(ProgrammeId programme) const;
  // All streams of the kind, in the order of their bytes.
  Result<std::vector<StreamId>> streams(StreamKind kind) const;

  class Positions {  // rising
   public:
    struct State;
    explicit Positions(std::unique_ptr<State> state);
    ~Positions();
    Positions(Positions&&) noexcept;
    // Appends the next list of them to `out`; false at the end. Fault::corrupt.
    Result<bool> next(std::vector<Position>& out);

   private:
    std::unique_ptr<State> state_;
  };
  Positions of_stream(const StreamId& stream, Version from) const;
  Positions of_type(EventType type, Position from) const;
  Positions of_subject(const StreamId& subject, Position from) const;

 private:
  struct Files;
  explicit IndexStore(std::unique_ptr<Files> files);
  std::unique_ptr<Files> files_;
};

}  // namespace fodspor::engine
