// Who takes part now, and who is due a contact: the programme's frame says how often. Read from the rows of `people`. Values; any thread.
#pragma once

#include <optional>
#include <vector>

#include "projections/people.h"

namespace fodspor::projections {

struct CaseloadLine {
  PersonLine person;
  Date counted_from;              // the last contact, or the entry if there was none
  std::optional<Date> due;        // none: the programme does not say how often
  std::int32_t overdue_days = 0;  // how long it has been due; negative: days left
};

// Those enrolled and not left, dead or gone as of the rows, the longest overdue first. One programme or all of the context.
Result<std::vector<CaseloadLine>> read_caseload(const Rows& people, const Context& context, std::optional<ProgrammeId> programme,
                                                Date today);

}  // namespace fodspor::projections
