// Where a stored proposal belongs, read from its first words alone: a scan of the whole log asks this of every event, and unpacks only
// those that it folds. Any thread.
#pragma once

#include <span>

#include "events/ids.h"
#include "events/vocabulary.h"

namespace fodspor::projections {

using namespace fodspor::events;

struct Route {
  EventType type = EventType::unspecified;
  StreamId stream;
};

// Fault::corrupt if these are not a proposal's first bytes. What comes behind them is not looked at: Event::decode does that.
Result<Route> read_route(std::span<const unsigned char> packed);

}  // namespace fodspor::projections
