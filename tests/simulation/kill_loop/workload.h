// What is appended while the ledger is being killed: batches that follow from their request id alone, so that whoever knows the id knows
// what must be stored.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "engine/ledger.h"

namespace fodspor::tests {

using namespace fodspor::events;

engine::Batch batch_of(const std::string& request_id);

// What became of one append.
struct Outcome {
  std::string request_id;
  std::optional<engine::Appended> answer;  // none: refused or unknown
};

// Appends from several threads until `go_on` says no or the ledger refuses. First the requests given, whose fate is unknown, are repeated.
// `tried` and `ended` are called from those threads, before and after each append.
struct Telling {
  std::function<bool()> go_on;
  std::function<void(const std::string& request_id)> tried;
  std::function<void(const Outcome& outcome)> ended;
};
void append_concurrently(engine::Ledger& ledger, std::uint64_t seed, const std::vector<std::string>& unknown, const Telling& telling);

}  // namespace fodspor::tests
