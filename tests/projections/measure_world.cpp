#include "tests/projections/measure_world.h"

#include "events/course.capnp.h"
#include "events/enterprise.capnp.h"
#include "events/intake.capnp.h"
#include "events/leaving.capnp.h"
#include "events/outcome.capnp.h"
#include "events/people.capnp.h"
#include "events/placement.capnp.h"

namespace fodspor::tests {
namespace {

// As the schemas store minutes and numbers: one too high, so that 0 is absent.
constexpr std::uint32_t stored_hours(std::uint32_t hours) {
  return hours * 60 + 1;
}

std::optional<Date> maybe_day(std::optional<std::string_view> iso) {
  return iso ? std::optional(day(*iso)) : std::nullopt;
}

std::vector<std::pair<wire::Role, StreamId>> in_enterprise(std::uint64_t number) {
  if (number == 0) return {};
  return {{wire::Role::ENTERPRISE, stories::enterprise(number)}};
}

}  // namespace

const Library& shipped() {
  static const Library library = Library::shipped();
  return library;
}

World::World(std::string slug) : programme_(stories::programme(slug)), slug_(std::move(slug)) {
  Programme programme;
  programme.id = programme_;
  programme.frame.emplace();
  programme.frame->starts = day("2020-10-20");
  programme.frame->ends = day("2022-12-31");
  programme.frame->industries = {"47", "87", "49"};
  context.programmes.emplace(programme_, std::move(programme));
  context.industries = {"471110", "561010"};
  context.enterprises[stories::enterprise(social_enterprise).id] = {wire::EnterpriseKind::SOCIAL, 11111111, 1};
  context.enterprises[stories::enterprise(commercial_enterprise).id] = {wire::EnterpriseKind::COMMERCIAL, 22222222, 0};
  context.enterprises[stories::enterprise(other_commercial).id] = {wire::EnterpriseKind::COMMERCIAL, 33333333, 0};
}

World& World::enrolled(std::string_view on, wire::LabourStatus status) {
  story.say<wire::Enrolled>(EventType::enrolled, the_participant, slug_, day(on), [&](auto facts) { facts.setLabourStatus(status); });
  return *this;
}

World& World::enrolled_whole(std::string_view on, wire::LabourStatus status, std::uint16_t birth_year, wire::YesNo in_education,
                             wire::YesNo disability) {
  story.say<wire::Enrolled>(EventType::enrolled, the_participant, slug_, day(on), [&](auto facts) {
    facts.setLabourStatus(status);
    facts.setBirthYear(birth_year);
    facts.setGender(wire::Gender::FEMALE);
    facts.setIsced(3);
    facts.setInEducation(in_education);
    facts.setMigrantOrMinority(wire::YesNo::NO);
    facts.setDisability(disability);
    facts.setOtherDisadvantage(wire::YesNo::NO);
    if (status == wire::LabourStatus::EMPLOYED) {
      facts.setContract(wire::Enrolled::Contract::FIXED_TERM);
      facts.setWeeklyMinutes(stored_hours(10));
      facts.setWantedMinutes(stored_hours(30));
      facts.setSkillLevel(2 + 1);
    }
  });
  return *this;
}

World& World::left(std::string_view on) {
  story.say<wire::Left>(EventType::left, the_participant, slug_, day(on));
  return *this;
}

World& World::completed(std::string_view on) {
  story.say<wire::Completed>(EventType::completed, the_participant, slug_, day(on));
  return *this;
}

World& World::course(std::uint32_t number, wire::CourseKind kind, std::string_view from, std::string_view to, bool done, bool qualified) {
  story.say<wire::CourseStarted>(EventType::course_started, the_participant, slug_, day(from), [&](auto facts) {
    facts.setCourse(number);
    facts.setKind(kind);
  });
  story.say<wire::CourseEnded>(EventType::course_ended, the_participant, slug_, day(to), [&](auto facts) {
    facts.setCourse(number);
    facts.setKind(kind);
    facts.setCompleted(done ? wire::YesNo::YES : wire::YesNo::NO);
    facts.setQualification(qualified ? wire::YesNo::YES : wire::YesNo::NO);
  });
  return *this;
}

World& World::placed(std::uint32_t number, std::string_view from, std::optional<std::string_view> to, std::uint64_t enterprise,
                     wire::PlacementKind kind, std::optional<std::uint32_t> ordinary_hours) {
  story.say<wire::PlacementStarted>(
      EventType::placement_started, the_participant, slug_, day(from),
      [&](auto facts) {
        facts.setPlacement(number);
        facts.setKind(kind);
        if (ordinary_hours) facts.setOrdinaryMinutes(stored_hours(*ordinary_hours));
      },
      in_enterprise(enterprise));
  if (to) {
    story.say<wire::PlacementEnded>(EventType::placement_ended, the_participant, slug_, day(*to),
                                    [&](auto facts) { facts.setPlacement(number); });
  }
  return *this;
}

World& World::reported(std::uint32_t placement, std::string_view from, std::string_view to, std::uint32_t ordinary_hours) {
  story.say<wire::HoursReported>(
      EventType::hours_reported, the_participant, slug_, day(from),
      [&](auto facts) {
        facts.setPlacement(placement);
        facts.setOrdinaryMinutes(stored_hours(ordinary_hours));
      },
      {}, day(to));
  return *this;
}

World& World::reported_job(std::uint32_t employment, std::string_view from, std::string_view to, std::uint32_t ordinary_hours) {
  story.say<wire::HoursReported>(
      EventType::hours_reported, the_participant, slug_, day(from),
      [&](auto facts) {
        facts.setEmployment(employment);
        facts.setOrdinaryMinutes(stored_hours(ordinary_hours));
      },
      {}, day(to));
  return *this;
}

World& World::job(std::uint32_t number, std::string_view from, std::optional<std::string_view> to, std::uint64_t enterprise,
                  wire::EmploymentKind kind, std::optional<std::uint32_t> weekly_hours) {
  story.say<wire::EmploymentStarted>(
      EventType::employment_started, the_participant, slug_, day(from),
      [&](auto facts) {
        auto job = facts.initJob();
        job.setEmployment(number);
        job.setKind(kind);
        job.setContract(wire::Job::Contract::PERMANENT);
        if (weekly_hours) job.setWeeklyMinutes(stored_hours(*weekly_hours));
      },
      in_enterprise(enterprise));
  if (to) {
    story.say<wire::EmploymentEnded>(EventType::employment_ended, the_participant, slug_, day(*to),
                                     [&](auto facts) { facts.setEmployment(number); });
  }
  return *this;
}

World& World::education(std::uint32_t number, std::string_view from, std::optional<std::string_view> to, bool qualified) {
  story.say<wire::EducationStarted>(EventType::education_started, the_participant, slug_, day(from),
                                    [&](auto facts) { facts.setEducation(number); });
  if (to) {
    story.say<wire::EducationEnded>(EventType::education_ended, the_participant, slug_, day(*to), [&](auto facts) {
      facts.setEducation(number);
      facts.setQualification(qualified ? wire::YesNo::YES : wire::YesNo::NO);
    });
  }
  return *this;
}

World& World::seeking(std::string_view from, std::optional<std::string_view> to) {
  story.say<wire::JobSearchStarted>(EventType::job_search_started, the_participant, slug_, day(from), {}, {}, maybe_day(to));
  return *this;
}

World& World::observed(std::string_view on, wire::LabourStatus status) {
  story.say<wire::StatusObserved>(EventType::status_observed, the_participant, slug_, day(on),
                                  [&](auto facts) { facts.setStatus(status); });
  return *this;
}

World& World::observed(std::string_view from, std::string_view to, wire::LabourStatus status) {
  story.say<wire::StatusObserved>(
      EventType::status_observed, the_participant, slug_, day(from), [&](auto facts) { facts.setStatus(status); }, {}, day(to));
  return *this;
}

World& World::mentor(std::uint32_t assignment, std::uint64_t staff, std::string_view from, std::optional<std::string_view> to,
                     wire::RoleKind role, wire::EmployerKind employer, wire::YesNo chosen) {
  story.say<wire::RoleAssigned>(EventType::role_assigned, the_participant, slug_, day(from),
                                [&](auto facts) {
                                  facts.setRole(role);
                                  facts.setEmployer(employer);
                                  facts.setChosenByCitizen(chosen);
                                  facts.setAssignment(assignment);
                                },
                                {{wire::Role::MENTOR, {StreamKind::staff, {0, staff}}}});
  if (to) {
    story.say<wire::RoleEnded>(EventType::role_ended, the_participant, slug_, day(*to), [&](auto facts) {
      facts.setRole(role);
      facts.setAssignment(assignment);
    });
  }
  return *this;
}

World& World::died(std::string_view on) {
  story.say<wire::Died>(EventType::died, the_participant, slug_, day(on));
  return *this;
}

World& World::emigrated(std::string_view on) {
  story.say<wire::Emigrated>(EventType::emigrated, the_participant, slug_, day(on));
  return *this;
}

World& World::covered(std::string_view from, std::optional<std::string_view> to) {
  Coverage coverage;
  coverage.source = wire::Source::REGISTER;
  coverage.facts = {wire::Covered::Fact::EMPLOYMENT, wire::Covered::Fact::EDUCATION, wire::Covered::Fact::JOB_SEARCH,
                    wire::Covered::Fact::STATUS, wire::Covered::Fact::HOURS};
  coverage.when = {day(from), maybe_day(to)};
  context.programmes.find(programme_)->second.coverage.add(std::move(coverage));
  return *this;
}

World& World::recruited(const StreamId& enterprise, std::string_view on) {
  story.say<wire::EnterpriseRecruited>(EventType::enterprise_recruited, enterprise, slug_, day(on),
                                       [](auto facts) { facts.setKind(wire::EnterpriseKind::COMMERCIAL); });
  return *this;
}

World& World::committed(const StreamId& enterprise, std::string_view on) {
  story.say<wire::CommitmentGiven>(EventType::commitment_given, enterprise, slug_, day(on));
  return *this;
}

World& World::role(const StreamId& holder, wire::RoleKind role, std::string_view on) {
  story.say<wire::RoleAssigned>(EventType::role_assigned, holder, slug_, day(on), [&](auto facts) {
    facts.setRole(role);
    facts.setAssignment(1);
  });
  return *this;
}

std::vector<Verdict> World::verdicts(const Measure& measure, const StreamId& subject) const {
  const History history = History::fold(subject, story.events_of({subject}), as_of);
  std::optional<Person> person;
  if (subject.kind == StreamKind::participant) person = Person::fold(history, context);
  std::vector<Verdict> out;
  measure.apply({history, person ? &*person : nullptr, context}, std::nullopt, out);
  return out;
}

Verdict World::verdict(const Definition& definition, const Measure::Parameters& parameters, const StreamId& subject) const {
  const auto measure = Measure::compile(definition, parameters);
  INFO((measure ? std::string() : measure.error().message));
  REQUIRE(measure);
  const auto all = verdicts(*measure, subject);
  REQUIRE(all.size() == 1);
  return all.front();
}

Verdict World::verdict(std::string_view id, const StreamId& subject) const {
  const auto definition = shipped().find(id);
  REQUIRE(definition);
  return verdict(*definition, {}, subject);
}

Definition definition_of(std::string_view body, std::string_view unit) {
  Library library = shipped();
  const std::string toml =
      "[definition]\nid = \"test.own\"\nversion = \"1.0.0\"\nunit = \"" + std::string(unit) + "\"\n" + std::string(body);
  auto definition = library.add(toml, "own.toml");
  INFO((definition ? std::string() : definition.error().message));
  REQUIRE(definition);
  return *definition;
}

std::string said(const Verdict& verdict, const Measure& measure) {
  if (!verdict.in_population) return "stopped at " + measure.steps()[verdict.steps_passed];
  if (verdict.excluded) return "excluded";
  if (verdict.in_denominator == Truth::no) return "not in the denominator";
  return verdict.met == Truth::yes ? "met" : verdict.met == Truth::no ? "not met" : "unknown";
}

std::string answer(const World& world, const Definition& definition, const Measure::Parameters& parameters, const StreamId& subject) {
  const auto measure = Measure::compile(definition, parameters);
  INFO((measure ? std::string() : measure.error().message));
  REQUIRE(measure);
  const auto all = world.verdicts(*measure, subject);
  if (all.empty()) return "no unit";
  REQUIRE(all.size() == 1);
  return said(all.front(), *measure);
}

std::string answer(const World& world, std::string_view id, const StreamId& subject) {
  const auto definition = shipped().find(id);
  INFO(id);
  REQUIRE(definition);
  return answer(world, *definition, {}, subject);
}

}  // namespace fodspor::tests
