#include "events/vocabulary.h"

#include <algorithm>
#include <array>

#include "events/control.capnp.h"
#include "events/course.capnp.h"
#include "events/enterprise.capnp.h"
#include "events/intake.capnp.h"
#include "events/leaving.capnp.h"
#include "events/match.capnp.h"
#include "events/network.capnp.h"
#include "events/outcome.capnp.h"
#include "events/people.capnp.h"
#include "events/placement.capnp.h"
#include "events/plan.capnp.h"
#include "events/programme.capnp.h"

namespace fodspor::events {

namespace {

constexpr std::uint16_t in(StreamKind kind) {
  return static_cast<std::uint16_t>(1u << static_cast<unsigned>(kind));
}

constexpr std::uint16_t participant = in(StreamKind::participant);
constexpr std::uint16_t enterprise = in(StreamKind::enterprise);
constexpr std::uint16_t staff = in(StreamKind::staff);
constexpr std::uint16_t network = in(StreamKind::network);
constexpr std::uint16_t programme = in(StreamKind::programme);
constexpr std::uint16_t portfolio = in(StreamKind::portfolio);
constexpr std::uint16_t ledger = in(StreamKind::ledger);
constexpr std::uint16_t anywhere = participant | enterprise | staff | network | programme | portfolio | ledger;

// What stands in a portfolio's or the ledger's stream is of no programme, whatever needs_programme says: rules.cpp.
enum : bool { of_none = false, of_programme = true };
enum : bool { undated = false, dated = true };
enum : bool { plain = false, critical = true };

template <class Body>
TypeInfo type(EventType number, std::string_view name, std::string_view group, unsigned streams, bool needs_programme, bool needs_date,
              bool is_critical = plain) {
  return {number,
          name,
          group,
          static_cast<std::uint16_t>(streams),
          is_critical,
          needs_programme,
          needs_date,
          capnp::Schema::from<Body>(),
          capnp::typeId<Body>()};
}

// Critical are those that change what other events say: to ignore one would be to answer with facts that no longer hold.
#define FODSPOR_TYPE(number, Name, group, ...) type<wire::Name>(EventType::number, #Name, group, __VA_ARGS__)

const auto& table() {
  static const auto types = std::to_array<TypeInfo>({
      FODSPOR_TYPE(programme_registered, ProgrammeRegistered, "programme", programme | portfolio, of_programme, dated),
      FODSPOR_TYPE(programme_amended, ProgrammeAmended, "programme", programme | portfolio, of_programme, dated),
      FODSPOR_TYPE(funding_granted, FundingGranted, "programme", programme | portfolio, of_programme, dated),
      FODSPOR_TYPE(portfolio_joined, PortfolioJoined, "programme", programme, of_programme, dated),
      FODSPOR_TYPE(portfolio_left, PortfolioLeft, "programme", programme, of_programme, dated),
      FODSPOR_TYPE(definition_approved, DefinitionApproved, "programme", programme | portfolio | ledger, of_programme, undated),
      FODSPOR_TYPE(target_pinned, TargetPinned, "programme", programme | portfolio, of_programme, dated),
      FODSPOR_TYPE(code_list_adopted, CodeListAdopted, "programme", programme | portfolio, of_programme, dated),
      FODSPOR_TYPE(milestone_reached, MilestoneReached, "programme", programme | portfolio, of_programme, dated),
      FODSPOR_TYPE(report_submitted, ReportSubmitted, "programme", programme | portfolio, of_programme, undated),
      FODSPOR_TYPE(covered, Covered, "programme", programme, of_programme, undated),

      FODSPOR_TYPE(citizen_identified, CitizenIdentified, "intake", participant, of_none, undated),
      FODSPOR_TYPE(screened, Screened, "intake", participant, of_programme, dated),
      FODSPOR_TYPE(recruited, Recruited, "intake", participant, of_programme, dated),
      FODSPOR_TYPE(consent_given, ConsentGiven, "intake", participant, of_none, dated),
      FODSPOR_TYPE(consent_withdrawn, ConsentWithdrawn, "intake", participant, of_none, dated),
      FODSPOR_TYPE(enrolled, Enrolled, "intake", participant, of_programme, dated),
      FODSPOR_TYPE(compared, Compared, "intake", participant, of_programme, dated),
      FODSPOR_TYPE(status_observed, StatusObserved, "intake", participant, of_none, dated),
      FODSPOR_TYPE(died, Died, "intake", participant, of_none, dated),
      FODSPOR_TYPE(emigrated, Emigrated, "intake", participant, of_none, dated),

      FODSPOR_TYPE(plan_made, PlanMade, "plan", participant, of_programme, dated),
      FODSPOR_TYPE(plan_revised, PlanRevised, "plan", participant, of_programme, dated),
      FODSPOR_TYPE(progress_measured, ProgressMeasured, "plan", participant, of_programme, dated),
      FODSPOR_TYPE(support_given, SupportGiven, "plan", participant, of_programme, dated),

      FODSPOR_TYPE(course_started, CourseStarted, "course", participant, of_programme, dated),
      FODSPOR_TYPE(course_attended, CourseAttended, "course", participant, of_programme, dated),
      FODSPOR_TYPE(course_ended, CourseEnded, "course", participant, of_programme, dated),

      FODSPOR_TYPE(enterprise_recruited, EnterpriseRecruited, "enterprise", enterprise, of_programme, dated),
      FODSPOR_TYPE(commitment_given, CommitmentGiven, "enterprise", enterprise, of_programme, dated),
      FODSPOR_TYPE(enterprise_withdrew, EnterpriseWithdrew, "enterprise", enterprise, of_programme, dated),
      FODSPOR_TYPE(opening_offered, OpeningOffered, "enterprise", enterprise, of_programme, dated),

      FODSPOR_TYPE(role_trained, RoleTrained, "people", participant | enterprise | staff, of_programme, dated),
      FODSPOR_TYPE(role_assigned, RoleAssigned, "people", participant | enterprise | staff, of_programme, dated),
      FODSPOR_TYPE(role_ended, RoleEnded, "people", participant | enterprise | staff, of_programme, dated),
      FODSPOR_TYPE(mentor_checked_in, MentorCheckedIn, "people", participant, of_programme, dated),

      FODSPOR_TYPE(match_proposed, MatchProposed, "match", participant, of_programme, dated),
      FODSPOR_TYPE(match_accepted, MatchAccepted, "match", participant, of_programme, dated),
      FODSPOR_TYPE(match_declined, MatchDeclined, "match", participant, of_programme, dated),

      FODSPOR_TYPE(placement_started, PlacementStarted, "placement", participant, of_programme, dated),
      FODSPOR_TYPE(hours_reported, HoursReported, "placement", participant, of_none, dated),
      FODSPOR_TYPE(placement_ended, PlacementEnded, "placement", participant, of_programme, dated),

      FODSPOR_TYPE(network_formed, NetworkFormed, "network", network, of_programme, dated),
      FODSPOR_TYPE(network_joined, NetworkJoined, "network", network, of_programme, dated),
      FODSPOR_TYPE(network_event_held, NetworkEventHeld, "network", network, of_programme, dated),
      FODSPOR_TYPE(network_event_attended, NetworkEventAttended, "network", network, of_programme, dated),

      FODSPOR_TYPE(employment_started, EmploymentStarted, "outcome", participant, of_none, dated),
      FODSPOR_TYPE(employment_changed, EmploymentChanged, "outcome", participant, of_none, dated),
      FODSPOR_TYPE(employment_ended, EmploymentEnded, "outcome", participant, of_none, dated),
      FODSPOR_TYPE(education_started, EducationStarted, "outcome", participant, of_none, dated),
      FODSPOR_TYPE(education_ended, EducationEnded, "outcome", participant, of_none, dated),
      FODSPOR_TYPE(job_search_started, JobSearchStarted, "outcome", participant, of_none, dated),
      FODSPOR_TYPE(job_search_ended, JobSearchEnded, "outcome", participant, of_none, dated),

      FODSPOR_TYPE(completed, Completed, "leaving", participant, of_programme, dated),
      FODSPOR_TYPE(left, Left, "leaving", participant, of_programme, dated),
      FODSPOR_TYPE(aftercare_given, AftercareGiven, "leaving", participant, of_programme, dated),
      FODSPOR_TYPE(followed_up, FollowedUp, "leaving", participant, of_programme, dated),
      FODSPOR_TYPE(referred, Referred, "leaving", participant, of_programme, dated),

      FODSPOR_TYPE(corrected, Corrected, "control", anywhere, of_none, undated, critical),
      FODSPOR_TYPE(retracted, Retracted, "control", anywhere, of_none, undated, critical),
      FODSPOR_TYPE(identity_merged, IdentityMerged, "control", participant, of_none, undated, critical),
      FODSPOR_TYPE(erased, Erased, "control", participant, of_none, undated, critical),
      FODSPOR_TYPE(retired, Retired, "control", programme, of_programme, undated, critical),
      FODSPOR_TYPE(projection_skipped, ProjectionSkipped, "control", ledger, of_none, undated, critical),
      FODSPOR_TYPE(key_committed, KeyCommitted, "control", participant, of_none, undated),
      FODSPOR_TYPE(heads_committed, HeadsCommitted, "control", ledger, of_none, undated),
      FODSPOR_TYPE(other_log_root, OtherLogRoot, "control", ledger, of_none, undated),
  });
  return types;
}

#undef FODSPOR_TYPE

// The types' places in the table, by group (the hundreds) and number in it: a lookup for each event that is decoded.
constexpr std::size_t groups = 13;
constexpr std::size_t a_group = 16;

const auto& places() {
  static const auto index = [] {
    std::array<std::uint8_t, groups * a_group> result{};
    for (std::size_t i = 0; i < table().size(); ++i) {
      const auto number = static_cast<std::size_t>(table()[i].type);
      FODSPOR_CHECK(number / 100 < groups && number % 100 < a_group);
      result[number / 100 * a_group + number % 100] = static_cast<std::uint8_t>(i + 1);
    }
    return result;
  }();
  return index;
}

}  // namespace

std::span<const TypeInfo> all_types() {
  return table();
}

const TypeInfo* find_type(EventType type) noexcept {
  const auto number = static_cast<std::size_t>(type);
  if (number / 100 >= groups || number % 100 >= a_group) return nullptr;
  const std::uint8_t place = places()[number / 100 * a_group + number % 100];
  return place == 0 ? nullptr : &table()[place - 1u];
}

const TypeInfo* find_type(std::string_view name) noexcept {
  const auto found = std::find_if(table().begin(), table().end(), [&](const TypeInfo& info) { return info.name == name; });
  return found == table().end() ? nullptr : &*found;
}

std::string_view name(EventType type) noexcept {
  const TypeInfo* info = find_type(type);
  return info ? info->name : "unknown";
}

std::string a(std::string_view noun) {
  const bool vowel = !noun.empty() && std::string_view("AEIOUaeiou").find(noun.front()) != std::string_view::npos;
  return std::string(vowel ? "an " : "a ").append(noun);
}

}  // namespace fodspor::events
