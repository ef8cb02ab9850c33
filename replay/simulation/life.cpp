#include "replay/simulation/life.h"

#include <algorithm>

namespace fodspor::replay::simulation {
namespace {

constexpr std::int64_t second_us = 1'000'000;

// What a typing mistake does to each kind of fact: the corrected facts and dates. False: nothing of it is ever mistyped here.
struct Mend {
  Happening& h;
  Draw& draw;

  void shift() {
    if (h.from == 0) return;
    const std::int64_t by = draw.within(1, 12);
    const std::int64_t days = draw.chance(1, 2) ? by : -by;
    const auto moved = [&](std::uint32_t stored) { return static_cast<std::uint32_t>(Date::clamped(std::int64_t{stored} + days).days()); };
    h.from = moved(h.from);
    if (h.to != 0) h.to = moved(h.to);
  }

  bool operator()(HoursReported& f) {
    for (std::int32_t* minutes : {&f.ordinary, &f.subsidised, &f.unpaid}) {
      if (*minutes >= 120) *minutes = *minutes * static_cast<std::int32_t>(draw.within(50, 110)) / 100;
    }
    return true;
  }
  bool operator()(Enrolled& f) {
    if (f.birth_year == 0) f.birth_year = static_cast<std::uint16_t>(draw.within(1960, 2000));
    if (f.isced < 0) f.isced = static_cast<std::int8_t>(draw.within(1, 5));
    if (f.labour_status == wire::LabourStatus::UNSPECIFIED) f.labour_status = wire::LabourStatus::UNEMPLOYED;
    if (draw.chance(1, 3)) f.gender = f.gender == wire::Gender::FEMALE ? wire::Gender::MALE : wire::Gender::FEMALE;
    return true;
  }
  bool operator()(EmploymentStarted& f) {
    if (draw.chance(1, 2)) {
      f.job.weekly_minutes = static_cast<std::int32_t>(draw.within(2, 37)) * 60;
      f.job.wanted_minutes = std::max(f.job.weekly_minutes, f.job.wanted_minutes);
    } else {
      shift();
    }
    return true;
  }
  bool operator()(CourseEnded& f) {
    if (draw.chance(1, 3)) f.completed = f.completed == wire::YesNo::YES ? wire::YesNo::NO : wire::YesNo::YES;
    shift();
    return true;
  }
  bool operator()(FollowedUp& f) {
    if (f.result == wire::FollowedUp::Result::UNREACHABLE) {
      f.result = wire::FollowedUp::Result::REACHED;
      f.status = wire::LabourStatus::UNEMPLOYED;
    }
    shift();
    return true;
  }
  bool operator()(EnterpriseRecruited& f) {
    f.industry = static_cast<std::uint8_t>(f.industry + 1);
    return true;
  }
  bool operator()(ProgrammeRegistered&) { return false; }
  bool operator()(Covered&) { return false; }
  bool operator()(NetworkFormed&) { return false; }
  bool operator()(IdentityMerged&) { return false; }
  bool operator()(Died&) { return false; }
  bool operator()(Emigrated&) { return false; }
  template <class Other>
  bool operator()(Other&) {
    shift();
    return true;
  }
};

}  // namespace

Happening& Life::add(const Facts& facts, Date from, std::optional<Date> to, wire::Source source, std::int32_t known_day,
                     std::int32_t delay) {
  Happening& h = happenings_.emplace_back();
  h.subject = subject_;
  h.ordinal = static_cast<std::uint16_t>(happenings_.size() - 1);
  h.stream = stream_;
  h.source = source;
  h.from = from.stored();
  h.to = to ? to->stored() : 0;
  h.facts = facts;
  // Between 7:30 and 16:30, to the µs.
  const std::int64_t second = draw_.within(27'000, 59'399);
  const std::int64_t of_day = second * second_us + draw_.below(1'000'000);
  h.recorded_us = moment_of(known_day + delay) + of_day;
  if (delay >= 14) h.registered = static_cast<std::uint32_t>(known_day) + draw_.within(0, 7);
  return h;
}

Happening& Life::tell(const Told& told) {
  const bool late = chance(rates_.late);
  const auto delay = static_cast<std::int32_t>(draw_.within(late ? rates_.late_days : rates_.usual_days));
  // A period is reported when it is over.
  return add(told.facts, told.from, told.to, told.source, told.to ? told.to->days() : told.from.days(), delay);
}

Happening& Life::tell_within(const Facts& facts, Date from, std::int32_t days_least, std::int32_t days_most, wire::Source source) {
  const auto delay = static_cast<std::int32_t>(draw_.within(static_cast<std::uint32_t>(days_least), static_cast<std::uint32_t>(days_most)));
  return add(facts, from, {}, source, from.days(), delay);
}

void Life::correct(std::size_t index) {
  Happening mended = happenings_[index];
  if (!std::visit(Mend{mended, draw_}, mended.facts)) return;
  ++happenings_[index].mentions;
  mended.act = Happening::Act::correct;
  mended.about = static_cast<std::uint16_t>(index);
  mended.ordinal = static_cast<std::uint16_t>(happenings_.size());
  mended.mentions = 0;
  mended.registered = 0;
  mended.recorded_us += std::int64_t{draw_.within(1, 120)} * day_us;
  mended.recorded_us += std::int64_t{draw_.below(3'600)} * second_us;
  // What is corrected to a later day is not known before that day.
  mended.recorded_us =
      std::max(mended.recorded_us, moment_of(static_cast<std::int32_t>(std::max(mended.from, mended.to)) + 1) + day_us / 2);
  happenings_.push_back(mended);
}

void Life::make_mistakes() {
  const std::size_t true_ones = happenings_.size();
  for (std::size_t i = 0; i < true_ones; ++i) {
    if (happenings_[i].act != Happening::Act::tell || !chance(rates_.corrected)) continue;
    correct(i);
    // The last word is not always the first correction's.
    if (draw_.chance(1, 8)) correct(i);
  }
  for (std::size_t i = 0; i < true_ones; ++i) {
    if (happenings_[i].act != Happening::Act::tell || happenings_[i].stream != stream_ || !chance(rates_.retracted)) continue;
    const EventType type = type_of(happenings_[i].facts);
    // Entered on the wrong person, or twice: another of the same kind, that never happened.
    if (type != EventType::mentor_checked_in && type != EventType::hours_reported && type != EventType::course_attended &&
        type != EventType::status_observed && type != EventType::support_given && type != EventType::completed &&
        type != EventType::followed_up && type != EventType::opening_offered) {
      continue;
    }
    Happening wrong = happenings_[i];
    wrong.ordinal = static_cast<std::uint16_t>(happenings_.size());
    wrong.mentions = 1;
    wrong.recorded_us += std::int64_t{draw_.within(60, 90'000)} * second_us;
    happenings_.push_back(wrong);
    Happening retracted = wrong;
    retracted.act = Happening::Act::retract;
    retracted.about = wrong.ordinal;
    retracted.ordinal = static_cast<std::uint16_t>(happenings_.size());
    retracted.mentions = 0;
    retracted.from = retracted.to = retracted.registered = 0;
    retracted.references = 0;
    retracted.recorded_us += std::int64_t{draw_.within(1, 60)} * day_us;
    happenings_.push_back(retracted);
  }
}

}  // namespace fodspor::replay::simulation
