#include "events/word_room.h"

#include <catch2/catch.hpp>

#include "events/codec.h"
#include "events/json.h"
#include "events/limits.h"
#include "tests/events/samples.h"

namespace fodspor::events::tests {

SCENARIO("events that share a room say what they say alone, however many there are and however often the room is used again") {
  const unsigned seed = Catch::rngSeed();
  Random random(seed);
  CAPTURE(seed);
  WordRoom room;
  for (int history = 0; history < 5; ++history) {
    room.clear();
    std::vector<Event> alone, together;
    std::uint64_t position = 0;
    for (int round = 0; round < 20; ++round) {
      for (const TypeInfo& type : all_types()) {
        Draft draft = sample(type, random, Fill::some);
        const Bytes bytes = packed(draft);
        Placement placement;
        placement.position = {++position};
        placement.version = {1};
        alone.push_back(*Event::decode(view(bytes), placement));
        together.push_back(*Event::decode(view(bytes), placement, room));
      }
    }
    for (std::size_t i = 0; i < alone.size(); ++i) {
      REQUIRE(to_json(together[i]) == to_json(alone[i]));
      REQUIRE(together[i].stream() == alone[i].stream());
      REQUIRE(together[i].id() == alone[i].id());
    }
  }
}

SCENARIO("damaged bytes are refused in a room as they are alone, and leave what lies there as it was") {
  const unsigned seed = Catch::rngSeed();
  Random random(seed);
  CAPTURE(seed);
  WordRoom room;
  for (const TypeInfo& type : all_types()) {
    Draft draft = sample(type, random, Fill::all);
    const Bytes good = packed(draft);
    Placement placement;
    placement.position = {1};
    placement.version = {1};
    const auto kept = Event::decode(view(good), placement, room);
    REQUIRE(kept.has_value());
    const auto said = to_json(*kept);
    for (int round = 0; round < 40; ++round) {
      Bytes bad = good;
      bad[random() % bad.size()] ^= static_cast<char>(1u << random() % 8);
      if (random() % 4 == 0) bad.resize(random() % bad.size());
      const auto alone = Event::decode(view(bad), placement);
      const auto together = Event::decode(view(bad), placement, room);
      REQUIRE(together.has_value() == alone.has_value());
      if (!alone) REQUIRE(together.error().fault == alone.error().fault);
    }
    REQUIRE(to_json(*kept) == said);
  }
}

SCENARIO("a room gives as much in a row as is asked for, and takes nothing back that was kept") {
  WordRoom room;
  const auto small = room.offer(10);
  std::fill(small.begin(), small.end(), 7u);
  room.keep(4);
  const auto large = room.offer(limits::event_words_max);
  REQUIRE(large.size() == limits::event_words_max);
  std::fill(large.begin(), large.end(), 9u);
  room.keep(large.size());
  const auto next = room.offer(100);
  std::fill(next.begin(), next.end(), 1u);
  CHECK(std::count(small.begin(), small.begin() + 4, 7u) == 4);
  CHECK(std::count(large.begin(), large.end(), 9u) == static_cast<std::ptrdiff_t>(large.size()));
  room.clear();
  CHECK(room.offer(10).data() == small.data());
}

}  // namespace fodspor::events::tests
