// The two clocks as people type them, resolved against a ledger. `--known-at` is a position, a moment, or a day: the prefix of the log that
// was recorded by then (of a day: by its end in the programme's zone). `--valid-at` is a day. Any thread.
#pragma once

#include <optional>
#include <string_view>

#include "engine/ledger.h"
#include "projections/as_of.h"

namespace fodspor::replay {

using namespace fodspor::events;

inline constexpr std::string_view default_zone = "Europe/Copenhagen";

// The last event that was recorded at or before that moment; 0 if there was none.
Result<Position> last_recorded_by(const engine::Ledger& ledger, Timestamp moment);

// Fault::invalid for what cannot be a --known-at of any ledger.
Status check_known_at(std::string_view text);

// "1200", "2021-03-31" or "2021-03-31T12:00:00Z". Fault::invalid for anything else, saying what is meant.
Result<Position> resolve_known_at(const engine::Ledger& ledger, std::string_view text, std::string_view zone = default_zone);

// Either may be empty: then it is now, and everything.
Result<projections::AsOf> resolve_as_of(const engine::Ledger& ledger, std::string_view known_at, std::string_view valid_at,
                                        std::string_view zone = default_zone);

}  // namespace fodspor::replay
