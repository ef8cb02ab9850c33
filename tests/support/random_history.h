// Random histories that keep every rule of events/rules.h and no other: numbers meet, ends come before starts, days coincide, corrections
// and retractions pile up. From a seed; the same seed, the same history. Values.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "tests/support/story.h"

namespace fodspor::stories {

struct RandomHistory {
  Story story;
  // Of each event, those that must be told before it: what it speaks of, and what was said about the same before.
  std::vector<std::vector<std::size_t>> after;
  std::vector<StreamId> people;
};

struct Chances {
  std::size_t events = 40;
  std::size_t people = 1;
  unsigned control_percent = 20;  // corrections and retractions
  unsigned merge_percent = 2;     // with more than one person
};

RandomHistory random_history(std::uint64_t seed, const Chances& chances = {});

// The same events in another order that keeps what must be kept: other positions, and other versions within streams.
Story told_otherwise(const RandomHistory& history, std::uint64_t seed);

}  // namespace fodspor::stories
