// A simulated history in the named ledger, made if there is none: what `simulate` and `demo` share.
#pragma once

#include <memory>

#include "replay/simulation.h"
#include "server/cli/console.h"
#include "server/cli/reading.h"

namespace fodspor::server {

struct Simulated {
  std::unique_ptr<engine::Ledger> ledger;  // open for writing
  replay::SimulationReport report;
  std::int64_t events_a_second = 0;
};

// The programmes and targets that ship stand in it, each from before its programme begins. Fault::conflict if the ledger holds anything
// but this history or a beginning of it.
Result<Simulated> simulate_into_new(Console& console, replay::SimulationOptions options);

}  // namespace fodspor::server
