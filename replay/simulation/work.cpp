// A participant's work: matches, placements with hours of several kinds at once, and employments.
#include <algorithm>

#include "replay/simulation/participant.h"

namespace fodspor::replay::simulation {

using Source = wire::Source;

void Participant::place() {
  bool social = life_.chance(outcome_ == Outcome::employed_social ? Rate{4, 5} : rates_.social_placement);
  const Date first = course_done_.plus_days(-static_cast<std::int64_t>(draw_.within(0, 14)));
  if (exit_ - first < 28) return;
  const bool two = social && life_.chance(rates_.stepping_stone) && exit_ - first > 100;
  const Date turn = two ? first.plus_days((exit_ - first) / 2) : exit_;
  const auto length = std::min<std::int32_t>(exit_ - first, static_cast<std::int32_t>(draw_.within(56, 140)));
  one_placement(social, first, two ? turn : first.plus_days(length));
  if (two) one_placement(false, turn.plus_days(draw_.within(0, 10)), exit_);
}

void Participant::one_placement(bool social, Date from, Date to) {
  if (to <= from) return;
  // Proposed up to eight days before it begins.
  const Subject enterprise = world_.enterprise_by(me_.programme, social, from.plus_days(-8), draw_);
  const auto kind = life_.chance(rates_.small_jobs) ? wire::PlacementKind::SMALL_JOB
                    : draw_.chance(5, 6)            ? wire::PlacementKind::VIRKSOMHEDSPRAKTIK
                                                    : wire::PlacementKind::LOENTILSKUD;
  match(enterprise, kind, from);
  const std::uint32_t number = first_number_ + placements_++;
  last_enterprise_ = world_.stream(enterprise);

  // Kalundborg's core: unpaid hours that shrink, ordinary or subsidised hours that grow, in one placement.
  const bool mixed = life_.chance(rates_.mixed_hours);
  PlacementStarted started{.placement = number, .kind = kind};
  const auto hours = [&](std::uint32_t least, std::uint32_t most) { return static_cast<std::int32_t>(draw_.within(least, most)) * 60; };
  started.unpaid = kind == wire::PlacementKind::VIRKSOMHEDSPRAKTIK ? hours(8, 20) : 0;
  started.subsidised = kind == wire::PlacementKind::LOENTILSKUD ? hours(10, 30) : -1;
  started.ordinary = kind == wire::PlacementKind::SMALL_JOB ? hours(3, 15) : mixed ? hours(1, 4) : -1;
  Happening& h = life_.tell({started, from});
  h.refer(wire::Role::ENTERPRISE, last_enterprise_);
  const std::uint16_t told = h.ordinal;
  if (draw_.chance(1, 60)) mistake_enterprise(told, social, from);
  if (life_.chance(rates_.buddy)) {
    life_
        .tell({RoleAssigned{
                   .role = wire::RoleKind::BUDDY, .employer = wire::EmployerKind::ENTERPRISE, .assignment = first_number_ + 10 + number},
               from.plus_days(draw_.within(0, 14)),
               {},
               Source::EMPLOYER})
        .refer(wire::Role::BUDDY, last_enterprise_);
  }

  std::int32_t months = 0;
  for (Date month = from; month < to && months < 4; ++months) {
    const Date end = std::min(month.plus_days(28), to);
    const std::int32_t days = end - month;
    HoursReported report{.placement = number};
    const auto over = [&](std::int32_t weekly) { return weekly < 0 ? -1 : weekly * days / 7; };
    report.ordinary = over(started.ordinary < 0 ? -1 : started.ordinary + (mixed ? months * 90 : 0));
    report.subsidised = over(mixed && months >= 2 && started.subsidised < 0 ? hours(3, 10) : started.subsidised);
    report.unpaid = over(std::max(0, started.unpaid - (mixed ? months * 180 : 0)));
    if (!draw_.chance(1, 12)) {
      life_.tell({report, month, end, draw_.chance(1, 2) ? Source::EMPLOYER : Source::STAFF})
          .refer(wire::Role::ENTERPRISE, last_enterprise_);
    }
    month = end;
  }
  const bool early = dropped() && to == exit_;
  life_
      .tell({PlacementEnded{.placement = number,
                            .reason = early ? wire::PlacementEnded::Reason::CITIZEN : wire::PlacementEnded::Reason::AS_PLANNED,
                            .completed = early ? wire::YesNo::NO : wire::YesNo::YES},
             to})
      .refer(wire::Role::ENTERPRISE, last_enterprise_);
}

void Participant::mistake_enterprise(std::uint16_t told, bool social, Date from) {
  const StreamId wrong = world_.stream(world_.enterprise_by(me_.programme, !social, from, draw_));
  if (wrong == last_enterprise_) return;
  auto& all = life_.happenings();
  Happening mended = all[told];
  all[told].named[0].stream = wrong;
  ++all[told].mentions;
  mended.act = Happening::Act::correct;
  mended.about = told;
  mended.mentions = 0;
  mended.ordinal = static_cast<std::uint16_t>(all.size());
  mended.registered = 0;
  mended.recorded_us += std::int64_t{draw_.within(2, 40)} * day_us;
  mended.refer(wire::Role::ENTERPRISE, wrong, true);
  all.push_back(mended);
}

void Participant::match(const Subject& enterprise, wire::PlacementKind kind, Date before) {
  const auto propose = [&](const StreamId& to, Date on) {
    const std::uint32_t number = first_number_ + matches_++;
    life_.tell({MatchProposed{.match = number, .kind = kind}, on}).refer(wire::Role::ENTERPRISE, to);
    return number;
  };
  if (life_.chance(rates_.match_declined)) {
    const Date on = before.plus_days(-14);
    const std::uint32_t number = propose(world_.stream(world_.enterprise_by(me_.programme, draw_.chance(1, 6), on, draw_)), on);
    life_.tell(
        {MatchDeclined{.match = number, .by = static_cast<wire::MatchDeclined::By>(draw_.within(1, 2))}, on.plus_days(draw_.within(1, 5))});
  }
  const std::uint32_t number = propose(world_.stream(enterprise), before.plus_days(-static_cast<std::int64_t>(draw_.within(4, 8))));
  life_.tell({MatchAccepted{.match = number}, before.plus_days(-static_cast<std::int64_t>(draw_.within(1, 3)))});
}

Job Participant::job() {
  Job j;
  j.employment = first_number_ + employments_++;
  j.kind = outcome_ == Outcome::self_employed  ? wire::EmploymentKind::SELF_EMPLOYED
           : life_.chance(rates_.ordinary_job) ? wire::EmploymentKind::ORDINARY
           : draw_.chance(1, 2)                ? wire::EmploymentKind::FLEX
           : draw_.chance(1, 2)                ? wire::EmploymentKind::SMALL_JOB
                                               : wire::EmploymentKind::WAGE_SUBSIDY;
  j.contract = draw_.chance(1, 3) ? wire::Job::Contract::PERMANENT : wire::Job::Contract::FIXED_TERM;
  j.weekly_minutes = static_cast<std::int32_t>(j.kind == wire::EmploymentKind::ORDINARY ? draw_.within(5, 37) : draw_.within(2, 20)) * 60;
  j.wanted_minutes = std::min(37 * 60, j.weekly_minutes + static_cast<std::int32_t>(draw_.below(12)) * 60);
  j.skill_level = static_cast<std::int8_t>(draw_.within(1, 2));
  return j;
}

Job Participant::employ(bool social, Date from, std::optional<Date> until) {
  const StreamId employer = world_.stream(world_.enterprise_by(me_.programme, social, from, draw_));
  Job j = job();
  const bool named = j.kind != wire::EmploymentKind::SELF_EMPLOYED;
  const auto with_employer = [&](Happening& h) {
    if (named) h.refer(wire::Role::ENTERPRISE, employer);
  };
  with_employer(life_.tell({EmploymentStarted{.job = j}, from, {}, draw_.chance(1, 3) ? Source::REGISTER : Source::STAFF}));
  const Date month_end = from.plus_days(28);
  if (draw_.chance(1, 2) && (!until || month_end <= *until)) {
    HoursReported report{.employment = j.employment};
    (j.kind == wire::EmploymentKind::WAGE_SUBSIDY ? report.subsidised : report.ordinary) = j.weekly_minutes * 4;
    with_employer(life_.tell({report, from, month_end, Source::EMPLOYER}));
  }
  if (life_.chance(rates_.hours_raised) && j.weekly_minutes + 300 <= 37 * 60) {
    const Date raised = from.plus_days(draw_.within(40, 120));
    if (!until || raised < *until) {
      Job more = j;
      more.weekly_minutes += 300;
      more.wanted_minutes = std::max(more.wanted_minutes, more.weekly_minutes);
      with_employer(life_.tell({EmploymentChanged{.job = more}, raised}));
    }
  }
  if (until) with_employer(life_.tell({EmploymentEnded{.employment = j.employment}, *until}));
  return j;
}

void Participant::outcome() {
  if (employed()) {
    const bool social = outcome_ == Outcome::employed_social;
    const bool early = life_.chance(rates_.job_before_exit) && exit_ - enrolled_ > 60;
    const Date from = early ? exit_.plus_days(-static_cast<std::int64_t>(draw_.within(1, 40))) : exit_.plus_days(draw_.within(0, 21));
    retained_ = life_.chance(rates_.retained);
    if (retained_ && life_.chance(rates_.changed_employer)) {
      const Date until = exit_.plus_days(draw_.within(45, 150));
      employ(social, from, until);
      const Date next = until.plus_days(draw_.within(0, 25));
      last_job_ = employ(social && draw_.chance(1, 3), next, {});
    } else {
      std::optional<Date> until;
      if (!retained_) until = exit_.plus_days(draw_.within(35, 175));
      last_job_ = employ(social, from, until);
    }
    if (life_.chance(rates_.second_job)) {
      const Date second_from = from.plus_days(draw_.within(0, 30));
      const Date second_until = exit_.plus_days(draw_.within(60, 250));
      employ(draw_.chance(1, 6), second_from, second_until);
    }
  } else if (outcome_ == Outcome::education) {
    const std::uint32_t number = first_number_;
    const Date from = exit_.plus_days(draw_.within(0, 20));
    life_.tell({EducationStarted{.education = number, .isced = static_cast<std::int8_t>(draw_.within(2, 4))}, from, {}, Source::REGISTER});
    if (draw_.chance(1, 4)) {
      life_.tell(
          {EducationEnded{.education = number, .completed = wire::YesNo::NO}, from.plus_days(draw_.within(60, 200)), {}, Source::REGISTER});
    }
  } else if (outcome_ == Outcome::seeking) {
    life_.tell({JobSearchStarted{}, exit_.plus_days(draw_.within(0, 14)), {}, Source::SELF});
  }
  if (!employed() && outcome_ != Outcome::education && life_.chance(rates_.found_later)) {
    const Date found = exit_.plus_days(draw_.within(40, 170));
    if (outcome_ == Outcome::seeking) life_.tell({JobSearchEnded{}, found, {}, Source::SELF});
    last_job_ = employ(draw_.chance(1, 10), found, {});
    retained_ = true;
  }
}

}  // namespace fodspor::replay::simulation
