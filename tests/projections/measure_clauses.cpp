#include <algorithm>

#include "events/intake.capnp.h"
#include "events/leaving.capnp.h"
#include "tests/projections/measure_world.h"

using namespace fodspor::tests;

namespace {

using Seen = wire::LabourStatus;
using Kind = wire::EmploymentKind;

constexpr std::string_view employed = "[state.employed]\nfrom = \"employment\"\n";

std::string with(std::string_view state, std::string_view outcome) {
  return std::string(state) + "[outcome]\n" + std::string(outcome);
}

}  // namespace

SCENARIO("six months after 31 August is the last day of February") {
  const Definition definition = definition_of(with(employed, "state = \"employed\"\nat = \"exit + 6 months\"\n"));
  World world;
  world.enrolled("2021-01-11").left("2021-08-31").job(1, "2022-02-28", "2022-03-01").covered("2020-01-01");
  CHECK(answer(world, definition) == "met");
}

SCENARIO("silence is no only where a source covers, and unknown elsewhere") {
  const Definition definition = definition_of(with(employed, "state = \"employed\"\nat = \"exit + 6 months\"\n"));
  World world;
  world.enrolled("2021-01-11").left("2021-06-30");
  CHECK(answer(world, definition) == "unknown");
  world.covered("2021-01-01", "2021-12-30");
  CHECK(answer(world, definition) == "unknown");  // covered up to the day before
  world.covered("2021-12-30", "2021-12-31");
  CHECK(answer(world, definition) == "not met");

  GIVEN("coverage of somebody else, or of something else") {
    World other;
    other.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01");
    auto& coverages = other.context.programmes.begin()->second.coverage;
    Coverage coverage = coverages.all().front();
    const auto covered_so = [&] {
      coverages = {};
      coverages.add(coverage);
      return answer(other, definition);
    };
    coverage.participants = {fodspor::stories::participant(2).id};
    CHECK(covered_so() == "unknown");
    coverage.participants = {the_participant.id, fodspor::stories::participant(2).id};
    std::sort(coverage.participants.begin(), coverage.participants.end());
    CHECK(covered_so() == "not met");
    coverage.facts = {wire::Covered::Fact::BENEFIT};
    CHECK(covered_so() == "unknown");
  }
}

SCENARIO("a day observed near the one asked for counts within the tolerance, the nearest first") {
  const Definition definition = definition_of(
      with("[state.employed]\nfrom = \"employment\"\npoint_holds = \"28 days\"\n", "state = \"employed\"\nat = \"exit + 6 months\"\n"));
  const auto seen = [&](const std::vector<std::pair<std::string_view, Seen>>& days) {
    World world;
    world.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01");  // asked for: 2021-12-30
    for (const auto& [on, status] : days) world.observed(on, status);
    return answer(world, definition);
  };
  CHECK(seen({{"2021-12-02", Seen::EMPLOYED}}) == "met");
  CHECK(seen({{"2021-12-01", Seen::EMPLOYED}}) == "not met");  // the register's silence
  CHECK(seen({{"2022-01-27", Seen::EMPLOYED}}) == "met");
  CHECK(seen({{"2022-01-28", Seen::EMPLOYED}}) == "not met");
  CHECK(seen({{"2021-12-20", Seen::EMPLOYED}, {"2022-01-05", Seen::INACTIVE}}) == "not met");
  CHECK(seen({{"2021-12-25", Seen::EMPLOYED}, {"2022-01-05", Seen::INACTIVE}}) == "met");
  CHECK(seen({{"2021-12-25", Seen::EMPLOYED}, {"2022-01-04", Seen::INACTIVE}}) == "met");  // equally near: the yes
}

SCENARIO("days observed outside a window do not count in it") {
  const Definition definition = definition_of(with("[state.employed]\nfrom = \"employment\"\npoint_holds = \"28 days\"\n",
                                                   "state = \"employed\"\nany_time_in = [\"exit\", \"exit + 28 days\"]\n"));
  World world;
  world.enrolled("2021-01-11").left("2021-06-30").observed("2021-08-05", Seen::EMPLOYED);
  CHECK(answer(world, definition) == "unknown");
  world.observed("2021-07-10", Seen::INACTIVE);
  CHECK(answer(world, definition) == "not met");  // holds for the whole window
}

SCENARIO("a recorded job comes before what was observed, and a period before a single day") {
  const Definition definition = definition_of(
      with("[state.employed]\nfrom = \"employment\"\npoint_holds = \"28 days\"\n", "state = \"employed\"\nat = \"exit + 6 months\"\n"));
  World world;
  world.enrolled("2021-01-11").left("2021-06-30").observed("2021-12-25", Seen::EMPLOYED);
  CHECK(answer(world, definition) == "met");
  world.observed("2021-12-01", "2022-01-01", Seen::INACTIVE);
  CHECK(answer(world, definition) == "not met");
  world.job(1, "2021-12-30", {});
  CHECK(answer(world, definition) == "met");
}

SCENARIO("hours of several part-time jobs add up, and the same hours count once") {
  const Definition definition = definition_of(
      with("[state.employed]\nfrom = \"employment\"\nmin_hours_per_week = 15\n", "state = \"employed\"\nat = \"exit + 6 months\"\n"));
  World world;
  world.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01").job(1, "2021-07-01", {}, commercial_enterprise, Kind::ORDINARY, 8);
  CHECK(answer(world, definition) == "not met");
  GIVEN("a placement in the same enterprise, with the same hours") {
    world.placed(1, "2021-07-01", {}, commercial_enterprise, wire::PlacementKind::ORDINARY_HOURS, 8);
    CHECK(answer(world, definition) == "not met");
  }
  GIVEN("a second job in another enterprise") {
    world.job(2, "2021-08-01", {}, other_commercial, Kind::ORDINARY, 7);
    CHECK(answer(world, definition) == "met");
  }
  GIVEN("a second job of unknown hours") {
    world.job(2, "2021-08-01", {}, other_commercial, Kind::ORDINARY, {});
    CHECK(answer(world, definition) == "unknown");
  }
}

SCENARIO("reported hours are taken in blocks from the first day of a stretch of work") {
  const auto definition = [](std::string_view aggregate) {
    return definition_of(
        with("[state.busy]\nfrom = \"employment\"\nhours = { min = 10, measure = \"reported\", over = \"2 weeks\", aggregate = \"" +
                 std::string(aggregate) + "\" }\n",
             "state = \"busy\"\nat = \"2021-07-20\"\n"));
  };
  const auto hours = [&](std::string_view aggregate, std::uint32_t first_week, std::uint32_t second_week) {
    World world;
    // Blocks of two weeks from 2021-07-05: the one with 2021-07-20 in it begins on 2021-07-19.
    world.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01").job(1, "2021-07-05", {});
    world.reported_job(1, "2021-07-19", "2021-07-26", first_week).reported_job(1, "2021-07-26", "2021-08-02", second_week);
    return answer(world, definition(aggregate));
  };
  CHECK(hours("mean", 4, 16) == "met");
  CHECK(hours("mean", 4, 15) == "not met");
  CHECK(hours("min", 9, 40) == "not met");
  CHECK(hours("min", 10, 10) == "met");
  CHECK(hours("sum", 4, 6) == "met");
  CHECK(hours("sum", 4, 5) == "not met");
  GIVEN("a week without a report, and no source that covers hours") {
    World world;
    world.enrolled("2021-01-11").left("2021-06-30").job(1, "2021-07-05", {}).reported_job(1, "2021-07-19", "2021-07-26", 12);
    CHECK(answer(world, definition("mean")) == "unknown");
    CHECK(answer(world, definition("sum")) == "met");  // whatever the second week brought
  }
}

SCENARIO("a spell is joined over its gap, and by default across employers") {
  const auto lasting = [](std::string_view join) {
    return definition_of(with("[state.employed]\nfrom = \"employment\"\njoin = " + std::string(join) + "\n",
                              "spell = \"employed\"\nstarts = [\"exit\", \"exit + 26 weeks\"]\nlasts_at_least = \"13 weeks\"\n"));
  };
  World world;
  // 45 days, then a gap of ten, then 45 days with another employer.
  world.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01");
  world.job(1, "2021-07-05", "2021-08-19", commercial_enterprise).job(2, "2021-08-29", "2021-10-13", other_commercial);
  CHECK(answer(world, lasting("{ max_gap = \"0 days\" }")) == "not met");
  CHECK(answer(world, lasting("{ max_gap = \"9 days\" }")) == "not met");
  CHECK(answer(world, lasting("{ max_gap = \"10 days\" }")) == "met");
  CHECK(answer(world, lasting("{ max_gap = \"10 days\", across_employers = false }")) == "not met");
  GIVEN("no gap, but another employer") {
    World change;
    change.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01");
    change.job(1, "2021-07-05", "2021-08-19", commercial_enterprise).job(2, "2021-08-19", "2021-10-13", other_commercial);
    CHECK(answer(change, lasting("{ max_gap = \"0 days\" }")) == "met");
    CHECK(answer(change, lasting("{ across_employers = false }")) == "not met");
  }
}

SCENARIO("a spell that had begun before the window does not begin in it") {
  const Definition definition =
      definition_of(with(employed, "spell = \"employed\"\nstarts = [\"exit\", \"exit + 26 weeks\"]\nlasts_at_least = \"13 weeks\"\n"));
  World before, in;
  before.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01").job(1, "2021-06-29", {});
  in.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01").job(1, "2021-06-30", {});
  CHECK(answer(before, definition) == "not met");
  CHECK(answer(in, definition) == "met");
}

SCENARIO("days in total, days unbroken and number of spells are three questions") {
  World world;
  world.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01");
  world.job(1, "2021-07-05", "2021-07-25").job(2, "2021-08-05", "2021-08-25");  // 20 days and 20 days
  const auto ask = [&](std::string_view clause) {
    return answer(world,
                  definition_of(with(employed, "state = \"employed\"\nin = [\"exit\", \"exit + 6 months\"]\n" + std::string(clause))));
  };
  CHECK(ask("at_least = \"40 days\"\n") == "met");
  CHECK(ask("at_least = \"41 days\"\n") == "not met");
  CHECK(ask("unbroken = \"20 days\"\n") == "met");
  CHECK(ask("unbroken = \"21 days\"\n") == "not met");
  CHECK(ask("times = 2\n") == "met");
  CHECK(ask("times = 3\n") == "not met");
}

SCENARIO("open and closed ends of a window differ by a day") {
  World world;
  world.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01").job(1, "2021-06-30", "2021-07-01");
  const auto ask = [&](std::string_view window) {
    return answer(world, definition_of(with(employed, "state = \"employed\"\nany_time_in = " + std::string(window) + "\n")));
  };
  CHECK(ask("{ from = \"exit\", until = \"exit + 5 days\" }") == "met");
  CHECK(ask("{ after = \"exit\", until = \"exit + 5 days\" }") == "not met");
  CHECK(ask("{ from = \"exit - 5 days\", until = \"exit\" }") == "met");
  CHECK(ask("{ from = \"exit - 5 days\", before = \"exit\" }") == "not met");
  CHECK(ask("{ month_of = \"exit\" }") == "met");
  CHECK(ask("{ month_of = \"exit + 1 month\" }") == "not met");
}

SCENARIO("death and emigration compete with an outcome that they come before") {
  const auto definition = [](std::string_view competing) {
    return definition_of(
        with(employed, "state = \"employed\"\nat = \"exit + 6 months\"\n[evidence]\ncompeting = " + std::string(competing) + "\n"));
  };
  World dead;
  dead.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01").job(1, "2021-07-01", {}).died("2021-12-30");
  CHECK(answer(dead, definition("{ death = \"exclude\" }")) == "excluded");
  CHECK(answer(dead, definition("{ death = \"no\" }")) == "not met");
  CHECK(answer(dead, definition("{ death = \"unknown\" }")) == "unknown");
  World later;
  later.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01").job(1, "2021-07-01", {}).died("2021-12-31");
  CHECK(answer(later, definition("{ death = \"exclude\" }")) == "met");
  World gone;
  gone.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01").emigrated("2021-12-01");
  CHECK(answer(gone, definition("{ emigration = \"exclude\" }")) == "excluded");
  CHECK(answer(gone, definition("{ emigration = \"no\" }")) == "not met");
  World working_abroad;
  working_abroad.enrolled("2021-01-11").left("2021-06-30").emigrated("2021-12-01").job(1, "2021-07-01", {});
  CHECK(answer(working_abroad, definition("{ emigration = \"exclude\" }")) == "met");
}

SCENARIO("what lies after the day asked for is unknown, and said to be cut off") {
  const Definition definition = definition_of(with(employed, "state = \"employed\"\nat = \"exit + 6 months\"\n"));
  World world;
  world.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01").job(1, "2021-07-01", {});
  CHECK(world.verdict(definition).met == Truth::yes);
  world.as_of.valid = day("2021-12-29");
  CHECK(world.verdict(definition).met == Truth::unknown);
  CHECK(world.verdict(definition).censored);
  world.as_of.valid = day("2021-12-30");
  CHECK(world.verdict(definition).met == Truth::yes);
}

SCENARIO("a verdict names the event that decided it") {
  World world;
  world.enrolled("2021-01-11").left("2021-06-30").covered("2020-01-01").job(1, "2021-07-01", "2021-08-01");
  const auto definition = shipped().find("esbjerg.e3");
  const auto measure = Measure::compile(*definition);
  const Verdict verdict = world.verdicts(*measure).front();
  REQUIRE(verdict.reasons.size() == 3);
  CHECK(measure->clauses()[verdict.reasons[0].clause] == "entered");
  CHECK(verdict.reasons[0].because == world.story.id_of("1"));
  CHECK(measure->clauses()[verdict.reasons[1].clause] == "has_left");
  CHECK(verdict.reasons[1].because == world.story.id_of("2"));
  // Not employed by then, because the job had ended.
  CHECK(measure->clauses()[verdict.reasons[2].clause] == "outcome");
  CHECK(verdict.reasons[2].truth == Truth::no);
  CHECK(verdict.reasons[2].because == world.story.id_of("4"));
}

SCENARIO("a path leads from one state to another within its time") {
  const Definition definition = definition_of(R"(
[state.placed]
from = "placement"
[state.job]
from = "employment"
kind = ["ordinary"]
[outcome]
path = ["placed", "job"]
within = "90 days"
in = ["entry", "programme_end"]
lasts_at_least = "4 weeks"
)");
  const auto path = [&](std::string_view job_from, std::string_view job_to) {
    World world;
    world.enrolled("2021-01-11").placed(1, "2021-02-01", "2021-04-01", 1).job(1, job_from, job_to).covered("2020-01-01");
    return answer(world, definition);
  };
  CHECK(path("2021-06-30", "2021-07-28") == "met");
  CHECK(path("2021-07-01", "2021-08-28") == "not met");  // too late
  CHECK(path("2021-06-30", "2021-07-27") == "not met");  // too short
  CHECK(path("2021-03-01", "2021-07-27") == "met");      // while still placed
  CHECK(path("2021-01-15", "2021-07-27") == "not met");  // before
}

SCENARIO("a figure is broken down by what was said at entry, and weighted") {
  const auto definition = shipped().find("esf.cr06");
  const auto measure = Measure::compile(*definition, {}, {"gender", "age_at_entry", "entry_year", "programme"});
  REQUIRE(measure);
  Figure figure;
  for (int i = 0; i < 3; ++i) {
    World world;
    world.enrolled_whole("2021-01-11", Seen::INACTIVE, i == 0 ? 1960 : 2000).left("2021-06-30");
    if (i < 2) world.job(1, "2021-07-01", {});
    figure.add(world.verdicts(*measure), measure->steps().size());
  }
  CHECK(figure.strata.at({"female", "over 54", "2021", "roskilde"}) == std::array<std::uint64_t, 3>{1, 1, 0});
  CHECK(figure.strata.at({"female", "under 25", "2021", "roskilde"}) == std::array<std::uint64_t, 3>{2, 1, 1});
  CHECK(figure.weighted_denominator == 3'000'000);
  CHECK(figure.weighted_numerator == 2'000'000);
  CHECK(figure.weighted_unknown == 1'000'000);
  const Bounds between = bounds(figure);
  CHECK(between.as_no == std::array<std::uint64_t, 2>{2, 3});
  CHECK(between.as_yes == std::array<std::uint64_t, 2>{3, 3});
  CHECK(between.left_out == std::array<std::uint64_t, 2>{2, 2});
  CHECK_FALSE(Measure::compile(*definition, {}, {"shoe_size"}));
}

SCENARIO("attrition counts persons and units after each step") {
  const auto definition = shipped().find("esf.cr06");
  const auto measure = Measure::compile(*definition);
  CHECK(measure->steps() == std::vector<std::string>{"entered", "has_left", "not_employed_at_entry", "complete_record"});
  Figure figure;
  World stays, leaves, incomplete;
  stays.enrolled_whole("2021-01-11");
  leaves.enrolled_whole("2021-01-11").left("2021-06-30");
  incomplete.enrolled("2021-01-11").left("2021-06-30");
  for (const World* world : {&stays, &leaves, &incomplete}) figure.add(world->verdicts(*measure), measure->steps().size());
  CHECK(figure.attrition_units == std::vector<std::uint64_t>{3, 3, 2, 2, 1});
  CHECK(figure.attrition_persons == figure.attrition_units);
  CHECK(figure.population == 1);
}

SCENARIO("a person counts once, by the participation that says most") {
  const std::string body = with(employed, "state = \"employed\"\nat = \"exit + 6 months\"\n");
  World world;
  world.enrolled("2021-01-11").left("2021-06-30").job(1, "2021-12-01", "2022-02-01").covered("2020-01-01");
  // A second programme, left without work six months later.
  world.context.programmes[fodspor::stories::programme("kalundborg")] = world.context.programmes.begin()->second;
  world.story.say<wire::Enrolled>(EventType::enrolled, the_participant, "kalundborg", day("2022-03-01"));
  world.story.say<wire::Left>(EventType::left, the_participant, "kalundborg", day("2022-06-30"));

  const auto of_participations = Measure::compile(definition_of(body));
  CHECK(world.verdicts(*of_participations).size() == 2);
  const auto repeats = [&](std::string_view which) {
    Library library;
    const auto definition = library.add(
        "[definition]\nid = \"test.person\"\nversion = \"1.0.0\"\nunit = \"person\"\nrepeats = \"" + std::string(which) + "\"\n" + body,
        "person.toml");
    REQUIRE(definition);
    return answer(world, *definition);
  };
  CHECK(repeats("first") == "met");
  CHECK(repeats("last") == "not met");
  CHECK(repeats("any") == "met");
}

SCENARIO("who is followed for comparison is not a participant") {
  World world;
  world.story.say<wire::Compared>(EventType::compared, the_participant, "roskilde", day("2021-01-11"));
  CHECK(answer(world, "base.participants") == "no unit");
  Library library = shipped();
  const auto compared = library.add(
      "[definition]\nid = \"test.compared\"\nversion = \"1.0.0\"\nextends = \"base.participants@1.0.0\"\ngroup = \"comparison\"\n",
      "compared.toml");
  REQUIRE(compared);
  CHECK(answer(world, *compared) == "met");
  World participant;
  participant.enrolled("2021-01-11");
  CHECK(answer(participant, *compared) == "no unit");
}

SCENARIO("verdicts written over those of another subject are those of a fresh vector") {
  const auto measure = Measure::compile(*shipped().find("esf.cr06"), {}, {"gender"});
  World met, stopped;
  met.enrolled_whole("2021-01-11").left("2021-06-30").job(1, "2021-07-01", {});
  stopped.enrolled("2021-01-11", Seen::EMPLOYED);
  std::vector<Verdict> reused(3);
  for (const World* world : {&met, &stopped, &met}) {
    const History history = History::fold(the_participant, world->story.events(), {});
    const Person person = Person::fold(history, world->context);
    measure->apply({history, &person, world->context}, std::nullopt, reused);
    const auto fresh = world->verdicts(*measure);
    REQUIRE(reused.size() == 1);
    CHECK(reused[0].steps_passed == fresh[0].steps_passed);
    CHECK(reused[0].met == fresh[0].met);
    CHECK(reused[0].reasons.size() == fresh[0].reasons.size());
    CHECK(reused[0].strata == fresh[0].strata);
  }
}

SCENARIO("what has not happened by the day asked for may yet happen within its window") {
  World world("kalundborg");
  world.enrolled("2021-01-11");
  world.as_of.valid = day("2021-06-01");
  CHECK(answer(world, "kalundborg.k2") == "unknown");
  CHECK(answer(world, "roskilde.r4") == "unknown");
  world.as_of.valid = day("2022-12-31");
  CHECK(answer(world, "kalundborg.k2") == "not met");
  CHECK(answer(world, "roskilde.r4") == "not met");
}
