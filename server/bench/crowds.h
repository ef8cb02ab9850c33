// What many connections cost those that work: thousands that idle. In a process of one thread.
#pragma once

#include "server/bench/bouts.h"

namespace fodspor::server::bench {

Status measure_idle(const Arena& arena, const Options& options, std::vector<Figure>& figures);

}  // namespace fodspor::server::bench
