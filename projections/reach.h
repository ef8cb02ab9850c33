// From which day on an answer stays what it is.
//
// A view is a function of the log and knows no day: it holds what the facts come to once all of their days have passed, and every day that
// its definitions ask about. As of a day (AsOf::valid) what lies after it is unknown: who will leave next month is still there, a job
// without an end has not lasted yet. From the day on that is said here the two are the same, so that a reader may take the view; before
// it, the reader folds as of its day. Any thread.
#pragma once

#include <optional>

#include "projections/view.h"

namespace fodspor::projections {

// The last day that a fact of the history names; none: no fact has a date.
std::optional<Date> last_day_of(const History& history);
// What every view's contribution says besides its own. It is said of a subject without rows as well, as on an earlier day it may have some.
void add_reach(std::optional<Date> last_day, Contribution& out);

// The first day as of which the rows of a view that does not measure are what they hold.
Result<Date> settled_from(const Rows& rows);
// The same of a view that measures, with the context of the rows' position; none: never, as a definition that is pinned asks without an
// end.
Result<std::optional<Date>> settled_from(const engine::Ledger& ledger, const Rows& rows, const Context& context);

}  // namespace fodspor::projections
