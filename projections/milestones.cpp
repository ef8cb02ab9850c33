#include "projections/milestones.h"

#include <algorithm>
#include <tuple>

#include "events/course.capnp.h"
#include "events/match.capnp.h"
#include "events/people.capnp.h"
#include "projections/stored_numbers.h"
#include "projections/work.h"

namespace fodspor::projections {

namespace {

// Taking part in something of a programme makes a participation in it. What is merely known of a person (jobs, education, status, consent,
// death) does not, whoever recorded it.
bool takes_part(EventType type) {
  switch (type) {
    case EventType::screened:
    case EventType::recruited:
    case EventType::enrolled:
    case EventType::compared:
    case EventType::plan_made:
    case EventType::plan_revised:
    case EventType::progress_measured:
    case EventType::support_given:
    case EventType::course_started:
    case EventType::course_attended:
    case EventType::course_ended:
    case EventType::role_assigned:
    case EventType::role_ended:
    case EventType::mentor_checked_in:
    case EventType::match_proposed:
    case EventType::match_accepted:
    case EventType::match_declined:
    case EventType::placement_started:
    case EventType::placement_ended:
    case EventType::completed:
    case EventType::left:
    case EventType::aftercare_given:
    case EventType::followed_up:
    case EventType::referred:
      return true;
    default:
      return false;
  }
}

// Somebody of the programme met, spoke or wrote with the person that day. An absence, a try that did not reach, and what is arranged about
// a person without them (matches, placements, roles) are no contact.
bool is_contact(const Fact& fact) {
  switch (fact.type) {
    case EventType::screened:
    case EventType::recruited:
    case EventType::enrolled:
    case EventType::plan_made:
    case EventType::plan_revised:
    case EventType::progress_measured:
    case EventType::support_given:
    case EventType::course_started:
    case EventType::mentor_checked_in:
    case EventType::aftercare_given:
      return true;
    case EventType::course_attended:
      return fact.body<wire::CourseAttended>().getPresent() != wire::YesNo::NO;
    case EventType::followed_up:
      return fact.body<wire::FollowedUp>().getResult() != wire::FollowedUp::Result::UNREACHABLE;
    default:
      return false;
  }
}

Moment moment_of(const Fact& fact) {
  return {fact.from, fact.because()};
}

EntryRecord entry_of(wire::Enrolled::Reader said) {
  EntryRecord entry;
  entry.labour_status = said.getLabourStatus();
  entry.unemployed_since = Date::stored(said.getUnemployedSince());
  entry.in_education = said.getInEducation();
  entry.migrant_or_minority = said.getMigrantOrMinority();
  entry.disability = said.getDisability();
  entry.other_disadvantage = said.getOtherDisadvantage();
  entry.homeless = said.getHomeless();
  entry.rural = said.getRural();
  entry.isced = stored_number(said.getIsced());
  entry.skill_level = stored_number(said.getSkillLevel());
  entry.gender = said.getGender();
  entry.birth_year = said.getBirthYear();
  entry.municipality = said.getMunicipality();
  entry.benefit = said.getBenefit();
  entry.readiness = said.getReadiness();
  entry.contract = said.getContract();
  entry.weekly_minutes = stored_minutes(said.getWeeklyMinutes());
  entry.wanted_minutes = stored_minutes(said.getWantedMinutes());
  if (said.getWeight() != 0) entry.weight_millionths = said.getWeight();
  entry.case_number.assign(said.getCaseNumber().begin(), said.getCaseNumber().size());
  return entry;
}

EntryRecord entry_of(wire::Compared::Reader said) {
  EntryRecord entry;
  entry.gender = said.getGender();
  entry.birth_year = said.getBirthYear();
  if (said.getWeight() != 0) entry.weight_millionths = said.getWeight();
  entry.case_number.assign(said.getCaseNumber().begin(), said.getCaseNumber().size());
  return entry;
}

// Who holds a role: the reference that bears its name, or else staff, or else an enterprise.
std::optional<StreamId> holder_of(const Fact& fact, wire::RoleKind role) {
  const wire::Role named = [&] {
    switch (role) {
      case wire::RoleKind::MENTOR:
        return wire::Role::MENTOR;
      case wire::RoleKind::BUDDY:
        return wire::Role::BUDDY;
      case wire::RoleKind::AMBASSADOR_PERSON:
      case wire::RoleKind::AMBASSADOR_ENTERPRISE:
        return wire::Role::AMBASSADOR;
      case wire::RoleKind::JOB_BROKER:
        return wire::Role::JOB_BROKER;
      case wire::RoleKind::CONSULTANT:
        return wire::Role::CONSULTANT;
      case wire::RoleKind::UNSPECIFIED:
        break;
    }
    return wire::Role::STAFF;
  }();
  for (const wire::Role candidate : {named, wire::Role::STAFF, wire::Role::ENTERPRISE}) {
    if (auto holder = fact.reference(candidate)) return holder;
  }
  return std::nullopt;
}

// The day on which a course or match is first heard of.
Date first_day(const Course& course) {
  return course.started ? course.started->on : course.ended->on;
}
Date first_day(const Match& match) {
  Date first = Date::clamped(Date::days_max);
  for (const auto& moment : {match.proposed, match.accepted, match.declined}) {
    if (moment) first = std::min(first, moment->on);
  }
  return first;
}

}  // namespace

Participation* Milestones::in_programme_of(const Fact& fact) {
  const ProgrammeId programme = fact.event->programme();
  if (!programme) return nullptr;
  for (Participation& participation : participations_) {
    if (participation.programme == programme) return &participation;
  }
  participations_.emplace_back().programme = programme;
  return &participations_.back();
}

void Milestones::add(const Fact& fact) {
  if (!takes_part(fact.type)) return;
  Participation* const found = in_programme_of(fact);
  if (found == nullptr) return;
  Participation& participation = *found;
  if (is_contact(fact)) participation.last_contact = moment_of(fact);
  switch (fact.type) {
    case EventType::screened:
      if (!participation.screened) participation.screened = moment_of(fact);
      break;
    case EventType::recruited:
      if (!participation.recruited) participation.recruited = moment_of(fact);
      break;
    case EventType::enrolled:
      // An enrolment makes a participant of whoever was only compared before.
      if (participation.enrolments++ == 0) {
        participation.entry = moment_of(fact);
        participation.compared = false;
        participation.at_entry = entry_of(fact.body<wire::Enrolled>());
      }
      participation.last_entry = moment_of(fact);
      participation.exit.reset();
      participation.exit_reason = {};
      break;
    case EventType::compared:
      if (participation.entry) break;
      participation.entry = participation.last_entry = moment_of(fact);
      participation.compared = true;
      participation.at_entry = entry_of(fact.body<wire::Compared>());
      break;
    case EventType::completed:
      if (!participation.completion) participation.completion = moment_of(fact);
      break;
    case EventType::left:
      participation.exit = moment_of(fact);
      participation.exit_reason = fact.body<wire::Left>().getReason();
      break;
    case EventType::mentor_checked_in:
      participation.check_ins.push_back(moment_of(fact));
      break;
    case EventType::followed_up:
      if (fact.body<wire::FollowedUp>().getResult() == wire::FollowedUp::Result::UNREACHABLE) {
        participation.unreachable.push_back(moment_of(fact));
      }
      break;
    default:
      break;
  }
}

void Milestones::add_course(std::span<const Numbered> facts) {
  const Extent extent = Extent::of(facts, EventType::course_started, EventType::course_ended);
  Participation* const participation = in_programme_of(extent.start != nullptr ? *extent.start : *facts.front().fact);
  if (participation == nullptr) return;
  Course course;
  course.number = facts.front().number;
  if (extent.start != nullptr) {
    course.started = moment_of(*extent.start);
    course.kind = extent.start->body<wire::CourseStarted>().getKind();
  }
  if (extent.end != nullptr) {
    const auto ended = extent.end->body<wire::CourseEnded>();
    course.ended = moment_of(*extent.end);
    if (ended.getKind() != wire::CourseKind::UNSPECIFIED) course.kind = ended.getKind();
    course.completed = ended.getCompleted() == wire::YesNo::YES;
    course.qualification = ended.getQualification() == wire::YesNo::YES;
  }
  participation->courses.push_back(std::move(course));
}

void Milestones::add_match(std::span<const Numbered> facts) {
  Participation* const participation = in_programme_of(*facts.front().fact);
  if (participation == nullptr) return;
  Match match;
  match.number = facts.front().number;
  for (const Numbered& entry : facts) {
    const Fact& fact = *entry.fact;
    auto& moment = fact.type == EventType::match_proposed   ? match.proposed
                   : fact.type == EventType::match_accepted ? match.accepted
                                                            : match.declined;
    if (!moment) moment = moment_of(fact);
    if (!match.enterprise) {
      if (const auto enterprise = fact.reference(wire::Role::ENTERPRISE)) match.enterprise = enterprise->id;
    }
  }
  participation->matches.push_back(std::move(match));
}

void Milestones::add_role(std::span<const Numbered> facts, const std::optional<Moment>& died) {
  // With a number the rule is that of all numbered things. Without, a kind of role may be held time and again, and each end is that of the
  // latest start before it that has none.
  const bool numbered = facts.front().number != 0;
  const auto hold = [&](const Fact& start, const Fact* end) {
    Participation* const participation = in_programme_of(start);
    if (participation == nullptr) return;
    const auto said = start.body<wire::RoleAssigned>();
    HeldRole role;
    role.role = said.getRole();
    role.employer = said.getEmployer();
    role.chosen_by_citizen = said.getChosenByCitizen();
    role.assignment = said.getAssignment();
    role.holder = holder_of(start, said.getRole());
    const Extent extent{&start, end};
    role.when = extent.spell();
    role.began_because = start.because();
    role.ended_because = extent.ended_because();
    end_with_death(role.when, role.ended_because, died);
    participation->roles.push_back(std::move(role));
  };
  if (numbered) {
    const Extent extent = Extent::of(facts, EventType::role_assigned, EventType::role_ended);
    if (extent.start != nullptr) hold(*extent.start, extent.end);
    return;
  }
  std::vector<std::pair<const Fact*, const Fact*>> held;
  for (const Numbered& entry : facts) {
    if (entry.fact->type == EventType::role_assigned) {
      held.emplace_back(entry.fact, nullptr);
      continue;
    }
    const auto open = std::find_if(held.rbegin(), held.rend(), [](const auto& role) { return role.second == nullptr; });
    if (open != held.rend()) open->second = entry.fact;
  }
  for (const auto& [start, end] : held) hold(*start, end);
}

std::vector<Participation> Milestones::finish() && {
  for (Participation& participation : participations_) {
    const auto by_first_day = [](const auto& a, const auto& b) {
      return std::tuple(first_day(a), a.number) < std::tuple(first_day(b), b.number);
    };
    // What shares a day and a number comes of different streams, in whose order it was added.
    std::stable_sort(participation.courses.begin(), participation.courses.end(), by_first_day);
    std::stable_sort(participation.matches.begin(), participation.matches.end(), by_first_day);
    std::stable_sort(participation.roles.begin(), participation.roles.end(), [](const HeldRole& a, const HeldRole& b) {
      return std::tuple(a.when.from, a.assignment) < std::tuple(b.when.from, b.assignment);
    });
  }
  std::sort(participations_.begin(), participations_.end(),
            [](const Participation& a, const Participation& b) { return a.programme < b.programme; });
  return std::move(participations_);
}

}  // namespace fodspor::projections
