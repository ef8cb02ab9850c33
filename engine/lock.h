// The one writer's lock on a ledger's directory: an flock on the file `lock`, held until destroyed. Taken before RocksDB's own, so that the
// refusal is ours; it vanishes with the process, however that ends.
#pragma once

#include <filesystem>
#include <memory>

#include "events/failure.h"

namespace fodspor::engine {

using namespace fodspor::events;

class DirectoryLock {
 public:
  // Fault::unavailable: held by another writer (named by its process id), a network file system, or the file cannot be made.
  static Result<std::unique_ptr<DirectoryLock>> acquire(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int file) : file_(file) {}
  int file_;
};

// Locks and maps do not hold across machines, so a ledger on a network file system would have two writers one day. Fault::unavailable.
Status refuse_network_file_system(const std::filesystem::path& directory);

}  // namespace fodspor::engine
