// Stored events that follow one another, as one value of log/: RocksDB's cost for each key is then paid once for many events. It stands
// under the position of its last event, so that seeking any of its positions finds it. Pure; borrows the value that it reads.
//
//   bundle := varint(events)  varint(bytes) of each event  the stored events, record.h, end to end
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/event.h"

namespace fodspor::engine {

using namespace fodspor::events;

// A bundle ends with the event that reaches either. Small, as one event is read by reading its whole bundle.
inline constexpr std::size_t bundle_events_max = 64;
inline constexpr std::size_t bundle_bytes_max = 8u << 10;

// What stands before the events. `ends`: where each ends, counted from where `begin` is.
std::string bundle_head(std::span<const std::size_t> ends, std::size_t begin);

class Bundle {
 public:
  // Takes the value that stands under `last` in the place of the one before. Fault::corrupt.
  Status read(Position last, std::string_view value);

  bool holds(Position position) const noexcept { return position >= first_ && position.value - first_.value < ends_.size(); }
  Position first() const noexcept { return first_; }
  // Of an event that it holds.
  std::string_view event(Position position) const noexcept;

 private:
  Position first_;
  std::vector<std::size_t> ends_;
  std::string_view events_;
};

}  // namespace fodspor::engine
