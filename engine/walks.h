// The sources that cursors draw from: the log itself, and positions of an index looked up in the log.
#pragma once

#include <memory>

#include "engine/cursor.h"
#include "engine/indexes.h"
#include "engine/log_store.h"

namespace fodspor::engine {

// Both borrow the log, which outlives the cursor.
std::unique_ptr<Cursor::Source> walk_log(const LogStore& log, Position from, Position to);
std::unique_ptr<Cursor::Source> walk_positions(const LogStore& log, Indexes::Positions positions);

}  // namespace fodspor::engine
