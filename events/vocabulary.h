// The event types: their numbers, which never change, their names, where each may stand, and the schema of its body.
#pragma once

#include <capnp/schema.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "events/ids.h"

namespace fodspor::events {

// Numbered by group, in hundreds; a number is never given again.
enum class EventType : std::uint16_t {
  unspecified = 0,
  // programme
  programme_registered = 101,
  programme_amended,
  funding_granted,
  portfolio_joined,
  portfolio_left,
  definition_approved,
  target_pinned,
  code_list_adopted,
  milestone_reached,
  report_submitted,
  covered,
  // intake
  citizen_identified = 201,
  screened,
  recruited,
  consent_given,
  consent_withdrawn,
  enrolled,
  compared,
  status_observed,
  died,
  emigrated,
  // plan
  plan_made = 301,
  plan_revised,
  progress_measured,
  support_given,
  // course
  course_started = 401,
  course_attended,
  course_ended,
  // enterprise
  enterprise_recruited = 501,
  commitment_given,
  enterprise_withdrew,
  opening_offered,
  // people
  role_trained = 601,
  role_assigned,
  role_ended,
  mentor_checked_in,
  // match
  match_proposed = 701,
  match_accepted,
  match_declined,
  // placement
  placement_started = 801,
  hours_reported,
  placement_ended,
  // network
  network_formed = 901,
  network_joined,
  network_event_held,
  network_event_attended,
  // outcome
  employment_started = 1001,
  employment_changed,
  employment_ended,
  education_started,
  education_ended,
  job_search_started,
  job_search_ended,
  // leaving
  completed = 1101,
  left,
  aftercare_given,
  followed_up,
  referred,
  // control
  corrected = 1201,
  retracted,
  identity_merged,
  erased,
  retired,
  projection_skipped,
  key_committed,
  heads_committed,
  other_log_root,
};

struct TypeInfo {
  EventType type;
  std::string_view name;   // "CourseEnded"
  std::string_view group;  // "course"
  // The kinds of stream it may stand in, as a bit set of 1 << StreamKind.
  std::uint16_t streams;
  bool critical;  // whether our own writer marks it so: a reader that does not know it must stop
  bool needs_programme;
  bool needs_date;  // valid from must be given
  capnp::StructSchema schema;
  std::uint64_t schema_id;  // asking the schema for it costs a walk through its description
  bool may_stand_in(StreamKind kind) const noexcept { return (streams >> static_cast<unsigned>(kind) & 1u) != 0; }
};

std::span<const TypeInfo> all_types();
const TypeInfo* find_type(EventType type) noexcept;  // nullptr: unknown here, from a newer writer
const TypeInfo* find_type(std::string_view name) noexcept;
std::string_view name(EventType type) noexcept;  // "unknown" if it is not known here
std::string a(std::string_view noun);            // for messages: "a CourseEnded", "an Enrolled"

}  // namespace fodspor::events
