#include <catch2/catch.hpp>

#include "events/control.capnp.h"
#include "events/intake.capnp.h"
#include "events/network.capnp.h"
#include "events/people.capnp.h"
#include "tests/support/view_world.h"

using namespace fodspor::projections;
using namespace fodspor::stories;

namespace {

constexpr auto newer_type = static_cast<EventType>(9'901);

Draft enrolled(std::uint64_t number, std::string_view on) {
  Draft draft(EventType::enrolled, participant(number));
  draft.in(programme("roskilde")).on(day(on)).by(wire::Source::STAFF);
  draft.facts<wire::Enrolled>().setCaseNumber("sag-" + std::to_string(number));
  return draft;
}

Draft checked_in(std::uint64_t number, std::string_view on) {
  Draft draft(EventType::mentor_checked_in, participant(number));
  draft.in(programme("roskilde")).on(day(on)).by(wire::Source::STAFF);
  draft.facts<wire::MentorCheckedIn>();
  return draft;
}

// Of a newer writer, who says that it must not be ignored.
Draft critical(const StreamId& stream) {
  Draft draft(newer_type, stream);
  draft.in(programme("roskilde")).on(day("2021-02-01")).by(wire::Source::STAFF);
  draft.proposal().setCritical(true);
  return draft;
}

Draft network_joined(std::uint64_t number) {
  Draft draft(EventType::network_formed, StreamId{StreamKind::network, Id::derived({"network", std::to_string(number)})});
  draft.in(programme("roskilde")).on(day("2021-01-01")).by(wire::Source::STAFF);
  draft.facts<wire::NetworkFormed>().setTitle("klynge");
  return draft;
}

Draft skip(std::string_view view, const EventId& event) {
  Draft draft(EventType::projection_skipped, StreamId{StreamKind::ledger, Id::derived({"ledger"})});
  draft.by(wire::Source::STAFF, "doctor");
  auto facts = draft.facts<wire::ProjectionSkipped>();
  facts.setView(std::string(view).c_str());
  Story::point(facts.initEvent(), event);
  facts.setReason("looked into, and of no account");
  return draft;
}

ViewState state(const Runner& runner, std::string_view name) {
  for (const ViewState& one : runner.states()) {
    if (one.name == name) return one;
  }
  FAIL("there is no such view");
  return {};
}

std::string one_digest(const Runner& runner, std::string_view name) {
  const auto found = runner.digest(name);
  REQUIRE(found.has_value());
  return *found;
}

}  // namespace

SCENARIO("an event that a view may not ignore stops it before that event, and others go on") {
  ViewWorld world;
  world.apply("programmes", {"roskilde.toml"});
  world.tell("a", enrolled(1, "2021-01-04"));
  auto runner = world.runner();
  catch_up(*runner);
  const std::string before = one_digest(*runner, "people");
  const Position last_good = world.end();
  const EventId poison = world.tell("poison", critical(participant(1)));
  world.tell("b", enrolled(2, "2021-01-05"));
  world.tell("n", network_joined(1));
  catch_up(*runner);

  THEN("it serves its last good state, and says where and why it stopped") {
    const ViewState people = state(*runner, "people");
    CHECK(people.position == last_good);
    REQUIRE(people.stopped.has_value());
    CHECK(people.stopped->event == poison);
    CHECK(people.stopped->position.value == last_good.value + 1);
    CHECK(people.stopped->reason.find("9901") != std::string::npos);
    CHECK(one_digest(*runner, "people") == before);
  }
  THEN("a view that does not read people goes on") {
    CHECK_FALSE(state(*runner, "networks").stopped.has_value());
    CHECK(state(*runner, "networks").position == world.end());
  }
  THEN("a rebuild stops at the same place, in memory as on disk") {
    CHECK(differing(digests(*runner), digests_as_of(world.ledger())) == "");
    const auto kept = digests(*runner);
    rebuild(*runner);
    CHECK(differing(kept, digests(*runner)) == "");
    REQUIRE(state(*runner, "people").stopped.has_value());
    CHECK(state(*runner, "people").stopped->event == poison);
  }
  THEN("it stays stopped when it is reopened, and when more is recorded") {
    runner.reset();
    runner = world.runner();
    world.tell("c", checked_in(2, "2021-01-20"));
    catch_up(*runner);
    CHECK(state(*runner, "people").position == last_good);
    CHECK(one_digest(*runner, "people") == before);
  }
  WHEN("the event is skipped for one view, by an event with a reason") {
    world.tell("skip", skip("people", poison));
    world.tell("d", checked_in(1, "2021-01-21"));
    catch_up(*runner);
    THEN("that view goes on without the event, and the others stay where they are") {
      CHECK_FALSE(state(*runner, "people").stopped.has_value());
      CHECK(state(*runner, "people").position == world.end());
      CHECK(state(*runner, "kpi").stopped.has_value());
      CHECK(one_digest(*runner, "people") != before);
      CHECK(differing(digests(*runner), digests_as_of(world.ledger())) == "");
    }
    THEN("as of a position before the skip, it is still stopped") {
      ScanOptions options;
      options.as_of.known = {world.end().value - 2};
      const auto rows = view_as_of(world.ledger(), "people", options);
      REQUIRE(rows.has_value());
      CHECK((*rows)->position() == last_good);
    }
  }
}

SCENARIO("a poison in a programme's own stream stops every view, as all are read with it") {
  ViewWorld world;
  world.apply("programmes", {"roskilde.toml"});
  world.tell("a", enrolled(1, "2021-01-04"));
  auto runner = world.runner();
  catch_up(*runner);
  const Position last_good = world.end();
  const Digests before = digests(*runner);
  world.tell("poison", critical(programme("roskilde").stream()));
  world.tell("b", enrolled(2, "2021-01-05"));
  catch_up(*runner);
  for (const ViewState& one : runner->states()) {
    INFO(one.name);
    CHECK(one.position == last_good);
    CHECK(one.stopped.has_value());
  }
  CHECK(differing(before, digests(*runner)) == "");
  CHECK(differing(before, digests_as_of(world.ledger())) == "");
}

SCENARIO("an event of a newer version that is not critical is kept, counted and ignored") {
  ViewWorld world;
  world.apply("programmes", {"roskilde.toml"});
  world.tell("a", enrolled(1, "2021-01-04"));
  Draft newer = critical(participant(1));
  newer.proposal().setCritical(false);
  world.tell("newer", std::move(newer));
  auto runner = world.runner();
  catch_up(*runner);
  for (const ViewState& one : runner->states()) CHECK(one.position == world.end());
}
