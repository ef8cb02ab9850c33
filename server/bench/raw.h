// What appends are held against: RocksDB by itself, as who needs nothing but durable events by position would use it. One thread calls.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger.h"

namespace fodspor::server::bench {

using namespace fodspor::events;

// Stored events one after another, as the ledger holds them.
struct StoredEvents {
  std::string bytes;
  std::vector<std::size_t> ends;

  static Result<StoredEvents> of(const engine::Ledger& ledger);
  std::size_t size() const noexcept { return ends.size(); }
  std::string_view operator[](std::size_t index) const noexcept {
    const std::size_t begin = index == 0 ? 0 : ends[index - 1];
    return std::string_view(bytes).substr(begin, ends[index] - begin);
  }
};

// Puts them into a new store from so many threads, so many in one synced write, and says how many seconds that took.
Result<double> write_raw(const std::filesystem::path& directory, const StoredEvents& events, std::size_t threads, std::size_t in_one_write);
// The same with all that a ledger holds, in events a second.
Result<double> raw_rate_of(const std::filesystem::path& ledger, const std::filesystem::path& directory, std::size_t threads,
                           std::size_t in_one_write);

}  // namespace fodspor::server::bench
