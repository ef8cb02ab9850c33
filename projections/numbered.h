// Facts that speak of a numbered thing (a placement, employment, course …), gathered by what they speak of. Numbers are a stream's own, so
// those of merged people do not meet. Owned by one fold; outlived by its History.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "projections/history.h"

namespace fodspor::projections {

enum class Family : std::uint8_t { placement, employment, education, course, match, role };

struct Numbered {
  Family family{};
  std::uint32_t number = 0;
  std::uint32_t part = 0;  // tells apart what shares a number: the kinds of roles that were given none
  const Fact* fact = nullptr;

  const StreamId& stream() const noexcept { return fact->event->stream(); }
  bool same_thing(const Numbered& other) const {
    return family == other.family && number == other.number && part == other.part && stream() == other.stream();
  }
  // By thing; the facts of one thing keep the history's order, as facts stand in it one behind the other.
  bool operator<(const Numbered& other) const {
    if (family != other.family) return family < other.family;
    if (number != other.number) return number < other.number;
    if (part != other.part) return part < other.part;
    if (stream() != other.stream()) return stream() < other.stream();
    return fact < other.fact;
  }
};

// Sorts them, and calls `each(std::span<const Numbered>)` for every thing, with all its facts in the history's order.
template <class Each>
void each_thing(std::vector<Numbered>& numbered, const Each& each) {
  std::sort(numbered.begin(), numbered.end());
  for (auto from = numbered.begin(); from != numbered.end();) {
    const auto to = std::find_if(from, numbered.end(), [&](const Numbered& other) { return !from->same_thing(other); });
    each(std::span<const Numbered>(from, to));
    from = to;
  }
}

// When a thing began and ended, by one rule for all of them. The first start counts, and the first end that is not before it; what else
// bears the number is left to the data quality view. Where no end is recorded, the start's own last day stands.
struct Extent {
  const Fact* start = nullptr;  // none: it ended, and never began
  const Fact* end = nullptr;

  static Extent of(std::span<const Numbered> thing, EventType started, EventType ended) {
    Extent extent;
    for (const Numbered& entry : thing) {
      if (entry.fact->type == started && extent.start == nullptr) extent.start = entry.fact;
    }
    for (const Numbered& entry : thing) {
      const bool too_early = extent.start != nullptr && entry.fact->from < extent.start->from;
      if (entry.fact->type == ended && extent.end == nullptr && !too_early) extent.end = entry.fact;
    }
    return extent;
  }

  Spell spell() const { return {start->from, end != nullptr ? end->from : start->to}; }
  EventId ended_because() const {
    if (end != nullptr) return end->because();
    return start->to ? start->because() : EventId{};
  }
};

}  // namespace fodspor::projections
