// Loads of the shapes that eventstore-benchmarks has: many small streams, hot streams, Zipf, appends and reads mixed, subscribers that
// catch up while others write. In a process of one thread.
#pragma once

#include "server/bench/bouts.h"

namespace fodspor::server::bench {

Status measure_shapes(const Arena& arena, const Options& options, std::vector<Figure>& figures);

}  // namespace fodspor::server::bench
