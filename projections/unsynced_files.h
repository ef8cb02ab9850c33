// The machine's files without their syncs, for a database that is written once and synced as a whole at the end: RocksDB asks for some
// thirty syncs while it makes a small one. Owned by whoever builds; outlives every database that it was given to.
#pragma once

#include <rocksdb/env.h>

#include <filesystem>
#include <memory>

#include "events/failure.h"

namespace fodspor::projections {

std::unique_ptr<rocksdb::Env> unsynced_files();

// Every file of the directory, and the directory itself, is on disk when it returns. Fault::unavailable.
events::Status sync_directory(const std::filesystem::path& directory);

}  // namespace fodspor::projections
