// The promise that all views stand on: what a view says is a function of the events up to a position, however it came there.
#include <catch2/catch.hpp>

#include "events/control.capnp.h"
#include "events/enterprise.capnp.h"
#include "events/intake.capnp.h"
#include "events/leaving.capnp.h"
#include "events/outcome.capnp.h"
#include "events/programme.capnp.h"
#include "projections/kpi.h"
#include "projections/people.h"
#include "tests/support/random_history.h"
#include "tests/support/view_world.h"

using namespace fodspor::projections;
using namespace fodspor::stories;

namespace {

constexpr std::size_t scene = 5;  // two programmes and three enterprises come first in a random history

Chances crowd() {
  Chances chances;
  chances.events = 260;
  chances.people = 14;
  chances.control_percent = 20;
  chances.merge_percent = 3;
  return chances;
}

Draft covered(std::string_view slug, std::string_view from, std::string_view to) {
  Draft draft(EventType::covered, programme(slug).stream());
  draft.in(programme(slug)).by(wire::Source::REGISTER);
  auto facts = draft.facts<wire::Covered>();
  facts.setSource(wire::Source::REGISTER);
  auto list = facts.initFacts(3);
  list.set(0, wire::Covered::Fact::EMPLOYMENT);
  list.set(1, wire::Covered::Fact::HOURS);
  list.set(2, wire::Covered::Fact::JOB_SEARCH);
  facts.setFrom(day(from).stored());
  facts.setTo(day(to).stored());
  return draft;
}

Draft recruited(std::uint64_t number, wire::EnterpriseKind kind, std::string_view on) {
  Draft draft(EventType::enterprise_recruited, enterprise(number));
  draft.in(programme("roskilde")).on(day(on)).by(wire::Source::STAFF);
  auto facts = draft.facts<wire::EnterpriseRecruited>();
  facts.setKind(kind);
  facts.setIndustry("471120");
  return draft;
}

// What changes under everybody: targets, coverage, an enterprise's kind. `step`: which of them, as the story goes on.
void change_the_surroundings(ViewWorld& world, int step) {
  switch (step) {
    case 0:
      return world.apply("targets", {"roskilde.toml", "kalundborg.toml"});
    case 1:
      world.tell("covered", covered("roskilde", "2020-01-01", "2020-09-01"));
      return;
    case 2:
      world.tell("social", recruited(1, wire::EnterpriseKind::SOCIAL, "2020-03-01"));
      return;
    case 3:
      return world.apply("pool", {"kanten.toml", "esbjerg.toml"});
    default:
      world.tell("covered-" + std::to_string(step), covered("kalundborg", "2020-02-01", "2020-11-01"));
  }
}

void check_equal(const Digests& a, const Digests& b, std::uint64_t seed, Position at) {
  INFO("seed " << seed << ", position " << at.value);
  CHECK(differing(a, b) == "");
}

}  // namespace

SCENARIO("views kept up by difference say what a rebuild says, at every position where one looks, and after reopening") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    GIVEN("a random history, seed " + std::to_string(seed)) {
      const RandomHistory history = random_history(seed, crowd());
      ViewWorld world;
      auto runner = world.runner();
      world.tell(history.story, 0, scene);
      catch_up(*runner);
      constexpr int steps = 5;
      for (int step = 0; step < steps; ++step) {
        const std::size_t remaining = history.story.size() - scene;
        const auto from = scene + remaining * static_cast<std::size_t>(step) / steps;
        const auto to = scene + remaining * static_cast<std::size_t>(step + 1) / steps;
        change_the_surroundings(world, step);
        world.tell(history.story, from, (from + to) / 2);
        catch_up(*runner);
        world.tell(history.story, (from + to) / 2, to);
        catch_up(*runner);
        const Digests kept = digests(*runner);
        check_equal(kept, digests_as_of(world.ledger()), seed, world.end());
        for (const ViewState& state : runner->states()) CHECK(state.position == world.end());
        runner.reset();
        runner = world.runner();
        check_equal(kept, digests(*runner), seed, world.end());
      }
      THEN("a rebuild on disk finds the same, and so does the check that changes nothing") {
        const Digests kept = digests(*runner);
        const auto differ = runner->verify({.memory_bytes = 64u << 20, .progress = {}, .cancelled = {}, .only = {}});
        REQUIRE(differ.has_value());
        CHECK(differ->empty());
        rebuild(*runner);
        check_equal(kept, digests(*runner), seed, world.end());
      }
    }
  }
}

SCENARIO("the order in which events arrive changes no view") {
  for (const std::uint64_t seed : {4u, 5u, 6u}) {
    GIVEN("a random history with corrections, retractions and merges, told in two orders, seed " + std::to_string(seed)) {
      const RandomHistory history = random_history(seed, crowd());
      const auto told = [&](const Story& story) {
        ViewWorld world;
        world.tell(story, 0, scene);
        change_the_surroundings(world, 0);
        change_the_surroundings(world, 3);
        world.tell(story, scene, story.size() / 2);
        auto runner = world.runner();
        catch_up(*runner);
        change_the_surroundings(world, 1);
        change_the_surroundings(world, 2);
        world.tell(story, story.size() / 2, story.size());
        catch_up(*runner);
        return digests(*runner);
      };
      THEN("all views are the same") {
        const Digests once = told(history.story);
        const Digests otherwise = told(told_otherwise(history, seed + 100));
        CHECK(differing(once, otherwise) == "");
      }
    }
  }
}

SCENARIO("a view as of a position is the view of a ledger that had received no more") {
  const std::uint64_t seed = 7;
  const RandomHistory history = random_history(seed, crowd());
  ViewWorld whole;
  whole.tell(history.story, 0, scene);
  change_the_surroundings(whole, 0);
  const std::uint64_t pinned = whole.end().value;
  whole.tell(history.story, scene, history.story.size());
  for (const std::size_t events : {std::size_t{40}, std::size_t{90}, std::size_t{150}, history.story.size() - 1}) {
    ViewWorld short_one;
    short_one.tell(history.story, 0, scene);
    change_the_surroundings(short_one, 0);
    REQUIRE(short_one.end().value == pinned);
    short_one.tell(history.story, scene, events);
    const Position known = short_one.end();
    auto runner = short_one.runner();
    catch_up(*runner);
    check_equal(digests(*runner), digests_as_of(whole.ledger(), {known, {}}), seed, known);
  }
}

SCENARIO("a view that is far behind is built anew rather than kept up, and says the same") {
  const RandomHistory history = random_history(8, crowd());
  ViewWorld world;
  world.tell(history.story);
  auto runner = world.runner();
  WHEN("it has never seen anything") {
    catch_up(*runner);
    THEN("it holds all") {
      check_equal(digests(*runner), digests_as_of(world.ledger()), 8, world.end());
      for (const ViewState& state : runner->states()) {
        CHECK(state.position == world.end());
        CHECK(state.generation == 1);
      }
    }
  }
}

SCENARIO("people who were merged by mistake are two again once the merge is taken back") {
  ViewWorld world;
  world.apply("programmes", {"roskilde.toml"});
  Story story("merged");
  const auto enrol = [&](std::uint64_t number, std::string_view on) {
    story.say<wire::Enrolled>(EventType::enrolled, participant(number), "roskilde", day(on));
  };
  enrol(1, "2021-01-04");
  enrol(2, "2021-02-01");
  const std::size_t merge = story.size();
  const EventId merged = story.merge(participant(2), participant(1));
  const std::size_t back = story.size();
  story.retract(merged, participant(2));
  const auto people = [&](const Runner& runner) {
    const auto rows = runner.rows("people");
    REQUIRE(rows.has_value());
    const auto counts = count_people(**rows, programme("roskilde"));
    REQUIRE(counts.has_value());
    return counts->participations;
  };
  world.tell(story, 0, merge);
  auto runner = world.runner();
  catch_up(*runner);
  CHECK(people(*runner) == 2);
  world.tell(story, merge, back);
  catch_up(*runner);
  CHECK(people(*runner) == 1);
  check_equal(digests(*runner), digests_as_of(world.ledger()), 0, world.end());
  world.tell(story, back, story.size());
  catch_up(*runner);
  CHECK(people(*runner) == 2);
  check_equal(digests(*runner), digests_as_of(world.ledger()), 0, world.end());
}

SCENARIO("when an enterprise turns out to be a social one, those who work there count as employed in a social one") {
  ViewWorld world;
  world.apply("programmes", {"roskilde.toml"});
  Story story("social");
  story.say<wire::EnterpriseRecruited>(EventType::enterprise_recruited, enterprise(1), "roskilde", day("2020-11-01"),
                                       [](auto body) { body.setKind(wire::EnterpriseKind::COMMERCIAL); });
  story.say<wire::Enrolled>(EventType::enrolled, participant(1), "roskilde", day("2021-01-04"), [](auto body) {
    body.setLabourStatus(wire::LabourStatus::INACTIVE);
    body.setGender(wire::Gender::FEMALE);
    body.setBirthYear(1980);
    body.setIsced(1 + 3);
  });
  story.say<wire::EmploymentStarted>(EventType::employment_started, participant(1), "roskilde", day("2021-06-01"),
                                     [](auto body) {
                                       auto job = body.initJob();
                                       job.setEmployment(1);
                                       job.setKind(wire::EmploymentKind::ORDINARY);
                                       job.setWeeklyMinutes(1 + 1'200);
                                     },
                                     {{wire::Role::ENTERPRISE, enterprise(1)}});
  story.say<wire::Left>(EventType::left, participant(1), "roskilde", day("2021-06-05"));
  world.tell(story);
  auto runner = world.runner();
  catch_up(*runner);
  const auto numerator = [&](std::string_view target) {
    const auto rows = runner->rows("kpi");
    REQUIRE(rows.has_value());
    const auto lines = read_kpi(**rows, world.context(), programme("roskilde"), day("2021-12-31"));
    REQUIRE(lines.has_value());
    for (const KpiLine& line : *lines) {
      if (line.target.id == target && line.target.reading.empty()) return line.counts.numerator;
    }
    FAIL("no such target");
    return std::uint64_t{0};
  };
  CHECK(numerator("R5") == 0);
  CHECK(numerator("R6") == 1);
  world.tell("social", recruited(1, wire::EnterpriseKind::SOCIAL, "2021-03-01"));
  catch_up(*runner);
  CHECK(numerator("R5") == 1);
  CHECK(numerator("R6") == 0);
  check_equal(digests(*runner), digests_as_of(world.ledger()), 0, world.end());
}

SCENARIO("two processes cannot keep one ledger's views up, and any number can read them") {
  ViewWorld world;
  world.tell(random_history(9, crowd()).story);
  auto writer = world.runner();
  const auto second = Runner::open(world.ledger(), Runner::Mode::write);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().fault == Fault::busy);
  catch_up(*writer);
  const auto reader = world.runner(Runner::Mode::read);
  CHECK(differing(digests(*writer), digests(*reader)) == "");
  GIVEN("rows taken before a rebuild") {
    const auto rows = writer->rows("people");
    REQUIRE(rows.has_value());
    const auto before = digest(**rows);
    rebuild(*writer);
    THEN("they can still be read, as they were") {
      const auto after = digest(**rows);
      REQUIRE((before.has_value() && after.has_value()));
      CHECK(*before == *after);
    }
  }
}
