// Opening a ledger's log, with everything that must be sure before a writer touches it. Nothing is changed in a log that is refused.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/log_store.h"
#include "engine/marks.h"

namespace fodspor::engine {

// Opens log/ for writing and finds that nothing acknowledged is missing, by what the marks say. Fault::corrupt names the range of events
// that is damaged or lost; otherwise as LogStore::open.
Result<std::unique_ptr<LogStore>> open_for_writing(LogStore::Options options);

// A part of the log that was acknowledged and cannot be read.
struct LostRange {
  Position first;
  std::optional<Position> last;  // none: as far as it went
  std::string why;
};
// Looks, without changing anything, for what keeps a log from being opened. None: it can be.
Result<std::optional<LostRange>> find_loss(LogStore::Options options);

std::string describe(const LostRange& lost);

// Where the log is and what it is called, below a ledger's directory.
inline std::filesystem::path log_directory(const std::filesystem::path& ledger) {
  return ledger / "log";
}
inline std::filesystem::path derived_directory(const std::filesystem::path& ledger) {
  return ledger / "derived";
}

}  // namespace fodspor::engine
