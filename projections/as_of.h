// Which part of the log, and which days of the world, an answer speaks of: one filter in front of every fold.
//
// known: events after this position had not been received. valid: facts that begin after this day have not happened yet, and what is
// open or later ends there as unknown. Views, figures and trails as of any pair come from the same folds as today's.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "events/calendar.h"
#include "events/ids.h"

namespace fodspor::projections {

using namespace fodspor::events;

struct AsOf {
  Position known{std::numeric_limits<std::uint64_t>::max()};
  std::optional<Date> valid;
  bool operator==(const AsOf&) const = default;
};

}  // namespace fodspor::projections
