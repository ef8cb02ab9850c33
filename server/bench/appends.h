// What an append costs, in turns with the raw store (raw.h): one pair of runs after the other, so that both meet the same weather. One
// thread.
#pragma once

#include "server/bench/bench.h"

namespace fodspor::server::bench {

Result<std::vector<Figure>> measure_appends(const Options& options);

}  // namespace fodspor::server::bench
