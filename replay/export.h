// The whole log as JSON lines, and back into an empty ledger: the same events, ids, grouping into requests and times of recording, so that
// every view has the same digest. One canonical object a line, in order of position (events/json.h). One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <ostream>
#include <string_view>

#include "engine/ledger.h"

namespace fodspor::replay {

using namespace fodspor::events;

struct Copied {
  std::uint64_t events = 0;
  std::uint64_t requests = 0;
  Position last;
};

using Progress = std::function<void(std::uint64_t done, std::uint64_t of)>;

// Events 1 to `to` (none: all that are durable). Fault::unavailable if the stream cannot be written.
Result<Copied> export_log(const engine::Ledger& ledger, std::ostream& out, std::optional<Position> to = {}, const Progress& progress = {});

// Reads an exported log through, from where the stream stands, and writes nothing: what import_log would bring in. Fault::invalid with
// "name:line: …" for a line that is not an exported event, for what the rules refuse, for a request that is cut short or out of order, and
// for positions with a hole. The stream is read twice, so it has to be one that can go back.
Result<Copied> check_log(std::istream& in, std::string_view name, const Progress& progress = {});

// Checks the whole of it first, so that a file with a mistake leaves nothing behind; then appends. Fault::conflict if the ledger holds
// events already.
Result<Copied> import_log(engine::Ledger& ledger, std::istream& in, std::string_view name, const Progress& progress = {});

}  // namespace fodspor::replay
