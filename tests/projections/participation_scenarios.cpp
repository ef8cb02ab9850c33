#include <catch2/catch.hpp>

#include "events/course.capnp.h"
#include "events/people.capnp.h"
#include "events/placement.capnp.h"
#include "projections/participation.h"
#include "tests/support/story.h"

using namespace fodspor::projections;
using namespace fodspor::stories;

namespace {

const StreamId anna = participant(1);
using References = std::vector<std::pair<wire::Role, StreamId>>;

References at(std::uint64_t number) {
  return {{wire::Role::ENTERPRISE, enterprise(number)}};
}

constexpr std::uint32_t hours(std::uint32_t n) {
  return n * 60 + 1;  // as the schemas store minutes
}

// One person's story in few words.
struct Life {
  Story story;

  EventId enrolled(std::string_view on, wire::LabourStatus status = wire::LabourStatus::UNEMPLOYED, std::string_view in = "kalundborg") {
    return story.say<wire::Enrolled>(EventType::enrolled, anna, in, day(on), [&](auto facts) { facts.setLabourStatus(status); });
  }
  EventId left(std::string_view on, wire::Left::Reason reason = wire::Left::Reason::COMPLETED, std::string_view in = "kalundborg") {
    return story.say<wire::Left>(EventType::left, anna, in, day(on), [&](auto facts) { facts.setReason(reason); });
  }
  EventId completed(std::string_view on) { return story.say<wire::Completed>(EventType::completed, anna, "kalundborg", day(on)); }

  EventId job(std::uint32_t number, std::string_view from, std::uint32_t weekly_hours, const References& references = {},
              wire::EmploymentKind kind = wire::EmploymentKind::ORDINARY, std::optional<Date> to = {}) {
    return story.say<wire::EmploymentStarted>(
        EventType::employment_started, anna, "", day(from), [&](auto facts) { fill(facts.initJob(), number, weekly_hours, kind); },
        references, to);
  }
  EventId job_changed(std::uint32_t number, std::string_view from, std::uint32_t weekly_hours,
                      wire::EmploymentKind kind = wire::EmploymentKind::ORDINARY) {
    return story.say<wire::EmploymentChanged>(EventType::employment_changed, anna, "", day(from),
                                              [&](auto facts) { fill(facts.initJob(), number, weekly_hours, kind); });
  }
  EventId job_ended(std::uint32_t number, std::string_view on) {
    return story.say<wire::EmploymentEnded>(EventType::employment_ended, anna, "", day(on),
                                            [&](auto facts) { facts.setEmployment(number); });
  }
  EventId placed(std::uint32_t number, std::string_view from, wire::PlacementKind kind, std::uint32_t ordinary, std::uint32_t subsidised,
                 std::uint32_t unpaid, const References& references = {}) {
    return story.say<wire::PlacementStarted>(
        EventType::placement_started, anna, "kalundborg", day(from),
        [&](auto facts) {
          facts.setPlacement(number);
          facts.setKind(kind);
          facts.setOrdinaryMinutes(hours(ordinary));
          facts.setSubsidisedMinutes(hours(subsidised));
          facts.setUnpaidMinutes(hours(unpaid));
        },
        references);
  }
  EventId placement_ended(std::uint32_t number, std::string_view on) {
    return story.say<wire::PlacementEnded>(EventType::placement_ended, anna, "kalundborg", day(on), [&](auto facts) {
      facts.setPlacement(number);
      facts.setReason(wire::PlacementEnded::Reason::JOB);
    });
  }
  EventId reported(bool of_placement, std::uint32_t number, std::string_view from, std::string_view to, std::uint32_t ordinary) {
    return story.say<wire::HoursReported>(
        EventType::hours_reported, anna, "", day(from),
        [&](auto facts) {
          of_placement ? facts.setPlacement(number) : facts.setEmployment(number);
          facts.setOrdinaryMinutes(hours(ordinary));
        },
        {}, day(to));
  }
  EventId died(std::string_view on) { return story.say<wire::Died>(EventType::died, anna, "", day(on)); }

  Person person(const AsOf& as_of = {}) const { return Person::fold(History::fold(anna, story.events_of({anna}), as_of), Context()); }

 private:
  static void fill(wire::Job::Builder job, std::uint32_t number, std::uint32_t weekly_hours, wire::EmploymentKind kind) {
    job.setEmployment(number);
    job.setKind(kind);
    if (weekly_hours > 0) job.setWeeklyMinutes(hours(weekly_hours));
  }
};

Spell spell(std::string_view from, std::string_view to = {}) {
  return {day(from), to.empty() ? std::nullopt : std::optional(day(to))};
}

// Weekly minutes on a day, all pieces together.
int ordinary_on(const Person& person, std::string_view on) {
  int minutes = 0;
  for (const Work& piece : person.work) {
    if (piece.when.contains(day(on))) minutes += piece.ordinary_minutes.value_or(0);
  }
  return minutes;
}
int subsidised_on(const Person& person, std::string_view on) {
  int minutes = 0;
  for (const Work& piece : person.work) {
    if (piece.when.contains(day(on))) minutes += piece.subsidised_minutes.value_or(0);
  }
  return minutes;
}

}  // namespace

SCENARIO("on re-entry the first entry and its data stand, and the exit moves to the last one") {
  Life life;
  const EventId first = life.enrolled("2020-11-02", wire::LabourStatus::INACTIVE);
  life.left("2021-02-01", wire::Left::Reason::DROPPED_OUT);
  const EventId again = life.enrolled("2021-06-01", wire::LabourStatus::UNEMPLOYED);
  Person person = life.person();
  REQUIRE(person.participations.size() == 1);
  CHECK(person.participations[0].entry->because == first);
  CHECK(person.participations[0].last_entry->because == again);
  CHECK(person.participations[0].at_entry.labour_status == wire::LabourStatus::INACTIVE);
  CHECK(person.participations[0].enrolments == 2);
  CHECK_FALSE(person.participations[0].exit.has_value());

  life.left("2021-12-01", wire::Left::Reason::JOB);
  person = life.person();
  CHECK(person.participations[0].exit->on == day("2021-12-01"));
  CHECK(person.participations[0].exit_reason == wire::Left::Reason::JOB);
}

SCENARIO("another programme makes another participation") {
  Life life;
  life.enrolled("2020-11-02");
  life.enrolled("2021-01-04", wire::LabourStatus::INACTIVE, "roskilde");
  life.left("2021-05-01", wire::Left::Reason::JOB, "roskilde");
  const Person person = life.person();
  REQUIRE(person.participations.size() == 2);
  CHECK(person.participations[0].programme == programme("kalundborg"));
  CHECK_FALSE(person.participations[0].exit.has_value());
  CHECK(person.participations[1].exit.has_value());
}

SCENARIO("who drops out has left and not completed, and who completes may stay") {
  Life drop_out;
  drop_out.enrolled("2020-11-02");
  drop_out.left("2021-01-04", wire::Left::Reason::DROPPED_OUT);
  CHECK_FALSE(drop_out.person().participations[0].completion.has_value());
  CHECK(drop_out.person().participations[0].exit_reason == wire::Left::Reason::DROPPED_OUT);

  Life stays;
  stays.enrolled("2020-11-02");
  stays.completed("2021-01-04");
  CHECK(stays.person().participations[0].completion->on == day("2021-01-04"));
  CHECK_FALSE(stays.person().participations[0].exit.has_value());
}

SCENARIO("a late registration makes the same person as one in time") {
  Life in_time;
  in_time.enrolled("2020-11-02");
  in_time.job(1, "2021-03-01", 20);
  in_time.left("2021-04-01");
  in_time.job_ended(1, "2021-05-01");
  Life late;
  late.job_ended(1, "2021-05-01");
  late.left("2021-04-01");
  late.job(1, "2021-03-01", 20);
  late.enrolled("2020-11-02");
  for (const Life* life : {&in_time, &late}) {
    const Person person = life->person();
    CHECK(person.participations[0].entry->on == day("2020-11-02"));
    CHECK(person.participations[0].exit->on == day("2021-04-01"));
    REQUIRE(person.work.size() == 1);
    CHECK(person.work[0].when == spell("2021-03-01", "2021-05-01"));
  }
}

SCENARIO("a correction moves a milestone") {
  Life life;
  life.enrolled("2020-11-02");
  const EventId left = life.left("2021-04-01");
  life.story.correct<wire::Left>(left, EventType::left, anna, day("2021-03-01"),
                                 [](auto facts) { facts.setReason(wire::Left::Reason::JOB); });
  CHECK(life.person().participations[0].exit->on == day("2021-03-01"));
  CHECK(life.person({.known = {2}, .valid = {}}).participations[0].exit->on == day("2021-04-01"));
}

SCENARIO("several part-time jobs run side by side") {
  Life life;
  life.job(1, "2021-01-01", 10, at(1));
  life.job(2, "2021-02-01", 8, at(2));
  life.job_ended(1, "2021-03-01");
  const Person person = life.person();
  CHECK(ordinary_on(person, "2021-01-15") == 600);
  CHECK(ordinary_on(person, "2021-02-15") == 1080);
  CHECK(ordinary_on(person, "2021-03-01") == 480);
}

SCENARIO("who changes employer overnight has one job on each day") {
  Life life;
  life.job(1, "2021-01-01", 37, at(1));
  life.job(2, "2021-03-01", 37, at(2));
  life.job_ended(1, "2021-03-01");
  const Person person = life.person();
  CHECK(ordinary_on(person, "2021-02-28") == 37 * 60);
  CHECK(ordinary_on(person, "2021-03-01") == 37 * 60);
  CHECK(person.work[1].enterprise == enterprise(2).id);
}

SCENARIO("a changed job is one job in pieces, each as it was agreed for its days") {
  Life life;
  const EventId started = life.job(1, "2021-01-01", 10, at(1), wire::EmploymentKind::WAGE_SUBSIDY);
  const EventId changed = life.job_changed(1, "2021-04-01", 20);
  const EventId ended = life.job_ended(1, "2021-06-01");
  const Person person = life.person();
  REQUIRE(person.work.size() == 2);
  CHECK(person.work[0].kind == wire::EmploymentKind::WAGE_SUBSIDY);
  CHECK(person.work[0].when == spell("2021-01-01", "2021-04-01"));
  CHECK(person.work[0].began_because == started);
  CHECK(person.work[0].ended_because == changed);
  CHECK(person.work[1].kind == wire::EmploymentKind::ORDINARY);
  CHECK(person.work[1].ended_because == ended);
  for (const Work& piece : person.work) {
    CHECK(piece.number == 1);
    CHECK(piece.whole == spell("2021-01-01", "2021-06-01"));
    CHECK(piece.enterprise == enterprise(1).id);
  }
  CHECK(person.work[0].piece == 0);
  CHECK(person.work[1].piece == 1);
  CHECK(subsidised_on(person, "2021-03-31") == 600);
  CHECK(ordinary_on(person, "2021-04-01") == 1200);
}

SCENARIO("a job that changes on its first day is what it was changed to") {
  Life life;
  life.job(1, "2021-01-01", 10, at(1));
  life.job_changed(1, "2021-01-01", 20);
  const Person person = life.person();
  REQUIRE(person.work.size() == 1);
  CHECK(person.work[0].ordinary_minutes == 1200);
  CHECK(person.work[0].enterprise == enterprise(1).id);
}

SCENARIO("one placement holds unpaid, subsidised and ordinary hours at once") {
  Life life;
  life.placed(1, "2021-01-01", wire::PlacementKind::VIRKSOMHEDSPRAKTIK, 4, 6, 10, at(1));
  life.placement_ended(1, "2021-03-01");
  const Person person = life.person();
  REQUIRE(person.work.size() == 1);
  CHECK(person.work[0].ordinary_minutes == 240);
  CHECK(person.work[0].subsidised_minutes == 360);
  CHECK(person.work[0].unpaid_minutes == 600);
  CHECK(person.work[0].kind == wire::EmploymentKind::ORDINARY);
  CHECK(person.work[0].reason == wire::PlacementEnded::Reason::JOB);
}

SCENARIO("a praktik without hours for pay is no employment") {
  Life life;
  life.placed(1, "2021-01-01", wire::PlacementKind::VIRKSOMHEDSPRAKTIK, 0, 0, 20, at(1));
  life.placed(2, "2021-02-01", wire::PlacementKind::LOENTILSKUD, 0, 30, 0, at(2));
  const Person person = life.person();
  CHECK(person.work[0].kind == wire::EmploymentKind::UNSPECIFIED);
  CHECK(person.work[1].kind == wire::EmploymentKind::WAGE_SUBSIDY);
}

SCENARIO("the same hours count once where a placement becomes a job in the same enterprise") {
  Life life;
  life.placed(1, "2021-01-01", wire::PlacementKind::VIRKSOMHEDSPRAKTIK, 8, 0, 10, at(1));
  life.job(1, "2021-02-01", 12, at(1));
  life.job_ended(1, "2021-04-01");
  life.placement_ended(1, "2021-05-01");
  const Person person = life.person();
  CHECK(ordinary_on(person, "2021-01-31") == 8 * 60);
  CHECK(ordinary_on(person, "2021-02-01") == 12 * 60);
  CHECK(ordinary_on(person, "2021-03-31") == 12 * 60);
  CHECK(ordinary_on(person, "2021-04-01") == 8 * 60);
  THEN("the placement is still one placement, whose unpaid hours stand throughout") {
    int placements = 0;
    for (const Work& piece : person.work) {
      if (piece.origin != Work::From::placement) continue;
      placements += piece.piece == 0 ? 1 : 0;
      CHECK(piece.unpaid_minutes == 600);
      CHECK(piece.whole == spell("2021-01-01", "2021-05-01"));
    }
    CHECK(placements == 1);
  }
}

SCENARIO("hours in different enterprises, of unknown ones, or unsaid ones are not the same hours") {
  for (const auto& [placement_at, job_at, weekly] :
       {std::tuple(at(1), at(2), 12u), {at(1), References{}, 12u}, {References{}, References{}, 12u}, {at(1), at(1), 0u}}) {
    Life life;
    life.placed(1, "2021-01-01", wire::PlacementKind::VIRKSOMHEDSPRAKTIK, 8, 0, 0, placement_at);
    life.job(1, "2021-01-01", weekly, job_at);
    CHECK(ordinary_on(life.person(), "2021-01-15") == static_cast<int>(8 + weekly) * 60);
  }
}

SCENARIO("a subsidised placement and an ordinary job in one enterprise keep each their hours") {
  Life life;
  life.placed(1, "2021-01-01", wire::PlacementKind::LOENTILSKUD, 5, 20, 0, at(1));
  life.job(1, "2021-01-01", 10, at(1));
  CHECK(ordinary_on(life.person(), "2021-01-15") == 600);
  CHECK(subsidised_on(life.person(), "2021-01-15") == 1200);
}

SCENARIO("reported hours of a placement give way, day by day, to those reported for the job") {
  Life life;
  life.placed(1, "2021-01-01", wire::PlacementKind::VIRKSOMHEDSPRAKTIK, 8, 0, 0, at(1));
  life.job(1, "2021-01-16", 12, at(1));
  life.reported(true, 1, "2021-01-01", "2021-01-31", 30);  // 30 days, of which 15 are also reported for the job
  life.reported(false, 1, "2021-01-16", "2021-02-01", 24);
  const Person person = life.person();
  REQUIRE(person.hours.size() == 2);
  CHECK(person.hours[0].ordinary == 15 * 60);
  CHECK(person.hours[1].ordinary == 24 * 60);
  CHECK(person.hours[1].enterprise == enterprise(1).id);
}

SCENARIO("what is open ends on the day of death") {
  Life life;
  life.job(1, "2021-01-01", 37);
  life.job(2, "2021-01-01", 5);
  life.job_ended(2, "2021-02-01");
  life.story.say<wire::JobSearchStarted>(EventType::job_search_started, anna, "", day("2021-01-01"));
  life.story.say<wire::EducationStarted>(EventType::education_started, anna, "", day("2021-01-01"),
                                         [](auto facts) { facts.setEducation(1); });
  const EventId death = life.died("2021-05-01");
  const Person person = life.person();
  CHECK(person.died->on == day("2021-05-01"));
  for (const Work& piece : person.work) CHECK(piece.when.to == day(piece.number == 1 ? "2021-05-01" : "2021-02-01"));
  CHECK(person.searches.at(0).ended_because == death);
  CHECK(person.education.at(0).when == spell("2021-01-01", "2021-05-01"));
}

SCENARIO("an end without a start, and an end before the start, end nothing") {
  Life life;
  life.job_ended(7, "2021-01-01");
  life.job(1, "2021-03-01", 37);
  life.job_ended(1, "2021-02-01");
  const Person person = life.person();
  REQUIRE(person.work.size() == 1);
  CHECK(person.work[0].when == spell("2021-03-01"));
}

SCENARIO("a course of one day is a course that ended") {
  Life life;
  life.story.say<wire::CourseEnded>(EventType::course_ended, anna, "kalundborg", day("2021-03-01"), [](auto facts) {
    facts.setCourse(1);
    facts.setKind(wire::CourseKind::INDSLUSNING);
    facts.setCompleted(wire::YesNo::YES);
  });
  life.story.say<wire::CourseStarted>(EventType::course_started, anna, "kalundborg", day("2021-03-01"), [](auto facts) {
    facts.setCourse(1);
    facts.setKind(wire::CourseKind::INDSLUSNING);
  });
  const Person person = life.person();
  REQUIRE(person.participations.at(0).courses.size() == 1);
  CHECK(person.participations[0].courses[0].completed);
  CHECK(person.participations[0].courses[0].started->on == person.participations[0].courses[0].ended->on);
}

SCENARIO("a spell given with both its days needs no event to end it, and an event decides over them") {
  Life life;
  life.job(1, "2021-01-01", 37, {}, wire::EmploymentKind::ORDINARY, day("2021-04-01"));
  CHECK(life.person().work.at(0).when == spell("2021-01-01", "2021-04-01"));
  life.job_ended(1, "2021-03-01");
  CHECK(life.person().work.at(0).when == spell("2021-01-01", "2021-03-01"));
}

SCENARIO("as of an earlier day a job that ended later is open, and one that began later is not there") {
  Life life;
  life.job(1, "2021-01-01", 37);
  life.job_ended(1, "2021-03-01");
  life.job(2, "2021-03-01", 20);
  life.reported(false, 1, "2021-02-01", "2021-03-01", 100);
  const Person in_february = life.person({.known = {99}, .valid = day("2021-02-14")});
  REQUIRE(in_february.work.size() == 1);
  CHECK(in_february.work[0].when == spell("2021-01-01"));
  CHECK(in_february.hours.empty());
  CHECK(life.person({.known = {99}, .valid = day("2021-02-28")}).hours.size() == 1);
  CHECK(life.person({.known = {99}, .valid = day("2021-03-01")}).work.size() == 2);
}

SCENARIO("a follow-up that does not reach is no contact") {
  Life life;
  life.enrolled("2021-01-01");
  for (const auto result : {wire::FollowedUp::Result::REACHED, wire::FollowedUp::Result::UNREACHABLE}) {
    life.story.say<wire::FollowedUp>(EventType::followed_up, anna, "kalundborg",
                                     day(result == wire::FollowedUp::Result::REACHED ? "2021-03-01" : "2021-06-01"),
                                     [&](auto facts) { facts.setResult(result); });
  }
  const Person person = life.person();
  CHECK(person.participations[0].last_contact->on == day("2021-03-01"));
  REQUIRE(person.participations[0].unreachable.size() == 1);
  CHECK(person.observations.size() == 2);
  CHECK(person.observations[1].unreachable);
}

SCENARIO("numbers of merged people are each stream's own") {
  const StreamId also_anna = participant(2);
  Life life;
  life.job(1, "2021-01-01", 10, at(1));
  life.story.say<wire::EmploymentStarted>(EventType::employment_started, also_anna, "", day("2021-06-01"), [](auto facts) {
    facts.initJob().setEmployment(1);
    facts.getJob().setKind(wire::EmploymentKind::ORDINARY);
  });
  life.story.say<wire::EmploymentEnded>(EventType::employment_ended, also_anna, "", day("2021-07-01"),
                                        [](auto facts) { facts.setEmployment(1); });
  Context context;
  context.merge(anna.id, also_anna.id);
  const StreamId both{StreamKind::participant, context.person(anna.id)};
  const Person person = Person::fold(History::fold(both, life.story.events_of({anna, also_anna}), {}), context);
  CHECK(person.id == std::min(anna.id, also_anna.id));
  REQUIRE(person.work.size() == 2);
  CHECK(person.work[0].when == spell("2021-01-01"));
  CHECK(person.work[1].when == spell("2021-06-01", "2021-07-01"));
}
