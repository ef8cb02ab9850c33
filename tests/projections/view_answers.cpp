// What the views answer about a small history whose answers can be counted on the fingers.
#include <algorithm>
#include <catch2/catch.hpp>

#include "events/course.capnp.h"
#include "events/enterprise.capnp.h"
#include "events/intake.capnp.h"
#include "events/leaving.capnp.h"
#include "events/network.capnp.h"
#include "events/outcome.capnp.h"
#include "events/people.capnp.h"
#include "events/placement.capnp.h"
#include "projections/caseload.h"
#include "projections/data_quality.h"
#include "projections/enterprises.h"
#include "projections/event_words.h"
#include "projections/kpi.h"
#include "projections/network.h"
#include "projections/portfolio.h"
#include "projections/trail.h"
#include "tests/support/must.h"
#include "tests/support/view_world.h"

using namespace fodspor::projections;
using namespace fodspor::stories;

namespace {

const StreamId network_one{StreamKind::network, Id::derived({"network one"})};

// Three people at Kalundborg: 1 completes and works, 2 is there still, 3 left without a trace and was never told about gender.
class Kalundborg {
 public:
  ViewWorld world;
  Story story{"kalundborg"};
  EventId placement, wrong_hours;

  Kalundborg() {
    world.apply("programmes", {"kalundborg.toml", "esbjerg.toml", "roskilde.toml", "kanten.toml"});
    story.say<wire::EnterpriseRecruited>(EventType::enterprise_recruited, enterprise(1), "kalundborg", day("2020-11-01"), [](auto body) {
      body.setKind(wire::EnterpriseKind::COMMERCIAL);
      body.setCvr(12345678);
      body.setIndustry("471120");
    });
    story.say<wire::CommitmentGiven>(EventType::commitment_given, enterprise(1), "kalundborg", day("2020-11-02"),
                                     [](auto body) { body.setPlaces(3); });
    enter(1, "2021-01-04", wire::Gender::FEMALE);
    enter(2, "2021-01-11", wire::Gender::MALE);
    enter(3, "2021-01-18", wire::Gender::UNSPECIFIED);
    placement = story.say<wire::PlacementStarted>(EventType::placement_started, participant(1), "kalundborg", day("2021-02-01"),
                                                  [](auto body) {
                                                    body.setPlacement(1);
                                                    body.setKind(wire::PlacementKind::VIRKSOMHEDSPRAKTIK);
                                                  },
                                                  {{wire::Role::ENTERPRISE, enterprise(1)}});
    wrong_hours = story.say<wire::EmploymentStarted>(EventType::employment_started, participant(1), "kalundborg", day("2021-06-01"),
                                                     [](auto body) {
                                                       auto job = body.initJob();
                                                       job.setEmployment(1);
                                                       job.setKind(wire::EmploymentKind::ORDINARY);
                                                       job.setWeeklyMinutes(1 + 60);
                                                     },
                                                     {{wire::Role::ENTERPRISE, enterprise(1)}});
    story.correct<wire::EmploymentStarted>(wrong_hours, EventType::employment_started, participant(1), day("2021-06-01"),
                                           [](auto body) {
                                             auto job = body.initJob();
                                             job.setEmployment(1);
                                             job.setKind(wire::EmploymentKind::ORDINARY);
                                             job.setWeeklyMinutes(1 + 600);
                                           },
                                           {{wire::Role::ENTERPRISE, enterprise(1)}});
    story.say<wire::Completed>(EventType::completed, participant(1), "kalundborg", day("2021-06-30"));
    story.say<wire::Left>(EventType::left, participant(1), "kalundborg", day("2021-06-30"));
    story.say<wire::MentorCheckedIn>(EventType::mentor_checked_in, participant(2), "kalundborg", day("2021-03-01"));
    story.say<wire::Left>(EventType::left, participant(3), "kalundborg", day("2021-04-01"));
    story.say<wire::NetworkFormed>(EventType::network_formed, network_one, "kalundborg", day("2021-02-01"),
                                   [](auto body) { body.setTitle("Klyngen"); });
    story.say<wire::NetworkJoined>(EventType::network_joined, network_one, "kalundborg", day("2021-02-02"), {},
                                   {{wire::Role::ENTERPRISE, enterprise(1)}});
    story.say<wire::NetworkEventHeld>(EventType::network_event_held, network_one, "kalundborg", day("2021-03-02"), [](auto body) {
      body.setGathering(1);
      body.setTopic("Mentorer");
    });
    story.say<wire::NetworkEventAttended>(EventType::network_event_attended, network_one, "kalundborg", day("2021-03-02"),
                                          [](auto body) { body.setGathering(1); }, {{wire::Role::ENTERPRISE, enterprise(1)}});
    world.tell(story);
    runner = world.runner();
    catch_up(*runner);
    context = world.context();
  }

  std::unique_ptr<Rows> rows(std::string_view view) const { return must(runner->rows(view)); }

  std::unique_ptr<Runner> runner;
  Context context;

 private:
  void enter(std::uint64_t number, std::string_view on, wire::Gender gender) {
    story.say<wire::Enrolled>(EventType::enrolled, participant(number), "kalundborg", day(on), [&](auto body) {
      body.setLabourStatus(wire::LabourStatus::INACTIVE);
      body.setGender(gender);
      body.setBirthYear(1985);
      body.setIsced(1 + 2);
      body.setCaseNumber("sag-" + std::to_string(number));
    });
  }
};

const KpiLine& line(const std::vector<KpiLine>& lines, std::string_view id, std::string_view reading = {}) {
  const auto found =
      std::find_if(lines.begin(), lines.end(), [&](const KpiLine& one) { return one.target.id == id && one.target.reading == reading; });
  REQUIRE(found != lines.end());
  return *found;
}

}  // namespace

SCENARIO("a figure stands beside its target, with its bounds, its document and the people behind it") {
  const Kalundborg k;
  const auto rows = k.rows("kpi");
  const auto lines = must(read_kpi(*rows, k.context, programme("kalundborg"), day("2023-06-01")));
  for (const KpiLine& one : lines) {
    INFO(one.target.id << " " << one.target.reading << ": " << one.problem);
    CHECK(one.standing != TargetStanding::unread);
    CHECK(one.definition_hash.size() == 32);
    CHECK(one.counts.numerator + one.counts.unknown <= one.counts.denominator);
    CHECK(one.counts.denominator <= one.counts.population);
  }
  const KpiLine& enterprises = line(lines, "K1");
  CHECK(enterprises.counts.numerator == 1);
  CHECK(enterprises.standing == TargetStanding::missed);
  const KpiLine& share = line(lines, "K4");
  CHECK(share.counts.denominator == 1);
  CHECK(share.counts.numerator == 1);
  CHECK(share.standing == TargetStanding::met);
  CHECK_FALSE(share.target.document.empty());

  std::vector<ExplainedUnit> all;
  const WhichTarget k4{programme("kalundborg"), "K4", ""};
  must(explain(*rows, k.context, k4, {}, [&](const ExplainedUnit& unit) {
    all.push_back(unit);
    return true;
  }));
  CHECK(all.size() == 3);
  const auto counted = std::count_if(all.begin(), all.end(), [](const ExplainedUnit& unit) { return unit.met == Truth::yes; });
  CHECK(counted == 1);
  all.clear();
  must(explain(*rows, k.context, k4, participant(1).id, [&](const ExplainedUnit& unit) {
    all.push_back(unit);
    return true;
  }));
  REQUIRE(all.size() == 1);
  CHECK(all[0].met == Truth::yes);
  CHECK(std::any_of(all[0].reasons.begin(), all[0].reasons.end(), [](const ExplainedReason& one) { return one.because.has_value(); }));
  const auto nobody = explain(*rows, k.context, {programme("kalundborg"), "K9", ""}, {}, [](const ExplainedUnit&) { return true; });
  REQUIRE_FALSE(nobody.has_value());
  CHECK(nobody.error().message.find("K4") != std::string::npos);
}

SCENARIO("the caseload holds those who are there, the longest overdue first") {
  const Kalundborg k;
  const auto lines = must(read_caseload(*k.rows("people"), k.context, programme("kalundborg"), day("2021-03-20")));
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].person.person == participant(2).id);
  CHECK(lines[0].counted_from == day("2021-03-01"));
  CHECK(lines[0].due == day("2021-03-15"));  // every fourteen days
  CHECK(lines[0].overdue_days == 5);

  ScanOptions earlier;
  earlier.as_of.valid = day("2021-02-15");
  const auto then = must(view_as_of(k.world.ledger(), "people", earlier));
  const auto all = must(read_caseload(*then, k.context, programme("kalundborg"), day("2021-02-15")));
  CHECK(all.size() == 3);
  CHECK(all[0].overdue_days >= all[1].overdue_days);
}

SCENARIO("a person is found by the number of the case, and by no other") {
  const Kalundborg k;
  const auto people = k.rows("people");
  const auto found = must(find_case(*people, "sag-2"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].person == participant(2).id);
  CHECK(must(find_case(*people, "sag-")).empty());
  CHECK(must(find_case(*people, "sag-2", programme("esbjerg"))).empty());
  const auto lines = must(read_person(*people, k.context, participant(1).id));
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].stage == Stage::left);
  CHECK(lines[0].placements == 1);
  CHECK(lines[0].employments == 1);
  const PeopleCounts counts = must(count_people(*people, programme("kalundborg")));
  CHECK(counts.enrolled == 3);
  CHECK(counts.completed == 1);
  CHECK(counts.left == 2);
  CHECK(counts.active == 1);
}

SCENARIO("an enterprise is shown with what it promised and whom it took in") {
  const Kalundborg k;
  const auto lines = must(read_enterprises(*k.rows("enterprises"), programme("kalundborg")));
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].cvr == 12345678);
  CHECK(lines[0].committed_places == 3);
  CHECK(lines[0].placed == 1);
  CHECK(lines[0].employed == 1);
  CHECK(lines[0].people == 1);
  CHECK(must(read_enterprises(*k.rows("enterprises"), programme("esbjerg"))).empty());
}

SCENARIO("a network is shown with its members and who came to what") {
  const Kalundborg k;
  const auto lines = must(read_networks(*k.rows("networks"), {}));
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].title == "Klyngen");
  REQUIRE(lines[0].members.size() == 1);
  CHECK(lines[0].members[0].who == enterprise(1));
  REQUIRE(lines[0].gatherings.size() == 1);
  CHECK(lines[0].gatherings[0].topic == "Mentorer");
  CHECK(lines[0].gatherings[0].attended == std::vector<StreamId>{enterprise(1)});
}

SCENARIO("what is missing and what contradicts itself is named, with the events that show it") {
  const Kalundborg k;
  const auto quality = k.rows("quality");
  std::vector<QualityLine> lines;
  must(each_issue(*quality, programme("kalundborg"), [&](const QualityLine& one) {
    lines.push_back(one);
    return true;
  }));
  const auto shows = [&](std::uint64_t number, Issue issue) {
    return std::any_of(lines.begin(), lines.end(), [&](const QualityLine& one) {
      return one.subject == participant(number) && one.issue == issue && !one.because.empty();
    });
  };
  CHECK(shows(3, Issue::no_gender));
  CHECK_FALSE(shows(1, Issue::no_gender));
  CHECK(shows(1, Issue::placement_left_open));
  const auto counts = must(count_issues(*quality, programme("kalundborg")));
  const auto no_gender = std::find_if(counts.begin(), counts.end(), [](const QualityCount& one) { return one.issue == Issue::no_gender; });
  REQUIRE(no_gender != counts.end());
  CHECK(no_gender->subjects == 1);
}

SCENARIO("a portfolio counts a person once, in however many of its programmes") {
  Kalundborg k;
  Story more("more");
  more.say<wire::Enrolled>(EventType::enrolled, participant(2), "esbjerg", day("2021-05-01"),
                           [](auto body) { body.setLabourStatus(wire::LabourStatus::INACTIVE); });
  k.world.tell(more);
  catch_up(*k.runner);
  const auto portfolios = must(read_portfolios(*k.rows("portfolio"), k.context));
  REQUIRE(portfolios.size() == 1);
  CHECK(portfolios[0].counts.people == 3);
  CHECK(portfolios[0].counts.participations == 4);
  CHECK(portfolios[0].counts.completed == 1);
  for (const PortfolioMember& member : portfolios[0].members) {
    if (member.programme == programme("kalundborg")) CHECK(member.counts.people == 3);
    if (member.programme == programme("esbjerg")) CHECK(member.counts.people == 1);
  }
}

SCENARIO("a trail tells each event in words, what replaced what, and what each target says") {
  const Kalundborg k;
  const Trail trail = must(read_trail(k.world.ledger(), k.context, participant(1).id, {}));
  const auto entry = [&](const EventId& id) {
    const auto found = std::find_if(trail.entries.begin(), trail.entries.end(), [&](const TrailEntry& one) { return one.id == id; });
    REQUIRE(found != trail.entries.end());
    return *found;
  };
  const TrailEntry started = entry(k.placement);
  CHECK(started.standing == TrailEntry::Standing::in_effect);
  CHECK(started.words.en.find("Placement started") == 0);
  CHECK(started.words.en.find("virksomhedspraktik") != std::string::npos);
  CHECK(started.words.da.find("Virksomhedsforløb") == 0);
  const TrailEntry wrong = entry(k.wrong_hours);
  CHECK(wrong.standing == TrailEntry::Standing::corrected);
  CHECK(wrong.words.en.find("1 h") != std::string::npos);
  REQUIRE(wrong.set_aside_by.has_value());
  const TrailEntry right = entry(*wrong.set_aside_by);
  CHECK(right.standing == TrailEntry::Standing::correcting);
  CHECK(right.about == k.wrong_hours);
  CHECK(right.words.en.find("10 h") != std::string::npos);
  CHECK(
      std::any_of(trail.milestones.begin(), trail.milestones.end(), [](const TrailMilestone& one) { return one.what.en == "completed"; }));
  const auto k4 = std::find_if(trail.targets.begin(), trail.targets.end(),
                               [](const TrailTarget& one) { return one.which.target == "K4" && one.which.reading.empty(); });
  REQUIRE(k4 != trail.targets.end());
  CHECK(k4->unit.met == Truth::yes);

  GIVEN("a moment before the correction was received") {
    const Trail before = must(read_trail(k.world.ledger(), k.context, participant(1).id, {{right.position.value - 1}, {}}));
    const auto then =
        std::find_if(before.entries.begin(), before.entries.end(), [&](const TrailEntry& one) { return one.id == k.wrong_hours; });
    REQUIRE(then != before.entries.end());
    CHECK(then->standing == TrailEntry::Standing::in_effect);
  }
  const auto nobody = read_trail(k.world.ledger(), k.context, participant(99).id, {});
  REQUIRE_FALSE(nobody.has_value());
  CHECK(nobody.error().fault == Fault::not_found);
}

SCENARIO("every event type has words in both languages") {
  for (const TypeInfo& type : all_types()) {
    const Bilingual said = words(type.type);
    INFO(type.name);
    CHECK(said.en.find("newer version") == std::string::npos);
    CHECK_FALSE(said.da.empty());
  }
}
