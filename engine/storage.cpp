#include "engine/storage.h"

#include <rocksdb/env.h>

namespace fodspor::engine {

Failure failure_of(const rocksdb::Status& status, std::string_view doing) {
  FODSPOR_CHECK(!status.ok());
  std::string message(doing);
  message += ": ";
  if (status.IsNoSpace())
    return {Fault::unavailable, message + "the disk is full (" + status.ToString() + "); make room and open it again"};
  if (status.IsCorruption()) return {Fault::corrupt, message + status.ToString() + "; run `fodspor doctor`"};
  if (status.IsNotFound()) return {Fault::not_found, message + "there is nothing"};
  if (status.IsIncomplete() || status.IsBusy() || status.IsTryAgain() || status.IsTimedOut()) {
    return {Fault::busy, message + "the storage is behind (" + status.ToString() + "); try again later"};
  }
  return {Fault::unavailable, message + status.ToString()};
}

rocksdb::BlockBasedTableOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache, std::size_t block_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = block_bytes;
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  return table;
}

rocksdb::DBOptions store_options(rocksdb::Env* env) {
  rocksdb::DBOptions options;
  if (env != nullptr) options.env = env;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.max_open_files = -1;
  options.info_log = std::make_shared<SilentLogger>();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.skip_stats_update_on_db_open = true;
  options.max_subcompactions = 1;
  return options;
}

Store::~Store() {
  if (!db) return;
  for (rocksdb::ColumnFamilyHandle* family : families) db->DestroyColumnFamilyHandle(family);
}

}  // namespace fodspor::engine
