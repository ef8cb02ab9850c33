#include "projections/evidence.h"

#include <algorithm>

namespace fodspor::projections {

Evidence::Rate Evidence::rate_on(std::int32_t day, int group) const {
  Rate rate;
  const auto edge = [&rate, day](std::int32_t at) {
    if (at > day && at < rate.until) rate.until = at;
  };
  const Hours::Measured measured = state_->hours ? state_->hours->measured : Hours::Measured::either;
  for (std::size_t i = 0; i < spells_.size(); ++i) {
    const Spell& spell = spells_[i];
    edge(spell.from);
    edge(spell.to);
    if ((group != any_group && spell.group != group) || day < spell.from || day >= spell.to) continue;
    // Two spells of one thing on one day (an employment whose terms overlap) are one.
    bool again = false;
    for (std::size_t j = 0; j < i; ++j) again = again || (spells_[j].thing == spell.thing && day >= spells_[j].from && day < spells_[j].to);
    if (again) continue;
    std::int64_t value = not_said;
    if (measured != Hours::Measured::contracted) {
      for (const Report& report : reports_) {
        if (report.thing != spell.thing) continue;
        edge(report.from);
        edge(report.to);
        // Of two reports on the same days, the higher.
        if (day >= report.from && day < report.to) value = std::max(value, report.a_week);
      }
    }
    if (value == not_said && measured != Hours::Measured::reported) value = spell.contracted;
    if (value == not_said && measured == Hours::Measured::reported && covered(day, hours_covered_)) value = 0;
    if (value == not_said) {
      rate.known = false;
    } else {
      rate.a_week += value;
    }
  }
  for (const auto& [from, to] : hours_covered_) {
    edge(from);
    edge(to);
  }
  return rate;
}

Evidence::HoursIn Evidence::hours_in(std::int32_t from, std::int32_t to, int group) const {
  HoursIn hours;
  hours.least_a_week = std::int64_t{168} * one_hour;
  std::int64_t weeks = 0;
  for (std::int32_t day = from; day < to;) {
    const Rate rate = rate_on(day, group);
    const std::int32_t until = std::min(rate.until, to);
    weeks += rate.a_week * (until - day);
    hours.least_a_week = std::min(hours.least_a_week, rate.a_week);
    hours.known = hours.known && rate.known;
    day = until;
  }
  hours.sum = (weeks + 3) / 7;
  return hours;
}

Truth Evidence::enough_hours(std::int32_t day, int group, std::int32_t& until) const {
  const Hours& wanted = *state_->hours;
  if (wanted.over_days == 0) {
    const Rate rate = rate_on(day, group);
    until = std::min(until, rate.until);
    if (rate.a_week + rounding >= wanted.at_least) return Truth::yes;
    // A single hour need not be said: nobody works without one.
    if (!rate.known && wanted.at_least <= one_hour) return Truth::yes;
    return rate.known ? Truth::no : Truth::unknown;
  }
  for (const Run& run : runs_) {
    if (run.group != group || day < run.from || day >= run.to) continue;
    const std::int32_t from = run.from + (day - run.from) / wanted.over_days * wanted.over_days;
    const std::int32_t to = std::min({from + wanted.over_days, run.to, std::max(valid_end_, from + 1)});
    until = std::min(until, std::max(to, day + 1));
    const HoursIn hours = hours_in(from, to, group);
    std::int64_t value = hours.sum;
    if (wanted.aggregate == Hours::Aggregate::mean) value = hours.sum * 7 / (to - from);
    if (wanted.aggregate == Hours::Aggregate::min) value = hours.least_a_week;
    if (value + rounding >= wanted.at_least) return Truth::yes;
    return hours.known ? Truth::no : Truth::unknown;
  }
  return Truth::no;
}

bool Evidence::covered(std::int32_t day, const std::pmr::vector<std::pair<std::int32_t, std::int32_t>>& ranges) const {
  return std::any_of(ranges.begin(), ranges.end(), [day](const auto& range) { return range.first <= day && day < range.second; });
}

Answer Evidence::on(std::int32_t day, const PointLimits& limits, int group) const {
  Answer answer;
  const auto edge = [&answer, day](std::int32_t at) {
    if (at > day && at < answer.until) answer.until = at;
  };
  if (day >= valid_end_) {
    answer.cut = true;
    return answer;
  }
  edge(valid_end_);
  if (day >= died_) {
    answer.truth = Truth::no;
    answer.because = died_because_;
    return answer;
  }
  edge(died_);

  bool unsure = false, other_group = false;
  const EventId* maybe = nullptr;
  const EventId* ended = nullptr;
  const Spell* sure = nullptr;
  std::int32_t ended_on = 0;
  for (const Spell& spell : spells_) {
    edge(spell.from);
    edge(spell.to);
    if (day >= spell.to && spell.to > ended_on && spell.ended != nullptr) {
      ended_on = spell.to;
      ended = spell.ended;
    }
    if (day < spell.from || day >= spell.to) continue;
    if (group != any_group && spell.group != group) {
      other_group = other_group || spell.sure;
      continue;
    }
    if (spell.sure) {
      if (sure == nullptr) sure = &spell;
    } else {
      unsure = true;
      maybe = spell.because;
    }
  }
  if (state_->hours && state_->hours->over_days != 0 && sure == nullptr && !unsure) {
    // A day in a gap that was joined belongs to its block.
    std::int32_t until = answer.until;
    if (enough_hours(day, group, until) == Truth::yes) {
      answer.truth = Truth::yes;
      answer.until = until;
      return answer;
    }
    answer.until = std::min(answer.until, until);
  }
  if (sure != nullptr || unsure) {
    Truth enough = Truth::yes;
    if (state_->hours) enough = enough_hours(day, group, answer.until);
    // What is unsure may have given the hours, but takes nothing away where no hours are asked for.
    if (sure != nullptr && enough == Truth::yes && (!unsure || !state_->hours)) {
      answer.truth = Truth::yes;
      answer.because = sure->because;
      return answer;
    }
    if (enough != Truth::no) {
      unsure = true;
      if (maybe == nullptr && sure != nullptr) maybe = sure->because;
    } else {
      unsure = false;
      if (sure != nullptr) ended = sure->because;
    }
  }

  const Seen* otherwise = nullptr;
  for (const Seen& seen : periods_) {
    edge(seen.from);
    edge(seen.to);
    if (day < seen.from || day >= seen.to) continue;
    if (seen.truth == Truth::yes && group == any_group) {
      answer.truth = Truth::yes;
      answer.because = seen.because;
      return answer;
    }
    if (seen.truth == Truth::no) {
      otherwise = &seen;
    } else {
      unsure = true;
      maybe = seen.because;
    }
  }
  const Seen* nearest = nullptr;
  const std::int32_t tolerance = state_->point_holds.days;
  const Seen* before = nullptr;
  for (const Seen& seen : points_) {
    if (seen.from < limits.first || seen.from > limits.last) continue;
    edge(seen.from - tolerance);
    edge(seen.from);
    edge(seen.from + 1);
    edge(seen.from + tolerance + 1);
    // Where the next point begins to be nearer than the one before; they stand by their day.
    if (before != nullptr) {
      edge((before->from + seen.from) / 2);
      edge((before->from + seen.from) / 2 + 1);
    }
    before = &seen;
    const std::int32_t distance = std::abs(seen.from - day);
    if (distance > tolerance) continue;
    if (nearest == nullptr || distance < std::abs(nearest->from - day) ||
        (distance == std::abs(nearest->from - day) && seen.truth == Truth::yes)) {
      nearest = &seen;
    }
  }
  if (nearest != nullptr && nearest->from == day && nearest->truth == Truth::yes && group == any_group) {
    answer.truth = Truth::yes;
    answer.because = nearest->because;
    return answer;
  }
  if (unsure) {
    answer.because = maybe;
    return answer;
  }
  if (otherwise != nullptr) {
    answer.truth = Truth::no;
    answer.because = otherwise->because;
    return answer;
  }
  if (nearest != nullptr) {
    answer.truth = group != any_group && nearest->truth == Truth::yes ? Truth::unknown : nearest->truth;
    answer.because = nearest->because;
    return answer;
  }
  for (const auto& [from, to] : covered_) {
    edge(from);
    edge(to);
  }
  edge(emigrated_);
  const bool recorded_here = state_->covered_by == 0 || state_->own_unit;
  if (other_group || (day < emigrated_ && (recorded_here || covered(day, covered_)))) {
    answer.truth = Truth::no;
    answer.because = ended;
  }
  return answer;
}

}  // namespace fodspor::projections
