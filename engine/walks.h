// The sources that cursors draw from: the log itself, what was written last and is still in memory, and positions of an index looked up in
// the log.
#pragma once

#include <memory>

#include "engine/cursor.h"
#include "engine/indexes.h"
#include "engine/log_store.h"
#include "engine/ring.h"

namespace fodspor::engine {

// All borrow what they are given, which outlives the cursor.
std::unique_ptr<Cursor::Source> walk_log(const LogStore& log, Position from, Position to);
// The same events; those that the ring still holds are taken from there. `to` is durable.
std::unique_ptr<Cursor::Source> walk_recent(const LogStore& log, const Ring& ring, Position from, Position to);
std::unique_ptr<Cursor::Source> walk_positions(const LogStore& log, Indexes::Positions positions);

}  // namespace fodspor::engine
