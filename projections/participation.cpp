#include "projections/participation.h"

#include <algorithm>
#include <tuple>

#include "events/course.capnp.h"
#include "events/match.capnp.h"
#include "events/people.capnp.h"
#include "events/placement.capnp.h"
#include "projections/milestones.h"
#include "projections/numbered.h"
#include "projections/stored_numbers.h"
#include "projections/work.h"

namespace fodspor::projections {

namespace {

std::optional<bool> told(wire::YesNo answer) {
  if (answer == wire::YesNo::YES) return true;
  if (answer == wire::YesNo::NO) return false;
  return std::nullopt;
}

template <class Enum>
std::optional<Enum> said_or_none(Enum value) {
  if (value == Enum{}) return std::nullopt;
  return value;
}

// A day seen, or a period; of a period that goes on past the day asked for, the part up to it, without the sums over the whole.
Observation observation_on(const Fact& fact, const AsOf& as_of) {
  Observation seen;
  const std::optional<Date> to = fact.said().valid_to();
  seen.point = !to.has_value();
  seen.when = {fact.from, to ? *to : fact.from.plus_days(1)};
  if (as_of.valid && seen.when.to > as_of.valid->plus_days(1)) seen.when.to = as_of.valid->plus_days(1);
  seen.programme = fact.event->programme();
  seen.source = fact.said().proposal().getSource();
  seen.because = fact.because();
  return seen;
}

Observation status_seen(const Fact& fact, const AsOf& as_of) {
  Observation seen = observation_on(fact, as_of);
  const auto said = fact.body<wire::StatusObserved>();
  seen.status = said_or_none(said.getStatus());
  seen.benefit = said_or_none(said.getBenefit());
  if (fact.to || seen.point) seen.paid_minutes = stored_minutes(said.getPaidMinutes());
  seen.code.assign(said.getCode().begin(), said.getCode().size());
  return seen;
}

Observation follow_up(const Fact& fact, const AsOf& as_of) {
  Observation seen = observation_on(fact, as_of);
  const auto said = fact.body<wire::FollowedUp>();
  seen.status = said_or_none(said.getStatus());
  seen.kind = said_or_none(said.getKind());
  seen.weekly_minutes = stored_minutes(said.getWeeklyMinutes());
  seen.in_education = told(said.getInEducation());
  seen.unreachable = said.getResult() == wire::FollowedUp::Result::UNREACHABLE;
  return seen;
}

void fold_education(std::span<const Numbered> education, const std::optional<Moment>& died, std::vector<EducationSpell>& spells) {
  const Extent extent = Extent::of(education, EventType::education_started, EventType::education_ended);
  if (extent.start == nullptr) return;
  EducationSpell spell;
  spell.when = extent.spell();
  spell.number = education.front().number;
  spell.isced = stored_number(extent.start->body<wire::EducationStarted>().getIsced());
  if (extent.end != nullptr) {
    const auto ended = extent.end->body<wire::EducationEnded>();
    spell.completed = ended.getCompleted();
    spell.qualification = ended.getQualification();
  }
  spell.began_because = extent.start->because();
  spell.ended_because = extent.ended_because();
  end_with_death(spell.when, spell.ended_because, died);
  spells.push_back(std::move(spell));
}

// Searching has no number: it is on or off. A start while it is on changes nothing, nor does an end while it is off. Streams of merged
// people are searched apart, as their numbers are.
class Searching {
 public:
  void started(const Fact& fact) {
    if (open(fact) != nullptr) return;
    spells_.push_back({fact.event->stream(), {{fact.from, fact.to}, fact.because(), fact.to ? fact.because() : EventId{}}});
  }
  void ended(const Fact& fact) {
    SearchSpell* spell = open(fact);
    if (spell == nullptr) return;
    spell->when.to = fact.from;
    spell->ended_because = fact.because();
  }
  std::vector<SearchSpell> finish(const std::optional<Moment>& died) && {
    std::vector<SearchSpell> result;
    result.reserve(spells_.size());
    for (auto& entry : spells_) {
      end_with_death(entry.second.when, entry.second.ended_because, died);
      result.push_back(std::move(entry.second));
    }
    return result;
  }

 private:
  // The search of that stream that is on when the fact comes, or ends that day by its own last day.
  SearchSpell* open(const Fact& fact) {
    for (auto entry = spells_.rbegin(); entry != spells_.rend(); ++entry) {
      if (entry->first != fact.event->stream()) continue;
      return entry->second.when.contains(fact.from) ? &entry->second : nullptr;
    }
    return nullptr;
  }

  std::vector<std::pair<StreamId, SearchSpell>> spells_;
};

void keep_first(std::optional<Moment>& moment, const Fact& fact) {
  if (!moment) moment = Moment{fact.from, fact.because()};
}

}  // namespace

Person Person::fold(const History& history, const Context& context) {
  Person person;
  person.id = context.person(history.subject().id);
  person.as_of = history.as_of();

  Milestones milestones;
  Searching searching;
  std::vector<Numbered> numbered;
  const auto number = [&](Family family, std::uint32_t which, const Fact& fact, std::uint32_t part = 0) {
    numbered.push_back({family, which, part, &fact});
  };

  for (const Fact& fact : history.facts()) {
    if (!fact.dated) continue;  // a fact of no day is no milestone and no spell
    milestones.add(fact);
    switch (fact.type) {
      case EventType::placement_started:
        number(Family::placement, fact.body<wire::PlacementStarted>().getPlacement(), fact);
        break;
      case EventType::placement_ended:
        number(Family::placement, fact.body<wire::PlacementEnded>().getPlacement(), fact);
        break;
      case EventType::employment_started:
        number(Family::employment, fact.body<wire::EmploymentStarted>().getJob().getEmployment(), fact);
        break;
      case EventType::employment_changed:
        number(Family::employment, fact.body<wire::EmploymentChanged>().getJob().getEmployment(), fact);
        break;
      case EventType::employment_ended:
        number(Family::employment, fact.body<wire::EmploymentEnded>().getEmployment(), fact);
        break;
      case EventType::education_started:
        number(Family::education, fact.body<wire::EducationStarted>().getEducation(), fact);
        break;
      case EventType::education_ended:
        number(Family::education, fact.body<wire::EducationEnded>().getEducation(), fact);
        break;
      case EventType::course_started:
        number(Family::course, fact.body<wire::CourseStarted>().getCourse(), fact);
        break;
      case EventType::course_ended:
        number(Family::course, fact.body<wire::CourseEnded>().getCourse(), fact);
        break;
      case EventType::match_proposed:
        number(Family::match, fact.body<wire::MatchProposed>().getMatch(), fact);
        break;
      case EventType::match_accepted:
        number(Family::match, fact.body<wire::MatchAccepted>().getMatch(), fact);
        break;
      case EventType::match_declined:
        number(Family::match, fact.body<wire::MatchDeclined>().getMatch(), fact);
        break;
      case EventType::role_assigned: {
        const auto said = fact.body<wire::RoleAssigned>();
        number(Family::role, said.getAssignment(), fact, said.getAssignment() == 0 ? static_cast<std::uint32_t>(said.getRole()) : 0);
        break;
      }
      case EventType::role_ended: {
        const auto said = fact.body<wire::RoleEnded>();
        number(Family::role, said.getAssignment(), fact, said.getAssignment() == 0 ? static_cast<std::uint32_t>(said.getRole()) : 0);
        break;
      }
      case EventType::hours_reported:
        fold_hours(fact, person.hours);
        break;
      case EventType::job_search_started:
        searching.started(fact);
        break;
      case EventType::job_search_ended:
        searching.ended(fact);
        break;
      case EventType::status_observed:
        person.observations.push_back(status_seen(fact, person.as_of));
        break;
      case EventType::followed_up:
        person.observations.push_back(follow_up(fact, person.as_of));
        break;
      case EventType::died:
        keep_first(person.died, fact);
        break;
      case EventType::emigrated:
        keep_first(person.emigrated, fact);
        break;
      case EventType::consent_withdrawn:
        person.consents_withdrawn.push_back({fact.from, fact.because()});
        break;
      default:
        break;
    }
  }

  each_thing(numbered, [&](std::span<const Numbered> thing) {
    switch (thing.front().family) {
      case Family::placement:
        fold_placement(thing, person.died, person.work);
        break;
      case Family::employment:
        fold_employment(thing, person.died, person.work);
        break;
      case Family::education:
        fold_education(thing, person.died, person.education);
        break;
      case Family::course:
        milestones.add_course(thing);
        break;
      case Family::match:
        milestones.add_match(thing);
        break;
      case Family::role:
        milestones.add_role(thing, person.died);
        break;
    }
  });
  settle_work(person.work, person.hours);
  const auto by_day = [](const auto& a, const auto& b) {
    return std::tuple(a.when.from, a.began_because) < std::tuple(b.when.from, b.began_because);
  };
  std::sort(person.education.begin(), person.education.end(), by_day);
  person.searches = std::move(searching).finish(person.died);
  person.participations = std::move(milestones).finish();
  return person;
}

}  // namespace fodspor::projections
