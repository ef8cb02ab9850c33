// What is measured on simulated histories: how fast one is told, what its events weigh on disk, how fast all views are folded from it, and
// how long its ledger takes to open. One thread.
#pragma once

#include "server/bench/bench.h"

namespace fodspor::server::bench {

Result<std::vector<Figure>> measure_simulation(const Options& options);
Result<std::vector<Figure>> measure_sizes(const Options& options);
Result<std::vector<Figure>> measure_rebuilds(const Options& options);
Result<std::vector<Figure>> measure_openings(const Options& options);

}  // namespace fodspor::server::bench
