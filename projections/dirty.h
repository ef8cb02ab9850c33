// Which subjects some events may have changed: their own streams', those merged with them before or after, those who refer to an enterprise
// whose facts changed, and everyone of a programme whose frame, targets or coverage changed. One thread.
#pragma once

#include <optional>
#include <vector>

#include "projections/view.h"

namespace fodspor::projections {

// The events of a stretch of the log, by what they touch, before contexts are asked.
struct Touched {
  std::vector<StreamId> streams;  // sorted, each once; those of programmes and portfolios too
  bool context = false;           // the context may differ after it
};
Result<Touched> read_touched(const engine::Ledger& ledger, Position after, Position to);

struct Dirty {
  std::vector<StreamId> subjects;  // sorted, each once; also those that are subjects no longer
  bool everything = false;         // it cannot be said cheaply: rebuild
};
// `people`: the rows of the view `people` at the position before, if they are at hand.
Result<Dirty> find_dirty(const engine::Ledger& ledger, const Touched& touched, const Context& before, const Context& after,
                         const Rows* people);

}  // namespace fodspor::projections
