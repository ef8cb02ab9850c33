// Threads that start together, and how long it takes until all are done. Waits for them.
#pragma once

#include <cstddef>
#include <functional>

#include "events/failure.h"

namespace fodspor::server::bench {

using namespace fodspor::events;

// Each thread runs `work` with its number, from 0. Seconds from their common start to the last one's end; or the first Failure.
Result<double> seconds_of_all(std::size_t threads, const std::function<Status(std::size_t thread)>& work);

}  // namespace fodspor::server::bench
