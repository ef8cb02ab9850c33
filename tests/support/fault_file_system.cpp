#include "tests/support/fault_file_system.h"

#include <filesystem>

namespace fodspor::tests {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

bool concerns(const std::string& path, const std::string& in) {
  return in.empty() || path.find(in) != std::string::npos;
}

}  // namespace

class FaultFileSystem::File : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(FaultFileSystem& machine, std::string path, std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), machine_(machine), path_(std::move(path)) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, IODebugContext* context) override {
    if (auto status = machine_.before_write(path_); !status.ok()) return status;
    auto status = target()->Append(data, options, context);
    if (status.ok()) machine_.appended(path_, data.size());
    return status;
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* context) override {
    return Append(data, options, context);
  }
  IOStatus PositionedAppend(const rocksdb::Slice&, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::NotSupported("direct writes");
  }
  IOStatus PositionedAppend(const rocksdb::Slice&, std::uint64_t, const IOOptions&, const rocksdb::DataVerificationInfo&,
                            IODebugContext*) override {
    return IOStatus::NotSupported("direct writes");
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* context) override {
    if (auto status = machine_.before_write(path_); !status.ok()) return status;
    machine_.truncated(path_, size);
    return target()->Truncate(size, options, context);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* context) override { return synced(options, context); }
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override { return synced(options, context); }
  // Half a sync is none.
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  IOStatus synced(const IOOptions& options, IODebugContext* context) {
    const std::uint64_t size = machine_.size_of(path_);
    if (auto status = machine_.before_sync(path_); !status.ok()) return status;
    auto status = target()->Sync(options, context);
    if (status.ok()) machine_.synced(path_, size);
    return status;
  }

  FaultFileSystem& machine_;
  std::string path_;
};

void FaultFileSystem::fail_syncs(bool failing, std::string in) {
  const std::lock_guard lock(mutex_);
  syncs_fail_ = failing;
  syncs_in_ = std::move(in);
}

void FaultFileSystem::fill_disk(bool full, std::string in) {
  const std::lock_guard lock(mutex_);
  full_ = full;
  full_in_ = std::move(in);
}

void FaultFileSystem::hold_syncs(std::string in) {
  const std::lock_guard lock(mutex_);
  hold_ = true;
  hold_in_ = std::move(in);
}

void FaultFileSystem::wait_for_held_sync() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return held_ > 0; });
}

void FaultFileSystem::release_syncs() {
  const std::lock_guard lock(mutex_);
  hold_ = false;
  changed_.notify_all();
}

void FaultFileSystem::cut_power() {
  const std::lock_guard lock(mutex_);
  off_ = true;
}

void FaultFileSystem::restore_power() {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, file] : files_) {
    std::error_code error;
    if (!file.ever_synced) {
      std::filesystem::remove(path, error);
    } else if (file.synced < file.size) {
      std::filesystem::resize_file(path, file.synced, error);
    }
  }
  files_.clear();
  off_ = false;
}

IOStatus FaultFileSystem::before_change() {
  const std::lock_guard lock(mutex_);
  return off_ ? IOStatus::IOError("the power is off") : IOStatus::OK();
}

IOStatus FaultFileSystem::before_write(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (off_) return IOStatus::IOError("the power is off");
  return full_ && concerns(path, full_in_) ? IOStatus::NoSpace("no space left on device") : IOStatus::OK();
}

IOStatus FaultFileSystem::before_sync(const std::string& path) {
  std::unique_lock lock(mutex_);
  if (hold_ && concerns(path, hold_in_)) {
    ++held_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !hold_; });
    --held_;
  }
  if (off_) return IOStatus::IOError("the power is off");
  return syncs_fail_ && concerns(path, syncs_in_) ? IOStatus::IOError("input/output error") : IOStatus::OK();
}

void FaultFileSystem::appended(const std::string& path, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  files_[path].size += bytes;
}

void FaultFileSystem::truncated(const std::string& path, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  Written& file = files_[path];
  file.size = size;
  file.synced = std::min(file.synced, size);
}

void FaultFileSystem::synced(const std::string& path, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  Written& file = files_[path];
  file.synced = std::max(file.synced, size);
  file.ever_synced = true;
}

std::uint64_t FaultFileSystem::size_of(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return files_[path].size;
}

IOStatus FaultFileSystem::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* context) {
  if (auto status = before_write(path); !status.ok()) return status;
  std::unique_ptr<rocksdb::FSWritableFile> real;
  if (auto status = target()->NewWritableFile(path, options, &real, context); !status.ok()) return status;
  {
    const std::lock_guard lock(mutex_);
    files_[path] = {};
  }
  *file = std::make_unique<File>(*this, path, std::move(real));
  return IOStatus::OK();
}

IOStatus FaultFileSystem::ReopenWritableFile(const std::string&, const rocksdb::FileOptions&, std::unique_ptr<rocksdb::FSWritableFile>*,
                                             IODebugContext*) {
  return IOStatus::NotSupported("reopening a file for writing");
}

IOStatus FaultFileSystem::ReuseWritableFile(const std::string&, const std::string&, const rocksdb::FileOptions&,
                                            std::unique_ptr<rocksdb::FSWritableFile>*, IODebugContext*) {
  return IOStatus::NotSupported("reusing a file");
}

IOStatus FaultFileSystem::DeleteFile(const std::string& path, const IOOptions& options, IODebugContext* context) {
  if (auto status = before_change(); !status.ok()) return status;
  auto status = target()->DeleteFile(path, options, context);
  const std::lock_guard lock(mutex_);
  if (status.ok()) files_.erase(path);
  return status;
}

IOStatus FaultFileSystem::RenameFile(const std::string& from, const std::string& to, const IOOptions& options, IODebugContext* context) {
  if (auto status = before_change(); !status.ok()) return status;
  auto status = target()->RenameFile(from, to, options, context);
  const std::lock_guard lock(mutex_);
  if (const auto moved = files_.extract(from); status.ok() && moved) files_[to] = moved.mapped();
  return status;
}

IOStatus FaultFileSystem::LinkFile(const std::string& from, const std::string& to, const IOOptions& options, IODebugContext* context) {
  if (auto status = before_change(); !status.ok()) return status;
  auto status = target()->LinkFile(from, to, options, context);
  const std::lock_guard lock(mutex_);
  if (const auto linked = files_.find(from); status.ok() && linked != files_.end()) files_[to] = Written(linked->second);
  return status;
}

}  // namespace fodspor::tests
