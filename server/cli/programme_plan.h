// What programme files would change in a ledger, shown and appended as one batch: for `programmes apply`, `simulate` and `demo`.
#pragma once

#include <string>
#include <vector>

#include "engine/ledger.h"
#include "projections/programme.h"
#include "server/cli/report.h"

namespace fodspor::server {

using namespace fodspor::events;

struct Planned {
  projections::ProgrammePlan plan;
  Position at;          // the ledger stood there when it was planned
  std::string request;  // the same files at the same place are the same request
};

// Fault::invalid with file, line and column.
Result<Planned> plan_for(const engine::Ledger& ledger, const std::vector<projections::ProgrammeFile>& files);
// Not for an empty plan. Fault::conflict if somebody appended since.
Result<engine::Appended> append_plan(engine::Ledger& ledger, Planned planned);
void add_plan(Report& report, const projections::ProgrammePlan& plan);

}  // namespace fodspor::server
