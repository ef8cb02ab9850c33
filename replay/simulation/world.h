// The simulated world: who there is, when they come, and what they are called. A function of the seed, the scale and the rates; it holds
// nothing of anybody's life, so it is as small for a million people as for one. Immutable; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "replay/simulation/happening.h"
#include "replay/simulation/rates.h"

namespace fodspor::replay::simulation {

class World {
 public:
  // `scale_thousandths`: participants grow with it; enterprises, staff and networks with its square root where it is above 1.
  World(Rates rates, std::uint64_t seed, std::uint32_t scale_thousandths);

  struct Size {
    std::uint32_t participants, commercial, social, committed_before, ambassadors, networks, staff;
    std::uint32_t enterprises() const noexcept { return commercial + social; }
  };

  std::size_t programmes() const noexcept { return rates_.programmes.size(); }
  const ProgrammeRates& rates(std::uint8_t programme) const noexcept { return rates_.programmes[programme]; }
  const Size& size(std::uint8_t programme) const noexcept { return sizes_[programme]; }
  std::uint64_t seed() const noexcept { return seed_; }
  std::uint32_t count(std::uint8_t programme, StreamKind kind) const noexcept;

  Draw draw(const Subject& subject) const noexcept;
  StreamId stream(const Subject& subject) const noexcept;
  // The second number under which a person was registered by mistake.
  StreamId second_stream(const Subject& participant) const noexcept;

  // The first day of a subject's life; it never falls as the number rises, within one programme and kind.
  Date arrival(const Subject& subject) const noexcept;
  // One of the enterprises of that kind whose recruitment has surely been recorded by that day.
  Subject enterprise_by(std::uint8_t programme, bool social, Date day, Draw& draw) const noexcept;

 private:
  Rates rates_;
  std::uint64_t seed_;
  std::vector<Size> sizes_;
};

// Recruitment is recorded at most so many days after it happened, so that everything that refers to an enterprise comes later.
inline constexpr std::int32_t recruitment_recorded_days_max = 5;
inline constexpr std::int64_t day_us = 86'400'000'000;
// Between a day and the moments of it; 1970-01-01 is day 25,568 of the calendar.
inline constexpr std::int64_t moment_of(std::int32_t day) noexcept {
  return (std::int64_t{day} - 25'568) * day_us;
}

// Everything that ever happens to a subject, in no particular order of recording, with ordinals from 0. Pure.
std::vector<Happening> life_of(const World& world, const Subject& subject);

}  // namespace fodspor::replay::simulation
