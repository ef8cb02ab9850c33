// Byte strings set apart by a hash, in memory while they are few and in scratch files when they are many, so that each part can be grouped
// in memory. Owned by one scan and its thread. The files have no names, so nothing of them is left whatever ends the process.
//
//   entry := hash (u64)  size (u32)  bytes      numbers as they lie in this machine's memory: files do not outlive it
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/failure.h"

namespace fodspor::projections {

using namespace fodspor::events;

// A folder for scratch files, made when the first is asked for, and removed with its owner if it was not there before.
class Scratch {
 public:
  explicit Scratch(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // A new file without a name, open for reading and writing. Fault::unavailable.
  Result<int> open_file();
  const std::filesystem::path& folder() const noexcept { return folder_; }

 private:
  std::filesystem::path folder_;
  bool made_ = false;
};

// Valid while its partition is being read.
struct Entry {
  std::uint64_t hash = 0;
  std::string_view bytes;
};

class Partitions {
 public:
  // Ranks are kinds of entries that are kept apart; those of rank r start in `counts[r]` partitions of equal ranges of the hash.
  // `memory_bytes`: what may lie in memory at once, what is being read included.
  Partitions(Scratch& scratch, std::vector<std::size_t> counts, std::size_t memory_bytes);
  ~Partitions();
  Partitions(const Partitions&) = delete;
  Partitions& operator=(const Partitions&) = delete;

  // How many partitions so many bytes need.
  static std::size_t count_for(std::uint64_t bytes, std::size_t memory_bytes);

  Status add(std::size_t rank, const Entry& entry);
  // After the last `add`: partitions that turned out too large to be read at once are divided.
  Status settle();
  // All entries of a rank, in groups of equal hash, groups in order of hash, entries in the order in which they were added.
  // `last_time`: the entries are not needed again.
  Status each_group(std::size_t rank, bool last_time, const std::function<Status(std::span<const Entry>)>& visit);

  bool in_files() const noexcept { return in_files_; }

 private:
  struct Partition;
  struct Place {  // of an entry among a partition's bytes
    std::uint64_t hash;
    std::uint64_t at;
    auto operator<=>(const Place&) const = default;
  };
  Status append(Partition& partition, const Entry& entry);
  static void sort_entries(std::string_view bytes, const Partition& partition, std::vector<Place>& order);
  Status write_out(Partition& partition);
  Status read_at(const Partition& partition, std::uint64_t at, std::span<char> into) const;
  Status divide(Partition& partition, std::vector<Partition>& parts);
  tl::unexpected<Failure> cannot(std::string_view what) const;

  Scratch& scratch_;
  std::vector<std::vector<Partition>> ranks_;  // of each, in order of hash
  std::size_t memory_max_;                     // of what is being added
  std::size_t partition_bytes_;                // that one partition should have
  std::uint64_t in_memory_ = 0;
  std::size_t buffer_bytes_ = 0;
  bool in_files_ = false;
};

}  // namespace fodspor::projections
