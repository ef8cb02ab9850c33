// `fodspor bench` measures the ledger and its views on the machine it is run on, each figure beside the value that is wanted of it.
//
// Every measurement runs in a process of its own (child.h), so that none inherits the memory, the caches or the threads of another; the
// calling process must hold one thread and no store. Files stand below Options::directory, and measure() removes what it made there but
// for a history that is worth keeping. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/failure.h"
#include "server/cli/language.h"

namespace fodspor::server::bench {

using namespace fodspor::events;

// The middle one of several runs, with the lowest and the highest.
struct Spread {
  double median = 0, low = 0, high = 0;
};
Spread spread_of(std::vector<double> runs);  // one at least

struct Wanted {
  enum class Bound : std::uint8_t { at_least, at_most } bound = Bound::at_least;
  double value = 0;
};

struct Figure {
  std::string key;        // for programs: "append_single_ratio"
  Words what;             // for people
  std::string_view unit;  // "ev/s", "×", "bytes", "s", "MiB"
  Spread measured;
  std::uint64_t events = 0;      // over how many
  std::optional<Wanted> wanted;  // none: it explains another figure
  bool met() const noexcept;
};

struct Options {
  std::filesystem::path directory;
  std::uint64_t events = 1'000'000;  // of the history that is simulated, folded and opened
  std::size_t runs = 5;
  std::size_t memory_bytes = 1u << 30;                        // for a rebuild
  std::function<void(std::string_view sentence)> doing = {};  // what is being measured now
};

enum class Subject : std::uint8_t { append, size, simulate, rebuild, open, socket };

// Fault::unavailable if the directory cannot be used, or a measuring process was ended from outside.
Result<std::vector<Figure>> measure(Subject subject, const Options& options);

// The options of the raw store that appends are held against, one line each; those that are not named are RocksDB's own defaults.
std::vector<std::string> raw_options();

// The PostgreSQL that the socket is held against, and what was set of it.
std::string postgres_used();

// A history of at least so many simulated events that rebuilds and openings can share; made if it is not there yet.
std::filesystem::path history_directory(const Options& options);

}  // namespace fodspor::server::bench
