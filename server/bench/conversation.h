// One connection to whatever is measured, as the driver (drive.h) sees it: requests by number go out, answers come. Never waits once it is
// made. Driven by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "events/failure.h"

namespace fodspor::server::bench {

using namespace fodspor::events;

class Conversation {
 public:
  virtual ~Conversation() = default;

  virtual int descriptor() const = 0;
  // Makes the n-th request ready to be sent; from 0, each number once and in order.
  virtual Status ask(std::uint64_t number) = 0;
  // Sends what can be sent. False: the rest goes when the descriptor can be written to.
  virtual Result<bool> flush() = 0;
  // Takes what has come, and adds the numbers of the requests that it answers. A refusal is a Failure: nothing that is measured may be.
  virtual Status take(std::vector<std::uint64_t>& answered) = 0;
};

using Conversations = std::vector<std::unique_ptr<Conversation>>;

}  // namespace fodspor::server::bench
