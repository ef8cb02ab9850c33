// A view knows no day. From the day on that it says, it is what an answer as of that day is; before it, a day makes a difference.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "events/leaving.capnp.h"
#include "events/outcome.capnp.h"
#include "events/programme.capnp.h"
#include "projections/kpi.h"
#include "projections/reach.h"
#include "tests/support/must.h"
#include "tests/support/random_history.h"
#include "tests/support/view_world.h"

using namespace fodspor::projections;
using namespace fodspor::stories;

namespace {

std::uint64_t first_seed() {
  const char* given = std::getenv("FODSPOR_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 41;
}

std::unique_ptr<Rows> rows_on(const ViewWorld& world, std::string_view view, std::optional<Date> valid) {
  ScanOptions options;
  options.as_of.valid = valid;
  options.memory_bytes = 16u << 20;
  return must(view_as_of(world.ledger(), view, options));
}

std::string digest_on(const ViewWorld& world, std::string_view view, std::optional<Date> valid) {
  return must(digest(*rows_on(world, view, valid)));
}

Draft covered(std::string_view slug, std::string_view from, std::string_view to) {
  Draft draft(EventType::covered, programme(slug).stream());
  draft.in(programme(slug)).by(wire::Source::REGISTER);
  auto facts = draft.facts<wire::Covered>();
  facts.setSource(wire::Source::REGISTER);
  auto list = facts.initFacts(2);
  list.set(0, wire::Covered::Fact::EMPLOYMENT);
  list.set(1, wire::Covered::Fact::HOURS);
  facts.setFrom(day(from).stored());
  if (!to.empty()) facts.setTo(day(to).stored());
  return draft;
}

}  // namespace

SCENARIO("figures that are said to be settled from a day on are the same as of that day and of every later one") {
  const std::uint64_t seed = first_seed();
  std::size_t unsettled = 0;
  for (std::uint64_t i = 0; i < 12; ++i) {
    INFO("FODSPOR_SEED=" << seed << ", history " << i);
    Chances chances;
    chances.events = 220;
    chances.people = 12;
    chances.control_percent = 20;
    chances.merge_percent = 3;
    const RandomHistory history = random_history(seed + i, chances);
    ViewWorld world;
    world.apply("targets", {"roskilde.toml", "kalundborg.toml", "esbjerg.toml", "lf.toml", "kanten.toml"});
    world.tell(history.story);
    if (i % 3 == 0) world.tell("covered", covered("roskilde", "2020-01-01", "2020-09-01"));
    if (i % 3 == 1) world.tell("covered", covered("kalundborg", "2020-02-01", ""));
    for (const auto& one : all_views()) {
      const std::string_view view = one->name();
      INFO(view);
      const auto rows = rows_on(world, view, {});
      const auto settled =
          one->measures() ? must(settled_from(world.ledger(), *rows, world.context())) : std::optional(must(settled_from(*rows)));
      REQUIRE(settled.has_value());
      const std::string all = must(digest(*rows));
      for (const int later : {0, 1, 40, 4'000}) {
        INFO(settled->plus_days(later).text());
        CHECK(digest_on(world, view, settled->plus_days(later)) == all);
      }
      for (const char* earlier : {"2020-03-01", "2020-06-15", "2020-12-01"}) unsettled += digest_on(world, view, day(earlier)) != all;
    }
  }
  CHECK(unsettled > 36);
}

SCENARIO("a job without an end has not lasted six months on the day after it began") {
  ViewWorld world;
  world.apply("programmes", {"roskilde.toml"});
  Story story("job");
  story.say<wire::Enrolled>(EventType::enrolled, participant(1), "roskilde", day("2021-01-04"));
  story.say<wire::Left>(EventType::left, participant(1), "roskilde", day("2021-06-01"));
  story.say<wire::EmploymentStarted>(EventType::employment_started, participant(1), "roskilde", day("2021-06-02"), [](auto body) {
    auto job = body.initJob();
    job.setEmployment(1);
    job.setKind(wire::EmploymentKind::ORDINARY);
    job.setWeeklyMinutes(1 + 1'200);
  });
  world.tell(story);
  // R8: ordinary employment in the longer run, which is six months after leaving.
  const auto counts_on = [&](std::optional<Date> valid) {
    const auto rows = rows_on(world, "kpi", valid);
    const auto lines = must(read_kpi(*rows, world.context({Position{UINT64_MAX}, valid}), programme("roskilde"), day("2021-06-03")));
    for (const KpiLine& line : lines) {
      if (line.target.id == "R8" && line.target.reading.empty()) return std::pair(line.counts.numerator, line.counts.unknown);
    }
    FAIL("no R8");
    return std::pair<std::uint64_t, std::uint64_t>();
  };
  CHECK(counts_on(day("2021-06-03")) == std::pair<std::uint64_t, std::uint64_t>(0, 1));
  CHECK(counts_on(day("2021-12-01")) == std::pair<std::uint64_t, std::uint64_t>(1, 0));
  CHECK(counts_on({}) == std::pair<std::uint64_t, std::uint64_t>(1, 0));
  const auto settled = must(settled_from(world.ledger(), *rows_on(world, "kpi", {}), world.context()));
  REQUIRE(settled.has_value());
  CHECK(*settled > day("2021-12-01"));
}
