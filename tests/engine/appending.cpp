// What an append promises to whoever makes one.
#include <rocksdb/env.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "events/limits.h"
#include "tests/engine/fixture.h"

using namespace fodspor::tests;

SCENARIO("an append gets dense positions and can be read in every way") {
  Place place;
  auto ledger = opened(place.path());
  const Appended first = accepted(*ledger, batch("a", {{person(1), 1, enterprise(7)}, {person(2), 1, {}}}));
  const Appended second = accepted(*ledger, batch("b", {{person(1), 2, {}}, {enterprise(7), 1, {}, ""}}));

  CHECK(first.first == Position{1});
  CHECK(first.last == Position{2});
  CHECK(second.first == Position{3});
  CHECK(ledger->durable() == Position{4});
  CHECK(*ledger->head(person(1)) == Version{2});
  CHECK(*ledger->head(person(3)) == Version{0});
  CHECK(positions(ledger->read_log()) == std::vector<Position>{{1}, {2}, {3}, {4}});
  CHECK(positions(ledger->read_log({2}, Position{3})) == std::vector<Position>{{2}, {3}});
  CHECK(positions(ledger->read_stream(person(1))) == std::vector<Position>{{1}, {3}});
  CHECK(positions(ledger->read_stream(person(1), {2})) == std::vector<Position>{{3}});
  CHECK(positions(ledger->read_type(EventType::course_started, {2})) == std::vector<Position>{{2}, {3}, {4}});
  CHECK(positions(ledger->read_subject(enterprise(7))) == std::vector<Position>{{1}});
  CHECK(*ledger->streams(StreamKind::participant) == std::vector<StreamId>{person(1), person(2)});
  CHECK(*ledger->find({RequestKey::of("tester", "b"), 1}) == Position{4});
  CHECK(*ledger->find({RequestKey::of("tester", "b"), 2}) == std::nullopt);

  auto event = ledger->read({3});
  REQUIRE(event);
  CHECK(event->placement() == Placement{{3}, noon, {2}, {1}, 3, {2}});
  auto outside = ledger->read({4});
  REQUIRE(outside);
  CHECK(outside->placement().ordinal_in_programme == 0);
  CHECK(ledger->read({5}).error().fault == Fault::not_found);

  WHEN("its indexes are settled, and it is closed and opened again") {
    REQUIRE(ledger->settle());
    CHECK(positions(ledger->read_stream(person(1))) == std::vector<Position>{{1}, {3}});
    CHECK(positions(ledger->read_subject(enterprise(7))) == std::vector<Position>{{1}});
    accepted(*ledger, single("c", 1, 3));
    ledger.reset();
    ledger = opened(place.path());
    THEN("everything is where it was") {
      CHECK(ledger->durable() == Position{5});
      CHECK(positions(ledger->read_stream(person(1))) == std::vector<Position>{{1}, {3}, {5}});
      CHECK(positions(ledger->read_stream(person(1), {3})) == std::vector<Position>{{5}});
      CHECK(positions(ledger->read_type(EventType::course_started, {4})) == std::vector<Position>{{4}, {5}});
      CHECK(*ledger->streams(StreamKind::participant) == std::vector<StreamId>{person(1), person(2)});
      CHECK(accepted(*ledger, single("d", 9)).first == Position{6});
    }
  }
}

SCENARIO("a stale writer cannot overwrite newer facts") {
  Place place;
  auto ledger = opened(place.path());
  accepted(*ledger, single("a", 1));

  Batch stale = single("b", 1);
  stale.expected = {{person(1), Expected::Kind::none, {}}};
  const Failure failure = refused(*ledger, std::move(stale));
  CHECK(failure.fault == Fault::conflict);
  CHECK_THAT(failure.message, Catch::Contains(person(1).text()) && Catch::Contains("stands at version 1"));
  CHECK(ledger->durable() == Position{1});

  Batch right = single("b", 1);
  right.expected = {{person(1), Expected::Kind::exactly, {1}}};
  CHECK(accepted(*ledger, std::move(right)).first == Position{2});
}

SCENARIO("a batch over many streams is appended whole or not at all") {
  Place place;
  auto ledger = opened(place.path());
  accepted(*ledger, single("a", 2));

  Batch mixed = batch("b", {{person(1), 1, {}}, {person(2), 2, {}}, {person(3), 1, {}}});
  mixed.expected = {{person(1), Expected::Kind::none, {}}, {person(2), Expected::Kind::none, {}}};
  CHECK(refused(*ledger, std::move(mixed)).fault == Fault::conflict);
  CHECK(ledger->durable() == Position{1});
  CHECK(*ledger->head(person(1)) == Version{0});
  CHECK(*ledger->head(person(3)) == Version{0});

  const Appended whole = accepted(*ledger, batch("c", {{person(1), 1, {}}, {person(2), 2, {}}, {person(1), 2, {}}}));
  CHECK(whole.first == Position{2});
  CHECK(whole.last == Position{4});
  CHECK(positions(ledger->read_stream(person(1))) == std::vector<Position>{{2}, {4}});
}

SCENARIO("a repeated request gets its first answer, for ever") {
  Place place;
  auto ledger = opened(place.path());
  const Appended first = accepted(*ledger, batch("a", {{person(1), 1, {}}, {person(2), 1, {}}}));
  accepted(*ledger, single("b", 1));

  const auto repeat_gets_the_first_answer = [&] {
    Batch again = batch("a", {{person(1), 1, {}}, {person(2), 1, {}}});
    again.expected = {{person(1), Expected::Kind::none, {}}};  // stale by now, and it does not matter
    const Appended answer = accepted(*ledger, std::move(again));
    CHECK(answer.repeated);
    CHECK(answer.first == first.first);
    CHECK(answer.last == first.last);
    CHECK(answer.recorded_at == first.recorded_at);
    CHECK(ledger->durable() == Position{3});
  };
  const auto other_content_is_a_conflict = [&] {
    CHECK(refused(*ledger, batch("a", {{person(1), 1, {}}, {person(2), 2, {}}})).fault == Fault::conflict);
    CHECK(refused(*ledger, single("a", 1)).fault == Fault::conflict);
    CHECK(refused(*ledger, batch("a", {{person(1), 1, {}}, {person(2), 1, {}}, {person(3), 1, {}}})).fault == Fault::conflict);
    CHECK(ledger->durable() == Position{3});
  };

  GIVEN("the events are still in memory") {
    repeat_gets_the_first_answer();
    other_content_is_a_conflict();
  }
  GIVEN("the ledger was closed and opened again") {
    ledger.reset();
    ledger = opened(place.path());
    repeat_gets_the_first_answer();
    other_content_is_a_conflict();
  }
  GIVEN("the events stand in sorted runs, and the ledger was opened again") {
    REQUIRE(ledger->settle());
    ledger.reset();
    ledger = opened(place.path());
    repeat_gets_the_first_answer();
    other_content_is_a_conflict();
  }
  GIVEN("another client that uses the same id") {
    CHECK(accepted(*ledger, batch("a", {{person(5), 1, {}}}, "other")).first == Position{4});
  }
}

SCENARIO("a refused request is not remembered") {
  Place place;
  auto ledger = opened(place.path());
  Batch refused_first = single("a", 1, 1);
  refused_first.expected = {{person(1), Expected::Kind::exactly, {4}}};
  CHECK(refused(*ledger, std::move(refused_first)).fault == Fault::conflict);
  CHECK_FALSE(accepted(*ledger, single("a", 1, 2)).repeated);
}

SCENARIO("an append that breaks a limit is refused whole") {
  Place place;
  auto ledger = opened(place.path());
  Batch none;
  none.request = {"tester", "none"};
  CHECK(refused(*ledger, std::move(none)).fault == Fault::invalid);

  Batch foreign = single("a", 1);
  foreign.proposals.push_back(single("b", 1).proposals[0]);
  CHECK(refused(*ledger, std::move(foreign)).fault == Fault::invalid);

  Batch many;
  many.request = {"tester", "many"};
  many.proposals.resize(fodspor::limits::batch_events_max + 1);
  CHECK(refused(*ledger, std::move(many)).fault == Fault::too_large);
  CHECK(ledger->durable() == Position{0});
}

SCENARIO("time never runs backwards, and a wrong clock is refused") {
  Place place;
  Timestamp clock = noon;
  fodspor::engine::Options options = writing();
  options.now = [&clock] { return clock; };
  auto ledger = opened(place.path(), options);
  const auto minutes = [](std::int64_t n) { return n * 60'000'000; };

  CHECK(accepted(*ledger, single("a", 1)).recorded_at == noon);
  clock.micros = noon.micros - minutes(30);
  CHECK(accepted(*ledger, single("b", 1)).recorded_at == noon);
  clock.micros = noon.micros - minutes(61);
  CHECK(refused(*ledger, single("c", 1)).fault == Fault::invalid);
  clock = noon;
  Batch future = single("d", 1);
  future.time = {noon.micros + minutes(61)};
  CHECK(refused(*ledger, std::move(future)).fault == Fault::invalid);

  WHEN("the jump is allowed, as for a history that is imported") {
    ledger.reset();
    options.allow_clock_jump = true;
    ledger = opened(place.path(), options);
    Batch future_again = single("d", 1);
    future_again.time = {noon.micros + minutes(61)};
    CHECK(accepted(*ledger, std::move(future_again)).recorded_at == Timestamp{noon.micros + minutes(61)});
  }
}

SCENARIO("a ledger that is opened for each append keeps few files") {
  Place place;
  std::size_t most = 0;
  for (std::uint32_t i = 1; i <= 100; ++i) {
    auto ledger = opened(place.path());
    REQUIRE(accepted(*ledger, single("r" + std::to_string(i), 1, i)).first == Position{i});
    ledger.reset();
    std::size_t tables = 0;
    for (const auto& entry : std::filesystem::directory_iterator(place.path() / "log")) tables += entry.path().extension() == ".sst";
    most = std::max(most, tables);
  }
  CHECK(most < 40);
  CHECK(positions(opened(place.path())->read_stream(person(1))).size() == 100);
}

SCENARIO("a ledger works without a disk") {
  const std::unique_ptr<rocksdb::Env> memory(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  {
    auto ledger = opened("/nowhere/ledger", writing(memory.get()));
    accepted(*ledger, single("a", 1));
    REQUIRE(ledger->settle());
    accepted(*ledger, single("b", 1));
    accepted(*ledger, batch("large", std::vector<Fact>(3'000, Fact{person(2), 1, {}})));
  }
  auto ledger = opened("/nowhere/ledger", writing(memory.get()));
  CHECK(positions(ledger->read_stream(person(1))) == std::vector<Position>{{1}, {2}});
  CHECK(ledger->durable() == Position{3'002});
}
