// What both stores share of RocksDB: its options, and its statuses as Failures. The wrapping of the library's errors happens here.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/status.h>
#include <rocksdb/table.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/failure.h"

namespace fodspor::engine {

using namespace fodspor::events;

inline std::string_view view(const rocksdb::Slice& slice) noexcept {
  return {slice.data(), slice.size()};
}
inline rocksdb::Slice slice(std::string_view bytes) noexcept {
  return {bytes.data(), bytes.size()};
}

// `doing` says what and where: "log/: reading event 12".
Failure failure_of(const rocksdb::Status& status, std::string_view doing);

// Every table of ours: checksums, format, compression.
rocksdb::BlockBasedTableOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache, std::size_t block_bytes);
rocksdb::DBOptions store_options(rocksdb::Env* env);

// For every store, in the place of RocksDB's own log: readers leave no trace in a writer's directory, and on a full disk RocksDB 7.8 ends
// the process over a log that it cannot write. What matters of it arrives as a Status.
class SilentLogger : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

// A store's column family handles and the store itself, closed in the right order.
struct Store {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;

  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store();
};

}  // namespace fodspor::engine
