// Turns a segment into sorted tables, one a column family of derived/, and has them taken in with their watermark in one step.
// Owned by the index store; one thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "events/failure.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
}  // namespace rocksdb

namespace fodspor::engine {

using namespace fodspor::events;

class Segment;

enum class Family { meta, streams, heads, requests, by_type, by_subject };
inline constexpr std::array<const char*, 6> family_names{"default", "streams", "heads", "requests", "by_type", "by_subject"};

class RunWriter {
 public:
  // Borrows both. Tables are written into `directory` first, the store's own, so that taking them in is a rename.
  RunWriter(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families, std::string directory)
      : db_(db), families_(families), directory_(std::move(directory)) {}

  Status ingest(const Segment& segment);

 private:
  rocksdb::DB& db_;
  const std::vector<rocksdb::ColumnFamilyHandle*>& families_;
  std::string directory_;
};

}  // namespace fodspor::engine
