// From which day on an answer stays what it is.
//
// A view is a function of the log and knows no day: it holds what the facts come to once every day that its definitions ask about has
// passed. As of a day (AsOf::valid) what lies after it is unknown: a job without an end has not lasted yet. From the day on that is said
// here the two are the same, so that a reader may take the view; before it, the reader folds as of its day. Any thread.
#pragma once

#include <optional>

#include "projections/view.h"

namespace fodspor::projections {

// What a view that measures adds to each subject's contribution: the last day that a fact of the subject names.
void add_reach(const Subject& subject, Contribution& out);

// The first day as of which the view's rows are what they hold; none: never, as a definition that is pinned asks without an end. `rows` of
// a view that calls add_reach, with the context of the same position.
Result<std::optional<Date>> settled_from(const engine::Ledger& ledger, const Rows& rows, const Context& context);

}  // namespace fodspor::projections
