// Following the log from any position into its live end, in this process: every event once, in order, only durable ones. Recent events
// come from a bounded ring that all followers share; one that lags reads the log, and never holds up the writer. In a reading process it
// watches the writer's published position instead. Owned by one thread; outlived by its Ledger.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "events/event.h"

namespace fodspor::engine {

using namespace fodspor::events;

class Feed {
 public:
  class Impl;
  explicit Feed(std::unique_ptr<Impl> impl);
  Feed(Feed&&) noexcept;
  Feed& operator=(Feed&&) noexcept;
  ~Feed();

  // Waits at most that long for the next event; none if there was none in time.
  Result<std::optional<Event>> next(std::chrono::milliseconds wait);

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace fodspor::engine
