// What is wrong with a ledger, and the mend that loses least. For the command line; no other part depends on it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "events/ids.h"

namespace rocksdb {
class Env;
}

namespace fodspor::engine {

using namespace fodspor::events;

struct Finding {
  std::string what;  // a sentence: what is wrong, where
  std::string mend;  // a sentence: what to do
};

struct Diagnosis {
  Position readable_to;                 // every event up to there can be read
  std::optional<Position> expected_to;  // the last event known to have been acknowledged or stored, if it lies beyond
  std::vector<Finding> findings;        // none: it is sound

  bool sound() const noexcept { return findings.empty(); }
  bool loses_events() const noexcept { return expected_to.has_value(); }
};

// Looks, and changes nothing. Reads every event: some seconds for ten million. A writer may be at work meanwhile.
// Fault::not_found (no ledger there), unsupported (another format), unavailable.
Result<Diagnosis> diagnose(const std::filesystem::path& directory, rocksdb::Env* env = nullptr);

struct Recovery {
  Position kept_to;              // the ledger's last event now
  std::optional<Position> lost;  // up to which events were lost, those after kept_to; none: none
  std::filesystem::path aside;   // where the damaged log was put; empty if it was sound and stayed
};

// Writes the readable events up to `keep_to` into a new log, puts the damaged one aside, and has the indexes built anew at the next
// opening. The caller has shown a person what is lost: `keep_to` is what `diagnose` found readable, no more is kept and none beyond asked.
// Fault::conflict (more or less is readable than that: diagnose again), unavailable (a writer has it, no room), not_found.
Result<Recovery> recover(const std::filesystem::path& directory, Position keep_to, rocksdb::Env* env = nullptr);

}  // namespace fodspor::engine
