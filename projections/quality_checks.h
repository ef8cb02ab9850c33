// What is incomplete or contradictory in one person's record. A function of the history and what is folded from it; any thread.
#pragma once

#include <map>
#include <vector>

#include "projections/data_quality.h"

namespace fodspor::projections {

// By programme and issue, the events that show it, sorted.
using FoundIssues = std::map<std::pair<ProgrammeId, Issue>, std::vector<EventId>>;

FoundIssues check_person(const Subject& subject);
FoundIssues check_stream(const Subject& subject);  // of any other kind

}  // namespace fodspor::projections
