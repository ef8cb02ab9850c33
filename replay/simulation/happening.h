// What happens in a simulated life, before it is written as an event: small values that are cheap to make again. Any thread.
//
// One struct a body of the vocabulary, with the fields that the simulation fills; `Facts` is any of them. Minutes and numbers of −1 are
// not said. telling.h writes them.
#pragma once

#include <array>
#include <cstdint>
#include <variant>

#include "events/course.capnp.h"
#include "events/enterprise.capnp.h"
#include "events/ids.h"
#include "events/intake.capnp.h"
#include "events/leaving.capnp.h"
#include "events/match.capnp.h"
#include "events/network.capnp.h"
#include "events/outcome.capnp.h"
#include "events/people.capnp.h"
#include "events/placement.capnp.h"
#include "events/plan.capnp.h"
#include "events/programme.capnp.h"
#include "events/terms.capnp.h"
#include "events/vocabulary.h"

namespace fodspor::replay::simulation {

using namespace fodspor::events;

struct ProgrammeRegistered {
  static constexpr EventType type = EventType::programme_registered;
};
struct Covered {
  static constexpr EventType type = EventType::covered;
  wire::Source source{};
  std::uint32_t from = 0, to = 0;
};

struct Screened {
  static constexpr EventType type = EventType::screened;
  wire::Screened::Result result{};
  wire::Benefit benefit{};
  wire::Readiness readiness{};
  wire::Screened::Need need{};
};
struct Recruited {
  static constexpr EventType type = EventType::recruited;
};
struct ConsentGiven {
  static constexpr EventType type = EventType::consent_given;
};
struct ConsentWithdrawn {
  static constexpr EventType type = EventType::consent_withdrawn;
};
struct Enrolled {
  static constexpr EventType type = EventType::enrolled;
  wire::LabourStatus labour_status{};
  std::uint32_t unemployed_since = 0;
  std::uint32_t case_number = 0;
  wire::YesNo in_education{}, migrant{}, disability{}, disadvantage{}, homeless{}, rural{};
  wire::Gender gender{};
  wire::Benefit benefit{};
  wire::Readiness readiness{};
  wire::Enrolled::Contract contract{};
  std::uint16_t birth_year = 0;
  std::uint16_t municipality = 0;
  std::int16_t weekly_minutes = -1, wanted_minutes = -1;
  std::int8_t isced = -1, skill_level = -1;
};
struct StatusObserved {
  static constexpr EventType type = EventType::status_observed;
  wire::LabourStatus status{};
  wire::Benefit benefit{};
  std::int32_t paid_minutes = -1;
};
struct Died {
  static constexpr EventType type = EventType::died;
};
struct Emigrated {
  static constexpr EventType type = EventType::emigrated;
};

struct PlanMade {
  static constexpr EventType type = EventType::plan_made;
  std::uint8_t goal = 0;
};
struct PlanRevised {
  static constexpr EventType type = EventType::plan_revised;
  std::uint8_t goal = 0;
};
struct ProgressMeasured {
  static constexpr EventType type = EventType::progress_measured;
  std::uint8_t score = 0;
  wire::ProgressMeasured::Respondent respondent{};
};
struct SupportGiven {
  static constexpr EventType type = EventType::support_given;
  wire::SupportGiven::Kind kind{};
};

struct CourseStarted {
  static constexpr EventType type = EventType::course_started;
  std::uint32_t course = 0;
  wire::CourseKind kind{};
};
struct CourseAttended {
  static constexpr EventType type = EventType::course_attended;
  std::uint32_t course = 0;
  std::int32_t minutes = -1;
  wire::YesNo present{};
};
struct CourseEnded {
  static constexpr EventType type = EventType::course_ended;
  std::uint32_t course = 0;
  wire::CourseKind kind{};
  wire::YesNo completed{}, qualification{};
};

struct EnterpriseRecruited {
  static constexpr EventType type = EventType::enterprise_recruited;
  std::uint32_t cvr = 0;
  wire::EnterpriseKind kind{};
  std::uint8_t industry = 0;
};
struct CommitmentGiven {
  static constexpr EventType type = EventType::commitment_given;
  std::uint8_t places = 0;
};
struct EnterpriseWithdrew {
  static constexpr EventType type = EventType::enterprise_withdrew;
};
struct OpeningOffered {
  static constexpr EventType type = EventType::opening_offered;
  wire::PlacementKind kind{};
  std::uint8_t places = 0;
  std::int32_t weekly_minutes = -1;
};

struct RoleTrained {
  static constexpr EventType type = EventType::role_trained;
  wire::RoleKind role{};
};
struct RoleAssigned {
  static constexpr EventType type = EventType::role_assigned;
  wire::RoleKind role{};
  wire::EmployerKind employer{};
  wire::YesNo chosen{};
  std::uint32_t assignment = 0;
};
struct RoleEnded {
  static constexpr EventType type = EventType::role_ended;
  wire::RoleKind role{};
  std::uint32_t assignment = 0;
};
struct MentorCheckedIn {
  static constexpr EventType type = EventType::mentor_checked_in;
  wire::MentorCheckedIn::Channel channel{};
  std::int8_t wellbeing = -1;
};

struct MatchProposed {
  static constexpr EventType type = EventType::match_proposed;
  std::uint32_t match = 0;
  wire::PlacementKind kind{};
};
struct MatchAccepted {
  static constexpr EventType type = EventType::match_accepted;
  std::uint32_t match = 0;
};
struct MatchDeclined {
  static constexpr EventType type = EventType::match_declined;
  std::uint32_t match = 0;
  wire::MatchDeclined::By by{};
};

struct PlacementStarted {
  static constexpr EventType type = EventType::placement_started;
  std::uint32_t placement = 0;
  wire::PlacementKind kind{};
  std::int32_t ordinary = -1, subsidised = -1, unpaid = -1;
};
struct HoursReported {
  static constexpr EventType type = EventType::hours_reported;
  std::uint32_t placement = 0, employment = 0;
  std::int32_t ordinary = -1, subsidised = -1, unpaid = -1;
};
struct PlacementEnded {
  static constexpr EventType type = EventType::placement_ended;
  std::uint32_t placement = 0;
  wire::PlacementEnded::Reason reason{};
  wire::YesNo completed{};
};

struct NetworkFormed {
  static constexpr EventType type = EventType::network_formed;
  wire::NetworkFormed::Kind kind{};
  std::uint32_t number = 0;
};
struct NetworkJoined {
  static constexpr EventType type = EventType::network_joined;
};
struct NetworkEventHeld {
  static constexpr EventType type = EventType::network_event_held;
  std::uint32_t gathering = 0;
};
struct NetworkEventAttended {
  static constexpr EventType type = EventType::network_event_attended;
  std::uint32_t gathering = 0;
};

struct Job {
  std::uint32_t employment = 0;
  wire::EmploymentKind kind{};
  wire::Job::Contract contract{};
  std::int32_t weekly_minutes = -1, wanted_minutes = -1;
  std::int8_t skill_level = -1;
};
struct EmploymentStarted {
  static constexpr EventType type = EventType::employment_started;
  Job job;
};
struct EmploymentChanged {
  static constexpr EventType type = EventType::employment_changed;
  Job job;
};
struct EmploymentEnded {
  static constexpr EventType type = EventType::employment_ended;
  std::uint32_t employment = 0;
};
struct EducationStarted {
  static constexpr EventType type = EventType::education_started;
  std::uint32_t education = 0;
  std::int8_t isced = -1;
};
struct EducationEnded {
  static constexpr EventType type = EventType::education_ended;
  std::uint32_t education = 0;
  wire::YesNo completed{};
};
struct JobSearchStarted {
  static constexpr EventType type = EventType::job_search_started;
};
struct JobSearchEnded {
  static constexpr EventType type = EventType::job_search_ended;
};

struct Completed {
  static constexpr EventType type = EventType::completed;
};
struct Left {
  static constexpr EventType type = EventType::left;
  wire::Left::Reason reason{};
};
struct AftercareGiven {
  static constexpr EventType type = EventType::aftercare_given;
  wire::AftercareGiven::Kind kind{};
};
struct FollowedUp {
  static constexpr EventType type = EventType::followed_up;
  wire::FollowedUp::Result result{};
  wire::LabourStatus status{};
  wire::EmploymentKind kind{};
  wire::YesNo in_education{};
  std::int32_t weekly_minutes = -1;
};
struct Referred {
  static constexpr EventType type = EventType::referred;
};
struct IdentityMerged {
  static constexpr EventType type = EventType::identity_merged;
};

using Facts = std::variant<ProgrammeRegistered, Covered, Screened, Recruited, ConsentGiven, ConsentWithdrawn, Enrolled, StatusObserved,
                           Died, Emigrated, PlanMade, PlanRevised, ProgressMeasured, SupportGiven, CourseStarted, CourseAttended,
                           CourseEnded, EnterpriseRecruited, CommitmentGiven, EnterpriseWithdrew, OpeningOffered, RoleTrained, RoleAssigned,
                           RoleEnded, MentorCheckedIn, MatchProposed, MatchAccepted, MatchDeclined, PlacementStarted, HoursReported,
                           PlacementEnded, NetworkFormed, NetworkJoined, NetworkEventHeld, NetworkEventAttended, EmploymentStarted,
                           EmploymentChanged, EmploymentEnded, EducationStarted, EducationEnded, JobSearchStarted, JobSearchEnded,
                           Completed, Left, AftercareGiven, FollowedUp, Referred, IdentityMerged>;

inline EventType type_of(const Facts& facts) noexcept {
  return std::visit([](const auto& f) { return f.type; }, facts);
}

// Somebody or something with a history of its own. Its number counts from 0 within its programme and kind.
struct Subject {
  std::uint32_t number = 0;
  std::uint8_t programme = 0;
  StreamKind kind{};
  auto operator<=>(const Subject&) const = default;
};

struct Named {  // a reference
  StreamId stream;
  wire::Role role{};
  bool superseded = false;
};

struct Happening {
  enum class Act : std::uint8_t { tell, correct, retract };

  std::int64_t recorded_us = 0;  // when it reaches the ledger
  Subject subject;
  std::uint16_t ordinal = 0;  // in its subject's life
  std::uint16_t about = 0;    // the ordinal of what it corrects or retracts
  std::uint8_t mentions = 0;  // how many later happenings correct or retract it
  Act act = Act::tell;
  wire::Source source{};
  std::uint8_t references = 0;
  StreamId stream;
  std::uint32_t from = 0, to = 0;  // as Date stores them; 0: none
  std::uint32_t registered = 0;    // the day on which the source system knew it, where that is told
  std::array<Named, 3> named{};
  Facts facts;

  void refer(wire::Role role, StreamId to_stream, bool superseded = false) {
    FODSPOR_CHECK(references < named.size());
    named[references++] = {to_stream, role, superseded};
  }
};

}  // namespace fodspor::replay::simulation
