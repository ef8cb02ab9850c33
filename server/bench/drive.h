// Puts load on any number of conversations and times each answer. As many threads as there are processors serve them, each its share, so
// the driver takes little from what it measures.
#pragma once

#include <cstddef>
#include <cstdint>

#include "server/bench/conversation.h"
#include "server/bench/latencies.h"

namespace fodspor::server::bench {

struct Load {
  std::uint64_t requests = 0;  // of each conversation
  std::size_t window = 1;      // of each conversation, under way at a time
  // Requests a second of all conversations together. They are sent when they are due whatever became of those before, without a window,
  // and their time runs from when they were due, not from when they were sent: who is late does not hide it. 0: by the window.
  double rate = 0;
  std::uint64_t due_together = 1;  // by the clock: requests of one conversation that are due at one time
};

struct Driven {
  double seconds = 0;  // from the common start to the last answer
  Latencies latencies;
};

// The first Failure of any conversation ends the whole; Fault::unavailable if nothing was answered for half a minute.
Result<Driven> drive(const Conversations& conversations, const Load& load);

}  // namespace fodspor::server::bench
