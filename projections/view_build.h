// A view written from nothing, for a rebuild: subjects come in any order, sorted runs leave as table files, and the database takes them in
// whole at the end. One thread. A directory whose build was not finished holds no checkpoint and is thrown away.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "projections/unsynced_files.h"
#include "projections/view_store.h"

namespace fodspor::projections {

// Keys and values collected in memory and written as table files, each sorted. Keys are unique.
class SortedRuns {
 public:
  // `env` is borrowed.
  SortedRuns(rocksdb::Env* env, std::filesystem::path prefix, std::size_t buffer_bytes);
  Status add(std::string_view key, std::string_view value);
  Status flush();
  const std::vector<std::string>& files() const noexcept { return files_; }

 private:
  struct Entry {
    std::uint64_t part;  // eight bytes of the key, most significant first: where these differ, nobody looks into the buffer
    std::uint32_t at, key_bytes, value_bytes;
  };
  std::string_view key_of(const Entry& entry) const { return std::string_view(bytes_).substr(entry.at, entry.key_bytes); }
  void sort(std::span<Entry> entries, std::size_t known) const;
  rocksdb::Env* env_;
  std::filesystem::path prefix_;
  std::size_t buffer_bytes_;
  std::string bytes_;
  std::vector<Entry> entries_;
  std::vector<std::string> files_;
};

// Sums under keys. What is asked of all subjects lies close together: a table of places, the sums, and the bytes of their keys.
class Sums {
 public:
  void add(std::string_view key, std::int64_t value);
  // In the order in which they were first added to.
  void each(const std::function<void(std::string_view key, std::int64_t value)>& visit) const;

 private:
  struct Sum {
    std::int64_t value;
    std::uint32_t key_at, key_bytes;
  };
  struct Slot {
    std::uint32_t hash = 0;   // some bits of it, so that few other keys are looked at
    std::uint32_t place = 0;  // of the sum, counted from 1; 0: free
  };
  std::string_view key_of(const Sum& sum) const { return std::string_view(keys_).substr(sum.key_at, sum.key_bytes); }
  void widen();

  std::vector<Slot> slots_;  // a power of two of them, at least half of them free; a key stands in the first free one from its hash on
  std::vector<Sum> sums_;
  std::string keys_;
};

class ViewBuild {
 public:
  // `directory` is made anew. `buffer_bytes`: what this build may hold in memory, about.
  static Result<std::unique_ptr<ViewBuild>> begin(const std::filesystem::path& directory, std::size_t buffer_bytes);
  Status add(const StreamId& subject, Contribution& contribution);
  // Everything is on disk, synced, when it returns, and the database is closed. `checkpoint.rows` is filled in.
  Status finish(Checkpoint checkpoint);

 private:
  ViewBuild(std::filesystem::path directory, std::size_t buffer_bytes);
  Status write_database(Checkpoint checkpoint);

  std::unique_ptr<rocksdb::Env> env_;
  std::filesystem::path directory_;
  SortedRuns rows_;
  SortedRuns subjects_;
  Sums sums_;
  std::uint64_t row_count_ = 0;
  std::string key_, kept_;  // scratch
};

}  // namespace fodspor::projections
