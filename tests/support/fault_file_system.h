// A file system that fails on demand, before the machine's own: syncs that fail or hang, a full disk, and a power cut that takes every byte
// that was not synced. Any thread; shared by whoever opened files through it.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace fodspor::tests {

class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  FaultFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultFileSystem"; }

  // Only for files whose path contains it; empty: for all.
  void fail_syncs(bool failing, std::string in = {});
  void fill_disk(bool full, std::string in = {});
  // Syncs wait until they are let go; `wait_for_held_sync` returns once one of them waits.
  void hold_syncs(std::string in);
  void wait_for_held_sync();
  void release_syncs();

  // From here on every operation fails, as if the machine were off. Close what is open, then:
  void cut_power();
  // Files lose what was not synced; those that never were vanish. The file system works again.
  void restore_power();

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* context) override;

 private:
  class File;
  struct Written {
    std::uint64_t size = 0;
    std::uint64_t synced = 0;
    bool ever_synced = false;
  };
  rocksdb::IOStatus before_write(const std::string& path);
  rocksdb::IOStatus before_sync(const std::string& path);
  rocksdb::IOStatus before_change();
  void appended(const std::string& path, std::uint64_t bytes);
  void truncated(const std::string& path, std::uint64_t size);
  void synced(const std::string& path, std::uint64_t size);
  std::uint64_t size_of(const std::string& path);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Written> files_;
  bool off_ = false;
  bool syncs_fail_ = false;
  bool full_ = false;
  bool hold_ = false;
  int held_ = 0;
  std::string syncs_in_;
  std::string full_in_;
  std::string hold_in_;
};

// With an environment around it, as Options::env wants one.
struct FaultyMachine {
  std::shared_ptr<FaultFileSystem> files = std::make_shared<FaultFileSystem>();
  std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(files);
};

}  // namespace fodspor::tests
