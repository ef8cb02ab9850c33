#include "replay/simulation/participant.h"

#include <algorithm>
#include <string>

namespace fodspor::replay::simulation {
namespace {

using Source = wire::Source;

constexpr std::uint32_t registered_elsewhere_every = 5;  // so that no two programmes share a person by accident
constexpr std::uint32_t numbers_a_programme = 1'000;     // matches, courses … of one person in several programmes

}  // namespace

Participant::Participant(Life& life)
    : life_(life),
      world_(life.world()),
      rates_(life.rates()),
      me_(life.subject()),
      draw_(life.draw()),
      first_number_(me_.programme * numbers_a_programme + 1),
      outcome_(decide()) {
  screened_ = world_.arrival(me_);
  enrolled_ = screened_.plus_days(draw_.within(7, 21));
  const auto planned = static_cast<std::int32_t>(draw_.within(rates_.days_in));
  // Who drops out goes after a tenth to two thirds of the time.
  const std::int32_t stayed = dropped() ? planned * static_cast<std::int32_t>(draw_.within(10, 66)) / 100 : planned;
  exit_ = enrolled_.plus_days(std::max(stayed, 21));
}

void Participant::live() {
  if (me_.programme > 0 && life_.chance(rates_.was_elsewhere)) come_from_elsewhere();
  intake();
  plan();
  courses();
  if (life_.chance(rates_.placed)) place();
  check_ins();
  outcome();
  leave();
  afterwards();
  if ((outcome_ == Outcome::none || dropped() || outcome_ == Outcome::seeking) && life_.chance(rates_.re_entered)) come_back();
  if (life_.chance(rates_.merged)) register_twice();
  if (life_.chance(rates_.consent_withdrawn)) life_.tell({ConsentWithdrawn{}, exit_.plus_days(draw_.within(1, 60))});
  if (life_.chance(rates_.died)) {
    life_.tell({Died{}, exit_.plus_days(draw_.within(100, 300)), {}, Source::REGISTER});
  } else if (life_.chance(rates_.emigrated)) {
    life_.tell({Emigrated{}, exit_.plus_days(draw_.within(60, 300)), {}, Source::REGISTER});
  }
  life_.make_mistakes();
}

bool Participant::dropped() const {
  return outcome_ == Outcome::dropped_out;
}

bool Participant::employed() const {
  return outcome_ == Outcome::employed_social || outcome_ == Outcome::employed_commercial || outcome_ == Outcome::self_employed;
}

Outcome Participant::decide() {
  const std::uint64_t thrown = draw_.next() >> 32;
  std::uint64_t bound = 0;
  const auto falls = [&](Rate rate) {
    bound += (std::uint64_t{rate.of} << 32) / rate.in;
    return thrown < bound;
  };
  if (falls(rates_.employed_social)) return Outcome::employed_social;
  if (falls(rates_.employed_commercial)) return Outcome::employed_commercial;
  if (falls(rates_.self_employed)) return Outcome::self_employed;
  if (falls(rates_.in_education)) return Outcome::education;
  if (falls(rates_.seeking)) return Outcome::seeking;
  if (falls(rates_.dropped_out)) return Outcome::dropped_out;
  return Outcome::none;
}

void Participant::come_from_elsewhere() {
  const std::uint32_t number = me_.number * registered_elsewhere_every + me_.programme;
  if (number < world_.size(0).participants / 2) life_.goes_by(world_.stream({number, 0, StreamKind::participant}));
}

void Participant::intake() {
  constexpr wire::Benefit benefits[] = {wire::Benefit::KONTANTHJAELP_ACTIVITY_READY,
                                        wire::Benefit::KONTANTHJAELP_JOB_READY,
                                        wire::Benefit::RESSOURCEFORLOEB,
                                        wire::Benefit::UDDANNELSESHJAELP_ACTIVITY_READY,
                                        wire::Benefit::SYGEDAGPENGE,
                                        wire::Benefit::JOBAFKLARING,
                                        wire::Benefit::DAGPENGE};
  const bool young = life_.chance(rates_.under_25);
  benefit_ = young ? wire::Benefit::UDDANNELSESHJAELP_ACTIVITY_READY : draw_.among(benefits);
  const auto readiness = benefit_ == wire::Benefit::KONTANTHJAELP_JOB_READY || benefit_ == wire::Benefit::DAGPENGE
                             ? wire::Readiness::JOB_READY
                             : wire::Readiness::ACTIVITY_READY;
  life_.tell({Screened{.result = wire::Screened::Result::SUITABLE,
                       .benefit = benefit_,
                       .readiness = readiness,
                       .need = static_cast<wire::Screened::Need>(draw_.below(9))},
              screened_});
  life_.tell({Recruited{}, screened_.plus_days(draw_.within(1, 6))});
  life_.tell({ConsentGiven{}, enrolled_, {}, Source::SELF});

  Enrolled& e = entry_;
  const bool inactive = life_.chance(outcome_ == Outcome::seeking ? rates_.seekers_inactive : rates_.inactive_at_entry);
  e.labour_status = inactive ? wire::LabourStatus::INACTIVE : wire::LabourStatus::UNEMPLOYED;
  e.case_number = me_.number + 1;
  e.gender = life_.chance(rates_.female) ? wire::Gender::FEMALE : wire::Gender::MALE;
  const bool old = !young && life_.chance(rates_.over_54);
  const std::uint32_t age = young ? draw_.within(18, 24) : old ? draw_.within(55, 66) : draw_.within(25, 54);
  e.birth_year = static_cast<std::uint16_t>(static_cast<std::uint32_t>(enrolled_.year()) - age);
  e.isced = static_cast<std::int8_t>(draw_.within(1, 6));
  e.in_education = draw_.chance(1, 30) ? wire::YesNo::YES : wire::YesNo::NO;
  const auto sensitive = [&](Rate rate) {
    return draw_.chance(1, 40) ? wire::YesNo::REFUSED : life_.chance(rate) ? wire::YesNo::YES : wire::YesNo::NO;
  };
  e.migrant = sensitive(rates_.migrant);
  e.disability = sensitive(rates_.disability);
  e.disadvantage = sensitive(rates_.disadvantaged);
  e.homeless = life_.chance(rates_.homeless) ? wire::YesNo::YES : wire::YesNo::NO;
  e.rural = life_.chance(rates_.rural) ? wire::YesNo::YES : wire::YesNo::NO;
  e.benefit = benefit_;
  e.readiness = readiness;
  e.municipality = municipality();
  if (life_.chance(rates_.employed_at_entry)) {
    e.labour_status = wire::LabourStatus::EMPLOYED;
    e.contract = wire::Enrolled::Contract::FIXED_TERM;
    e.weekly_minutes = static_cast<std::int16_t>(draw_.within(2, 10) * 60);
    e.wanted_minutes = static_cast<std::int16_t>(draw_.within(15, 37) * 60);
    e.skill_level = 1;
  } else if (e.labour_status == wire::LabourStatus::UNEMPLOYED) {
    const bool long_term = life_.chance(rates_.long_term);
    e.unemployed_since =
        enrolled_.plus_days(-static_cast<std::int64_t>(long_term ? draw_.within(400, 3'000) : draw_.within(30, 170))).stored();
  }
  if (life_.chance(rates_.incomplete_record)) forget_one();
  life_.tell({e, enrolled_});
}

void Participant::forget_one() {
  switch (draw_.below(4)) {
    case 0:
      entry_.gender = wire::Gender::UNSPECIFIED;
      break;
    case 1:
      entry_.labour_status = wire::LabourStatus::UNSPECIFIED;
      entry_.unemployed_since = 0;
      break;
    case 2:
      entry_.birth_year = 0;
      break;
    default:
      entry_.isced = -1;
  }
}

std::uint16_t Participant::municipality() {
  const std::string slug = rates_.id.slug();
  if (slug == "roskilde") return 265;
  if (slug == "kalundborg") return 326;
  if (slug == "esbjerg") return 561;
  return draw_.chance(1, 2) ? 360 : 376;  // Lolland, Guldborgsund
}

Subject Participant::staff() {
  return {draw_.below(world_.size(me_.programme).staff), me_.programme, StreamKind::staff};
}

void Participant::plan() {
  life_.tell({PlanMade{.goal = static_cast<std::uint8_t>(draw_.below(6))}, enrolled_.plus_days(draw_.within(2, 14))});
  mentor_ = world_.stream(staff());
  mentor_role_ = draw_.chance(1, 2) ? wire::RoleKind::JOB_BROKER : wire::RoleKind::MENTOR;
  const bool chosen = life_.chance(rates_.chosen_broker);
  life_
      .tell({RoleAssigned{.role = mentor_role_,
                          .employer = wire::EmployerKind::JOBCENTRE,
                          .chosen = chosen ? wire::YesNo::YES : wire::YesNo::NO,
                          .assignment = first_number_},
             enrolled_.plus_days(draw_.within(1, 20))})
      .refer(wire::Role::MENTOR, mentor_);
  const Date middle = enrolled_.plus_days((exit_ - enrolled_) / 2);
  for (std::uint32_t i = 0; i < 2; ++i) {
    if (i == 1 && draw_.chance(1, 2)) break;
    life_.tell(
        {ProgressMeasured{.score = static_cast<std::uint8_t>(draw_.within(1 + i, 4 + i)),
                          .respondent = i == 0 ? wire::ProgressMeasured::Respondent::CITIZEN : wire::ProgressMeasured::Respondent::STAFF},
         i == 0 ? enrolled_.plus_days(draw_.within(3, 20)) : middle});
  }
  if (draw_.chance(1, 2)) {
    life_.tell({SupportGiven{.kind = static_cast<wire::SupportGiven::Kind>(draw_.within(1, 5))}, enrolled_.plus_days(draw_.within(5, 20))});
  }
  if (draw_.chance(1, 4)) life_.tell({PlanRevised{.goal = static_cast<std::uint8_t>(draw_.below(6))}, middle});
}

void Participant::course(wire::CourseKind kind, Date from, std::int32_t days) {
  const std::uint32_t number = first_number_ + courses_++;
  // A course that would outlast a stay is broken off with it.
  const bool cut = from.plus_days(days) > exit_;
  const Date to = cut ? exit_ : from.plus_days(days);
  if (to <= from) return;
  life_.tell({CourseStarted{.course = number, .kind = kind}, from});
  if (draw_.chance(2, 3)) {
    life_.tell({CourseAttended{.course = number,
                               .minutes = static_cast<std::int32_t>(draw_.within(2, 7)) * 60,
                               .present = draw_.chance(9, 10) ? wire::YesNo::YES : wire::YesNo::NO},
                from.plus_days(draw_.below(static_cast<std::uint32_t>(to - from)))});
  }
  const bool completed = !(cut && dropped()) && life_.chance(rates_.course_completed);
  const bool qualified = completed && kind == wire::CourseKind::OPKVALIFICERING;
  life_.tell({CourseEnded{.course = number,
                          .kind = kind,
                          .completed = completed ? wire::YesNo::YES : wire::YesNo::NO,
                          .qualification = qualified ? wire::YesNo::YES : wire::YesNo::NO},
              to});
}

void Participant::courses() {
  std::int32_t day = static_cast<std::int32_t>(draw_.within(3, 14));
  const auto next = [&](wire::CourseKind kind, std::uint32_t least, std::uint32_t most) {
    const auto days = static_cast<std::int32_t>(draw_.within(least, most));
    course(kind, enrolled_.plus_days(day), days);
    day += days;
  };
  if (life_.chance(rates_.development)) next(wire::CourseKind::UDVIKLING, 20, 40);
  next(wire::CourseKind::INDSLUSNING, 28, 60);
  course_done_ = std::min(enrolled_.plus_days(day), exit_);
  if (life_.chance(rates_.upskilling)) next(wire::CourseKind::OPKVALIFICERING, 5, 20);
  if (life_.chance(rates_.job_club)) next(wire::CourseKind::JOBKLUB, 14, 40);
  if (life_.chance(rates_.retention))
    course(wire::CourseKind::FASTHOLDELSE, enrolled_.plus_days(day), static_cast<std::int32_t>(draw_.within(20, 40)));
}

void Participant::check_ins() {
  for (Date day = enrolled_.plus_days(draw_.within(20, 60)); day < exit_; day = day.plus_days(draw_.within(55, 130))) {
    life_
        .tell({MentorCheckedIn{.channel = static_cast<wire::MentorCheckedIn::Channel>(draw_.within(1, 5)),
                               .wellbeing = static_cast<std::int8_t>(draw_.within(2, 9))},
               day})
        .refer(wire::Role::MENTOR, mentor_);
  }
}

void Participant::leave() {
  if (!dropped()) life_.tell({Completed{}, exit_});
  using Reason = wire::Left::Reason;
  const Reason reason = dropped()                        ? (draw_.chance(1, 3) ? Reason::ILLNESS : Reason::DROPPED_OUT)
                        : employed()                     ? Reason::JOB
                        : outcome_ == Outcome::education ? Reason::EDUCATION
                                                         : Reason::COMPLETED;
  life_.tell({Left{.reason = reason}, exit_});
  // The mentor is sometimes kept across the move into the enterprise.
  if (!employed() || draw_.chance(1, 2)) {
    life_.tell({RoleEnded{.role = mentor_role_, .assignment = first_number_}, exit_.plus_days(draw_.within(0, 7))})
        .refer(wire::Role::MENTOR, mentor_);
  }
  if (life_.chance(rates_.referred) && !employed()) {
    life_.tell({Referred{}, exit_.plus_days(draw_.within(0, 10))})
        .refer(wire::Role::ENTERPRISE, world_.stream(world_.enterprise_by(me_.programme, false, exit_, draw_)));
  }
}

wire::LabourStatus Participant::status_later() const {
  if (retained_) return outcome_ == Outcome::self_employed ? wire::LabourStatus::SELF_EMPLOYED : wire::LabourStatus::EMPLOYED;
  if (outcome_ == Outcome::education) return wire::LabourStatus::IN_EDUCATION;
  return outcome_ == Outcome::seeking || employed() ? wire::LabourStatus::UNEMPLOYED : wire::LabourStatus::INACTIVE;
}

void Participant::afterwards() {
  if (life_.chance(rates_.register_status)) {
    life_.tell({StatusObserved{.status = entry_.labour_status, .benefit = benefit_}, enrolled_, exit_, Source::REGISTER});
    const bool off_benefit = employed() && last_job_.weekly_minutes >= 20 * 60;
    life_.tell({StatusObserved{.benefit = off_benefit                      ? wire::Benefit::NONE
                                          : outcome_ == Outcome::education ? wire::Benefit::SU
                                                                           : benefit_,
                               .paid_minutes = employed() ? last_job_.weekly_minutes * 4 : 0},
                exit_.plus_days(28), exit_.plus_days(56), Source::REGISTER});
  }
  if (life_.chance(rates_.aftercare)) {
    life_.tell(
        {AftercareGiven{.kind = static_cast<wire::AftercareGiven::Kind>(draw_.within(1, 3))}, exit_.plus_days(draw_.within(10, 90))});
  }
  const Date six_months = exit_.plus_months(6);
  const Date asked = six_months.plus_days(draw_.within(0, 20));
  FollowedUp f;
  if (life_.chance(rates_.unreachable)) {
    f.result = draw_.chance(1, 5) ? wire::FollowedUp::Result::DECLINED : wire::FollowedUp::Result::UNREACHABLE;
  } else {
    f.result = wire::FollowedUp::Result::REACHED;
    f.status = status_later();
    if (retained_) {
      f.kind = last_job_.kind;
      f.weekly_minutes = last_job_.weekly_minutes;
    }
    f.in_education = outcome_ == Outcome::education ? wire::YesNo::YES : wire::YesNo::NO;
  }
  life_.tell({f, asked});
}

void Participant::come_back() {
  const Date back = exit_.plus_days(draw_.within(30, 90));
  const Date again = back.plus_days(draw_.within(40, 100));
  if (again >= rates_.ends) return;
  Enrolled e = entry_;
  e.labour_status = wire::LabourStatus::UNEMPLOYED;
  life_.tell({e, back});
  life_.tell({PlanRevised{.goal = static_cast<std::uint8_t>(draw_.below(6))}, back.plus_days(draw_.within(1, 10))});
  if (dropped()) life_.tell({Completed{}, again});
  life_.tell({Left{.reason = wire::Left::Reason::COMPLETED}, again});
}

void Participant::register_twice() {
  const StreamId own = life_.stream();
  const StreamId second = world_.second_stream(me_);
  life_.goes_by(second);
  const Date on = enrolled_.plus_days(draw_.within(5, 40));
  Enrolled e = entry_;
  e.case_number += 5'000'000;
  life_.tell_within(e, on, 0, 5);
  life_.tell({MentorCheckedIn{.channel = wire::MentorCheckedIn::Channel::PHONE}, on.plus_days(draw_.within(5, 30))});
  life_.goes_by(own);
  life_.tell_within(IdentityMerged{}, on.plus_days(draw_.within(40, 120)), 0, 5).refer(wire::Role::MERGED, second);
}

}  // namespace fodspor::replay::simulation
