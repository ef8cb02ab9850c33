// Work that starts together, and how long it takes until all of it is done: threads that wait for their answers, or producers that hold no
// thread while a request of theirs is under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "events/failure.h"

namespace fodspor::server::bench {

using namespace fodspor::events;

// Each thread runs `work` with its number, from 0. Seconds from their common start to the last one's end; or the first Failure.
Result<double> seconds_of_all(std::size_t threads, const std::function<Status(std::size_t thread)>& work);

// Each producer takes `turns` turns, the next when the one before is answered; as many threads as there are processors serve them all.
// `take` begins a turn; `answered` is called once, from any thread. A Failure ends its producer. Seconds; or the first Failure.
using Answered = std::function<void(Status)>;
Result<double> seconds_of_turns(std::size_t producers, std::uint64_t turns,
                                const std::function<void(std::size_t producer, std::uint64_t turn, Answered answered)>& take);

}  // namespace fodspor::server::bench
