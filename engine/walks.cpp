#include "engine/walks.h"

#include <string>

#include "engine/record.h"

namespace fodspor::engine {
namespace {

class LogSource : public Cursor::Source {
 public:
  LogSource(const LogStore& log, Position from, Position to) : walk_(log, from, to), next_{from.value == 0 ? 1 : from.value} {}

  Result<std::optional<Stored>> next() override {
    FODSPOR_TRY(const auto value, walk_.next());
    if (!value) return std::nullopt;
    return read_record(*value, {next_.value++});
  }

 private:
  LogStore::Walk walk_;
  Position next_;
};

// Followers read the same few events at the live end again and again; there the ring spares each of them a look into the store.
class RecentSource : public Cursor::Source {
 public:
  RecentSource(const LogStore& log, const Ring& ring, Position from, Position to) : log_(log), ring_(ring), next_(from), to_(to) {}

  Result<std::optional<Stored>> next() override {
    if (rest_) return rest_->next();
    if (next_ > to_) return std::nullopt;
    if (!block_ || next_ > block_->last()) block_ = ring_.find(next_);
    if (!block_) {
      rest_.emplace(log_, next_, to_);
      return rest_->next();
    }
    const Position here{next_.value++};
    return read_record(block_->value(here), here);
  }

 private:
  const LogStore& log_;
  const Ring& ring_;
  Position next_, to_;
  std::shared_ptr<const Block> block_;
  std::optional<LogSource> rest_;  // of what the ring does not hold
};

class PositionSource : public Cursor::Source {
 public:
  PositionSource(const LogStore& log, Indexes::Positions positions) : reader_(log), positions_(std::move(positions)) {}

  Result<std::optional<Stored>> next() override {
    FODSPOR_TRY(const auto position, positions_.next());
    if (!position) return std::nullopt;
    FODSPOR_TRY(const std::string_view value, reader_.read(*position));
    return read_record(value, *position);
  }

 private:
  LogStore::Reader reader_;
  Indexes::Positions positions_;
};

}  // namespace

std::unique_ptr<Cursor::Source> walk_log(const LogStore& log, Position from, Position to) {
  return std::make_unique<LogSource>(log, from, to);
}

std::unique_ptr<Cursor::Source> walk_recent(const LogStore& log, const Ring& ring, Position from, Position to) {
  return std::make_unique<RecentSource>(log, ring, Position{from.value == 0 ? 1 : from.value}, to);
}

std::unique_ptr<Cursor::Source> walk_positions(const LogStore& log, Indexes::Positions positions) {
  return std::make_unique<PositionSource>(log, std::move(positions));
}

Result<std::optional<Event>> Cursor::next_event() {
  FODSPOR_TRY(const std::optional<Stored> stored, next());
  if (!stored) return std::nullopt;
  auto event = Event::decode(stored->packed, stored->placement);
  if (!event) return tl::make_unexpected(at("event " + std::to_string(stored->placement.position.value), event.error()));
  return std::optional<Event>(std::move(*event));
}

}  // namespace fodspor::engine
