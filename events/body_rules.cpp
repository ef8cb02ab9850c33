#include "events/body_rules.h"

#include <algorithm>
#include <string>

#include "events/course.capnp.h"
#include "events/enterprise.capnp.h"
#include "events/intake.capnp.h"
#include "events/leaving.capnp.h"
#include "events/limits.h"
#include "events/outcome.capnp.h"
#include "events/people.capnp.h"
#include "events/placement.capnp.h"
#include "events/programme.capnp.h"

namespace fodspor::events {

namespace {

using Text = std::string;

constexpr std::uint64_t minutes_a_day = 24 * 60;

tl::unexpected<Failure> refuse(std::string_view field, std::string_view why) {
  return fail(Fault::invalid, Text(field) + ": " + Text(why));
}

// A number stored with 1 added: absent is fine.
Status within(std::string_view field, std::uint64_t plus_one, std::uint64_t least, std::uint64_t most, std::string_view what) {
  if (plus_one == 0) return {};
  const std::uint64_t value = plus_one - 1;
  if (value >= least && value <= most) return {};
  return refuse(field,
                std::to_string(value) + " is not " + Text(what) + " (" + std::to_string(least) + " to " + std::to_string(most) + ")");
}

// A number stored as it is: 0 is absent.
Status within_plain(std::string_view field, std::uint64_t value, std::uint64_t least, std::uint64_t most, std::string_view what) {
  return value == 0 ? Status() : within(field, value + 1, least, most, what);
}

Status isced(std::string_view field, std::uint64_t plus_one) {
  return within(field, plus_one, 0, 8, "an ISCED level");
}
Status skill(std::string_view field, std::uint64_t plus_one) {
  return within(field, plus_one, 1, 4, "an ISCO-08 skill level");
}
Status birth_year(std::uint64_t year) {
  return within_plain("birth_year", year, 1900, 2100, "a year of birth");
}
Status weekly(std::string_view field, std::uint64_t plus_one) {
  return within(field, plus_one, 0, limits::minutes_a_week_max, "minutes that a week can hold");
}

std::uint64_t said(std::uint64_t plus_one) {
  return plus_one == 0 ? 0 : plus_one - 1;
}

Status check(wire::Enrolled::Reader body, const Validity& valid, StreamKind) {
  FODSPOR_DO(isced("isced", body.getIsced()));
  FODSPOR_DO(birth_year(body.getBirthYear()));
  FODSPOR_DO(within_plain("municipality", body.getMunicipality(), 101, 860, "a Danish municipality's code"));
  FODSPOR_DO(weekly("weekly_minutes", body.getWeeklyMinutes()));
  FODSPOR_DO(weekly("wanted_minutes", body.getWantedMinutes()));
  FODSPOR_DO(skill("skill_level", body.getSkillLevel()));
  const auto since = Date::stored(body.getUnemployedSince());
  if (since && valid.from && *since > *valid.from) {
    return refuse("unemployed_since", since->text() + " is after the enrolment itself, " + valid.from->text());
  }
  return {};
}

Status check(wire::Compared::Reader body, const Validity&, StreamKind) {
  return birth_year(body.getBirthYear());
}

// Minutes of a period, which the envelope's days must delimit.
Status of_period(std::string_view field, std::uint64_t minutes, const Validity& valid) {
  if (!valid.from || !valid.to) return refuse("valid_to", "it is missing: minutes are of a period, from valid_from and up to this day");
  const auto days = static_cast<std::uint64_t>(std::max(0, *valid.to - *valid.from));
  if (minutes <= days * minutes_a_day) return {};
  return refuse(field, std::to_string(minutes) + " minutes do not fit into " + std::to_string(days) + (days == 1 ? " day" : " days") +
                           ": a week has at most 168 hours");
}

Status check(wire::StatusObserved::Reader body, const Validity& valid, StreamKind) {
  const bool paid = body.getPaidMinutes() != 0;
  if (body.getStatus() == wire::LabourStatus::UNSPECIFIED && body.getBenefit() == wire::Benefit::UNSPECIFIED && !paid && !body.hasCode()) {
    return refuse("status", "nothing was observed: one of status, benefit, paid_minutes and code is needed");
  }
  return paid ? of_period("paid_minutes", said(body.getPaidMinutes()), valid) : Status();
}

Status check(wire::CourseAttended::Reader body, const Validity& valid, StreamKind) {
  if (body.getMinutes() == 0) return {};
  // Without a last day it is about one day.
  const Validity period{valid.from, valid.to ? valid.to : valid.from ? std::optional(valid.from->plus_days(1)) : std::nullopt};
  return of_period("minutes", said(body.getMinutes()), period);
}

Status check(wire::PlacementStarted::Reader body, const Validity&, StreamKind) {
  FODSPOR_DO(weekly("ordinary_minutes", body.getOrdinaryMinutes()));
  FODSPOR_DO(weekly("subsidised_minutes", body.getSubsidisedMinutes()));
  FODSPOR_DO(weekly("unpaid_minutes", body.getUnpaidMinutes()));
  const std::uint64_t sum = said(body.getOrdinaryMinutes()) + said(body.getSubsidisedMinutes()) + said(body.getUnpaidMinutes());
  return weekly("ordinary_minutes, subsidised_minutes and unpaid_minutes together", sum + 1);
}

Status check(wire::HoursReported::Reader body, const Validity& valid, StreamKind) {
  if ((body.getPlacement() == 0) == (body.getEmployment() == 0)) {
    return refuse("placement", "hours are of a placement or of an employment: exactly one of the two is given");
  }
  if (body.getOrdinaryMinutes() == 0 && body.getSubsidisedMinutes() == 0 && body.getUnpaidMinutes() == 0) {
    return refuse("ordinary_minutes", "no hours are reported: one of ordinary_minutes, subsidised_minutes and unpaid_minutes is needed");
  }
  const std::uint64_t sum = said(body.getOrdinaryMinutes()) + said(body.getSubsidisedMinutes()) + said(body.getUnpaidMinutes());
  return of_period("ordinary_minutes, subsidised_minutes and unpaid_minutes together", sum, valid);
}

Status check(wire::EnterpriseRecruited::Reader body, const Validity&, StreamKind) {
  // No test by modulus 11: a number that the register gave is right whatever its digits add up to.
  FODSPOR_DO(within_plain("cvr", body.getCvr(), 10'000'000, 99'999'999, "a CVR number of 8 digits"));
  return within_plain("p_number", body.getPNumber(), 1'000'000'000, 9'999'999'999, "a P-number of 10 digits");
}

Status check(wire::OpeningOffered::Reader body, const Validity&, StreamKind) {
  return weekly("weekly_minutes", body.getWeeklyMinutes());
}

Status check_role(wire::RoleKind role, StreamKind stream) {
  if (role == wire::RoleKind::AMBASSADOR_ENTERPRISE && stream != StreamKind::enterprise) {
    return refuse("role", "an enterprise as ambassador stands in that enterprise's stream; a person's role is ambassador_person");
  }
  return {};
}
Status check(wire::RoleTrained::Reader body, const Validity&, StreamKind stream) {
  return check_role(body.getRole(), stream);
}
Status check(wire::RoleAssigned::Reader body, const Validity&, StreamKind stream) {
  return check_role(body.getRole(), stream);
}
Status check(wire::RoleEnded::Reader body, const Validity&, StreamKind stream) {
  return check_role(body.getRole(), stream);
}

Status check(wire::MentorCheckedIn::Reader body, const Validity&, StreamKind) {
  return within("wellbeing", body.getWellbeing(), 0, 10, "a score of well-being");
}

Status check_job(wire::Job::Reader job) {
  FODSPOR_DO(weekly("job.weekly_minutes", job.getWeeklyMinutes()));
  FODSPOR_DO(weekly("job.wanted_minutes", job.getWantedMinutes()));
  return skill("job.skill_level", job.getSkillLevel());
}
Status check(wire::EmploymentStarted::Reader body, const Validity&, StreamKind) {
  return check_job(body.getJob());
}
Status check(wire::EmploymentChanged::Reader body, const Validity&, StreamKind) {
  return check_job(body.getJob());
}
Status check(wire::EducationStarted::Reader body, const Validity&, StreamKind) {
  return isced("isced", body.getIsced());
}

Status check(wire::FollowedUp::Reader body, const Validity&, StreamKind) {
  if (body.getResult() != wire::FollowedUp::Result::REACHED &&
      (body.getStatus() != wire::LabourStatus::UNSPECIFIED || body.getWeeklyMinutes() != 0)) {
    return refuse("status", "nothing is known of someone who was not reached: leave status and weekly_minutes out, or say \"reached\"");
  }
  return weekly("weekly_minutes", body.getWeeklyMinutes());
}

Status check_frame(wire::ProgrammeFrame::Reader frame) {
  const auto starts = Date::stored(frame.getStarts()), ends = Date::stored(frame.getEnds());
  if (starts && ends && *ends < *starts) {
    return refuse("frame.ends", "the last day, " + ends->text() + ", is before the first, " + starts->text());
  }
  if (frame.hasZone()) {
    const auto zone = frame.getZone();
    if (auto known = end_of_day(starts.value_or(Date()), {zone.begin(), zone.size()}); !known) {
      return tl::make_unexpected(at("frame.zone", std::move(known).error()));
    }
  }
  return {};
}
Status check(wire::ProgrammeRegistered::Reader body, const Validity&, StreamKind) {
  return check_frame(body.getFrame());
}
Status check(wire::ProgrammeAmended::Reader body, const Validity&, StreamKind) {
  return check_frame(body.getFrame());
}

Status check(wire::TargetPinned::Reader body, const Validity&, StreamKind) {
  constexpr std::uint64_t one = 1'000'000;
  if (body.getShare() && body.getValue() > one) return refuse("value", "a share is at most 1; a count of persons has share false");
  if (!body.getShare() && body.getValue() % one != 0) return refuse("value", "a count of persons is whole; a share has share true");
  if (body.getTolerance() != 0 && body.getComparator() != wire::TargetPinned::Comparator::ABOUT) {
    return refuse("tolerance", "only \"about\" has a tolerance");
  }
  return {};
}

Status check(wire::ReportSubmitted::Reader body, const Validity&, StreamKind) {
  if (body.getPeriodTo() >= body.getPeriodFrom()) return {};
  return refuse("period_to", "the period ends before it begins");
}

Status check(wire::Covered::Reader body, const Validity&, StreamKind) {
  if (body.getTo() != 0 && body.getTo() <= body.getFrom())
    return refuse("to", "it is not after \"from\": the days covered are from the one up to the other");
  if (body.getFacts().size() == 0) return refuse("facts", "it is missing: coverage is of some facts");
  return {};
}

template <class Body>
Status check_as(capnp::AnyPointer::Reader body, const Validity& valid, StreamKind stream) {
  return check(body.getAs<Body>(), valid, stream);
}

}  // namespace

Status check_body(EventType type, capnp::AnyPointer::Reader body, const Validity& valid, StreamKind stream) {
  switch (type) {
    case EventType::programme_registered:
      return check_as<wire::ProgrammeRegistered>(body, valid, stream);
    case EventType::programme_amended:
      return check_as<wire::ProgrammeAmended>(body, valid, stream);
    case EventType::target_pinned:
      return check_as<wire::TargetPinned>(body, valid, stream);
    case EventType::report_submitted:
      return check_as<wire::ReportSubmitted>(body, valid, stream);
    case EventType::covered:
      return check_as<wire::Covered>(body, valid, stream);
    case EventType::enrolled:
      return check_as<wire::Enrolled>(body, valid, stream);
    case EventType::compared:
      return check_as<wire::Compared>(body, valid, stream);
    case EventType::status_observed:
      return check_as<wire::StatusObserved>(body, valid, stream);
    case EventType::course_attended:
      return check_as<wire::CourseAttended>(body, valid, stream);
    case EventType::enterprise_recruited:
      return check_as<wire::EnterpriseRecruited>(body, valid, stream);
    case EventType::opening_offered:
      return check_as<wire::OpeningOffered>(body, valid, stream);
    case EventType::role_trained:
      return check_as<wire::RoleTrained>(body, valid, stream);
    case EventType::role_assigned:
      return check_as<wire::RoleAssigned>(body, valid, stream);
    case EventType::role_ended:
      return check_as<wire::RoleEnded>(body, valid, stream);
    case EventType::mentor_checked_in:
      return check_as<wire::MentorCheckedIn>(body, valid, stream);
    case EventType::placement_started:
      return check_as<wire::PlacementStarted>(body, valid, stream);
    case EventType::hours_reported:
      return check_as<wire::HoursReported>(body, valid, stream);
    case EventType::employment_started:
      return check_as<wire::EmploymentStarted>(body, valid, stream);
    case EventType::employment_changed:
      return check_as<wire::EmploymentChanged>(body, valid, stream);
    case EventType::education_started:
      return check_as<wire::EducationStarted>(body, valid, stream);
    case EventType::followed_up:
      return check_as<wire::FollowedUp>(body, valid, stream);
    default:
      return {};  // the schema says all there is to say
  }
}

}  // namespace fodspor::events
