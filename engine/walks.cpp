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
