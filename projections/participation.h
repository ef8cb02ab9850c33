// A person's history folded into what measures and views ask about: participations with their milestones, and spells of work, education,
// job search and status that belong to the person. Plain values; each names the event that decided it.
//
// Rules (Regulation (EU) No 1304/2013, Annex I and its guidance): on re-entry into the same programme the first entry and its data
// stand and the exit moves to the last one; another programme makes another participation. Paid hours fold from placements and
// employments alike, and the same hours count once. A spell never splits because of age, municipality or employer.
#pragma once

#include <optional>
#include <vector>

#include "events/intake.capnp.h"
#include "events/leaving.capnp.h"
#include "events/outcome.capnp.h"
#include "events/placement.capnp.h"
#include "projections/context.h"
#include "projections/history.h"

namespace fodspor::projections {

struct Moment {  // something that happened on a day
  Date on;
  EventId because;
};

// Work of one kind at one place, from a placement or an employment. Open ends: `to` empty.
//
// A placement or employment is one piece of Work, or several with the same stream and number: an EmploymentChanged begins another, and so
// does each day on which "the same hours count once" (work.h) begins or ceases to hold. Pieces of one do not overlap, so whatever adds up
// pieces by day counts right; whatever counts placements or employments takes those with piece == 0, and `whole` for their length.
struct Work {
  enum class From : std::uint8_t { placement, employment } origin{};
  StreamId stream;  // with `number`: which placement or employment
  std::uint32_t number = 0;
  std::uint32_t piece = 0;               // 0: the first of this placement or employment
  Spell when;                            // of this piece
  Spell whole;                           // of the placement or employment
  wire::EmploymentKind kind{};           // unspecified: unpaid (praktik without ordinary hours)
  wire::PlacementKind placement_kind{};  // of a placement
  wire::Job::Contract contract{};
  // Contracted minutes a week; none: not said.
  std::optional<std::int32_t> ordinary_minutes, subsidised_minutes, unpaid_minutes, wanted_minutes;
  std::optional<std::uint8_t> skill_level;
  std::optional<Id> enterprise;
  ProgrammeId programme;
  EventId began_because, ended_because;  // ended_because: none while open
  wire::Source source{};
  wire::PlacementEnded::Reason reason{};  // of a placement that ended
  wire::YesNo completed{};
};

// Hours reported for a placement or an employment in a period, in whole minutes of the whole period.
struct ReportedHours {
  Work::From origin{};
  StreamId stream;
  std::uint32_t number = 0;
  Spell when;  // `to` is given
  std::optional<std::int32_t> ordinary, subsidised, unpaid;
  std::optional<Id> enterprise;
  EventId because;
  wire::Source source{};
};

struct EducationSpell {
  Spell when;
  std::uint32_t number = 0;
  std::optional<std::uint8_t> isced;
  wire::YesNo completed{}, qualification{};
  EventId began_because, ended_because;
};

struct SearchSpell {
  Spell when;
  EventId began_because, ended_because;
};

// What a source saw on a day or over a period: StatusObserved and FollowedUp alike.
struct Observation {
  Spell when;          // of a single day: [day, day + 1)
  bool point = false;  // a day, not a period
  std::optional<wire::LabourStatus> status;
  std::optional<wire::Benefit> benefit;
  std::optional<wire::EmploymentKind> kind;  // of a follow-up that found work
  std::optional<std::int32_t> paid_minutes;  // in the whole period
  std::optional<std::int32_t> weekly_minutes;
  std::optional<bool> in_education;
  bool unreachable = false;
  std::string code;
  ProgrammeId programme;
  wire::Source source{};
  EventId because;
};

struct Course {
  std::uint32_t number = 0;
  wire::CourseKind kind{};
  std::optional<Moment> started, ended;
  bool completed = false;
  bool qualification = false;
};

struct Match {
  std::uint32_t number = 0;
  std::optional<Moment> proposed, accepted, declined;
  std::optional<Id> enterprise;
};

struct HeldRole {  // somebody's role for this person
  wire::RoleKind role{};
  wire::EmployerKind employer{};
  wire::YesNo chosen_by_citizen{};
  std::uint32_t assignment = 0;
  std::optional<StreamId> holder;  // the staff or enterprise
  Spell when;
  EventId began_because, ended_because;
};

// What the first enrolment said, as corrected; absent values are unspecified, 0 or none.
struct EntryRecord {
  wire::LabourStatus labour_status{};
  std::optional<Date> unemployed_since;
  wire::YesNo in_education{}, migrant_or_minority{}, disability{}, other_disadvantage{}, homeless{}, rural{};
  std::optional<std::uint8_t> isced, skill_level;
  wire::Gender gender{};
  int birth_year = 0;
  int municipality = 0;
  wire::Benefit benefit{};
  wire::Readiness readiness{};
  wire::Enrolled::Contract contract{};
  std::optional<std::int32_t> weekly_minutes, wanted_minutes;
  std::int64_t weight_millionths = 1'000'000;  // 1 where the record has none
  std::string case_number;
};

struct Participation {
  ProgrammeId programme;
  bool compared = false;        // a non-participant, followed for comparison
  std::optional<Moment> entry;  // first Enrolled (or Compared)
  std::optional<Moment> last_entry;
  std::optional<Moment> exit;  // last Left, if no entry follows it
  wire::Left::Reason exit_reason{};
  std::optional<Moment> completion;  // first Completed
  std::optional<Moment> screened, recruited;
  std::optional<Moment> last_contact;  // check-in, attendance, follow-up, plan …: what caseload counts from
  EntryRecord at_entry;
  std::vector<Course> courses;
  std::vector<Match> matches;
  std::vector<HeldRole> roles;
  std::vector<Moment> check_ins;
  std::vector<Moment> unreachable;  // follow-ups that did not reach
  int enrolments = 0;
};

// One person: what is theirs whatever the programme, and their participations in order of programme.
struct Person {
  Id id;  // of merged participants, the least
  std::vector<Participation> participations;
  std::vector<Work> work;  // by from, then to, then stream and number
  std::vector<ReportedHours> hours;
  std::vector<EducationSpell> education;
  std::vector<SearchSpell> searches;
  std::vector<Observation> observations;  // by from
  std::optional<Moment> died, emigrated;
  std::vector<Moment> consents_withdrawn;
  AsOf as_of;

  static Person fold(const History& history, const Context& context);
};

}  // namespace fodspor::projections
