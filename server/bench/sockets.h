// What the socket does: appends over connections in turns with PostgreSQL and with RocksDB alone, a crowd that idles, a crowd that follows,
// and the shapes that loads have. In a process of one thread.
#pragma once

#include "server/bench/bench.h"

namespace fodspor::server::bench {

Result<std::vector<Figure>> measure_sockets(const Options& options);

}  // namespace fodspor::server::bench
