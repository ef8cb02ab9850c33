// What a Feed is made of: where it stands, and where it reads. Known to feed.cpp and to the ledger that makes feeds.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "engine/feed.h"
#include "engine/log_store.h"
#include "engine/ring.h"

namespace fodspor::engine {

// Borrows all it is given, from the ledger.
class Feed::Impl {
 public:
  // `durable`: up to which event the log may be read, and can be. `ring`: the writer's; nullptr in a reading process.
  Impl(const LogStore& log, const Ring* ring, std::function<Result<Position>()> durable, Position from)
      : log_(log), ring_(ring), durable_(std::move(durable)), next_(from) {}

  Result<std::optional<Event>> next(std::chrono::milliseconds wait);

 private:
  Result<std::optional<std::string_view>> take(std::chrono::steady_clock::time_point deadline);
  bool wait(std::chrono::steady_clock::time_point deadline) const;

  const LogStore& log_;
  const Ring* ring_;
  std::function<Result<Position>()> durable_;
  Position next_;
  std::shared_ptr<const Block> block_;
  std::optional<LogStore::Walk> walk_;
};

}  // namespace fodspor::engine
