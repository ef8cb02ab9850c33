// The truth of each kind of clause but those about spells. What cannot be known is unknown: a day counted from something that has not
// happened, a window that reaches past what is covered.
#include <algorithm>

#include "projections/reading.h"

namespace fodspor::projections {
namespace {

Truth negated(Truth truth) {
  if (truth == Truth::unknown) return truth;
  return truth == Truth::yes ? Truth::no : Truth::yes;
}

Truth from_bool(bool value) {
  return value ? Truth::yes : Truth::no;
}

}  // namespace

Reading::Because Reading::truth_of(const Clause& clause) {
  const Because because = decide(clause);
  if (reasons_ != nullptr) reasons_->push_back({clause.name, because.truth, because.event != nullptr ? *because.event : EventId{}});
  return because;
}

Reading::Because Reading::decide(const Clause& clause) {
  switch (clause.kind) {
    case Clause::Kind::all:
    case Clause::Kind::any: {
      // `all` ends with the first no, `any` with the first yes.
      const Truth decisive = clause.kind == Clause::Kind::all ? Truth::no : Truth::yes;
      Because result{negated(decisive), nullptr};
      for (const Clause& part : clause.parts) {
        const Because one = truth_of(part);
        if (one.truth == decisive) return one;
        if (one.truth == Truth::unknown) {
          result = one;
        } else if (result.truth != Truth::unknown) {
          result.event = one.event;
        }
      }
      return result;
    }
    case Clause::Kind::negation: {
      Because part = truth_of(clause.parts.front());
      part.truth = negated(part.truth);
      return part;
    }
    case Clause::Kind::attribute:
      return attribute(clause);
    case Clause::Kind::complete:
      return complete(clause);
    case Clause::Kind::happened:
      return happened(clause);
    case Clause::Kind::event:
      return event(clause);
    case Clause::Kind::at:
      return at(clause);
    case Clause::Kind::any_time:
      return any_time(clause);
    case Clause::Kind::throughout:
      return throughout(clause);
    case Clause::Kind::in_total:
      return in_total(clause);
    case Clause::Kind::unbroken:
      return unbroken(clause);
    case Clause::Kind::spells:
      return spells(clause);
    case Clause::Kind::spell:
      return spell(clause);
    case Clause::Kind::path:
      return path(clause);
    case Clause::Kind::growth:
      return growth(clause);
    case Clause::Kind::improved:
      return improved(clause);
    case Clause::Kind::reference:
      return reference(clause);
  }
  return {};
}

Reading::Because Reading::attribute(const Clause& clause) {
  const AttributeTest& test = clause.test;
  const AttributeSubject subject{unit_.participation, unit_.enterprise, unit_.placement, &subject_.context};
  const FieldInfo& field = info(test.field);
  const EventId* entered =
      field.at_entry && unit_.participation != nullptr && unit_.participation->entry ? &unit_.participation->entry->because : nullptr;
  std::optional<Date> on;
  if (test.field == Field::age || test.field == Field::unemployed_for) {
    const Day day = day_of(test.anchor);
    if (day.known != Truth::yes) return {};
    on = Date::clamped(day.on);
    entered = day.because;
  }
  if (field.type == FieldInfo::Type::industry) {
    const std::string_view code = industry_of(subject);
    const bool of_programme = test.industries.empty();
    if (code.empty() || (of_programme && (programme_ == nullptr || !programme_->frame || programme_->frame->industries.empty()))) return {};
    return {from_bool(in_industries(code, of_programme ? programme_->frame->industries : test.industries)), nullptr};
  }
  if (field.type == FieldInfo::Type::length) {
    const auto& since = unit_.participation->at_entry.unemployed_since;
    if (!since) return {Truth::unknown, entered};
    return {from_bool(*since + test.longer_than < *on), entered};
  }
  const auto value = value_of(test.field, subject, on);
  if (!value) return {Truth::unknown, entered};
  if (field.type == FieldInfo::Type::word) return {from_bool((test.any_of >> *value & 1u) != 0), entered};
  const bool inside = (!test.at_least || *value >= *test.at_least) && (!test.at_most || *value <= *test.at_most) &&
                      (test.among.empty() || std::find(test.among.begin(), test.among.end(), *value) != test.among.end());
  return {from_bool(inside), entered};
}

Reading::Because Reading::complete(const Clause& clause) const {
  if (unit_.participation == nullptr) return {};
  const AttributeSubject subject{unit_.participation, nullptr, nullptr, &subject_.context};
  const EntryRecord& entry = unit_.participation->at_entry;
  const EventId* entered = unit_.participation->entry ? &unit_.participation->entry->because : nullptr;
  for (const Field field : clause.fields) {
    if (value_of(field, subject, std::nullopt)) continue;
    // A refusal to answer is an answer on the record.
    const bool refused = (field == Field::migrant_or_minority && entry.migrant_or_minority == wire::YesNo::REFUSED) ||
                         (field == Field::disability && entry.disability == wire::YesNo::REFUSED) ||
                         (field == Field::other_disadvantage && entry.other_disadvantage == wire::YesNo::REFUSED);
    if (!refused) return {Truth::no, entered};
  }
  return {Truth::yes, entered};
}

// Whether a window that has an end reaches past the day asked for.
bool Reading::may_still(const Range& range) {
  const auto& valid = subject_.history.as_of().valid;
  const bool open = valid && range.known && !range.empty() && range.last < never - 1 && range.last > valid->days();
  cut_ = cut_ || open;
  return open;
}

Reading::Because Reading::happened(const Clause& clause) {
  const Day day = day_of(clause.anchor);
  if (day.known != Truth::yes) {
    // What has not happened by the day asked for may yet happen within the window.
    if (day.known == Truth::no && clause.has_range && may_still(days_of(clause.range))) return {};
    return {day.known, nullptr};
  }
  if (!clause.has_range) return {Truth::yes, day.because};
  const Range range = days_of(clause.range);
  if (!range.known) return {Truth::unknown, day.because};
  return {from_bool(range.first <= day.on && day.on <= range.last), day.because};
}

Reading::Because Reading::event(const Clause& clause) {
  Range range{true, 0, never - 1};
  if (clause.has_range) range = days_of(clause.range);
  if (!range.known) return {};
  ask(range.last);
  std::int32_t count = 0;
  for (const Fact& fact : subject_.history.facts()) {
    // An event of no day counts where no window is asked for.
    if (!fact.dated && clause.has_range) continue;
    if (fact.dated && (fact.from.days() < range.first || fact.from.days() > range.last)) continue;
    if (!matches(fact, clause.event)) continue;
    if (++count == clause.times) return {Truth::yes, &fact.because()};
  }
  if (clause.has_range && may_still(range)) return {};
  return {Truth::no, nullptr};
}

Reading::Because Reading::at(const Clause& clause) {
  const Day day = day_of(clause.point);
  if (day.known != Truth::yes) return {};
  ask(day.on);
  const Evidence& known = evidence(clause.state);
  const std::int32_t tolerance = known.state().point_holds.days;
  const Answer answer = known.on(day.on, {day.on - tolerance, day.on + tolerance});
  cut_ = cut_ || answer.cut;
  return {answer.truth, answer.because};
}

Reading::Because Reading::any_time(const Clause& clause) {
  const Range range = days_of(clause.range);
  if (!range.known) return {};
  ask(range.last);
  if (range.empty()) return {Truth::no, nullptr};
  const Evidence& known = evidence(clause.state);
  Because result{Truth::no, nullptr};
  for (std::int32_t day = range.first; day <= range.last;) {
    const Answer answer = known.on(day, {range.first, range.last});
    if (answer.truth == Truth::yes) return {Truth::yes, answer.because};
    if (answer.truth == Truth::unknown) {
      // The first thing that leaves it open explains it.
      if (result.truth != Truth::unknown) result = {Truth::unknown, answer.because};
      cut_ = cut_ || answer.cut;
    } else if (result.truth != Truth::unknown) {
      result.event = answer.because;
    }
    day = answer.until;
  }
  return result;
}

Reading::Because Reading::throughout(const Clause& clause) {
  const Range range = days_of(clause.range);
  if (!range.known) return {};
  ask(range.last);
  if (range.empty()) return {Truth::no, nullptr};
  const Evidence& known = evidence(clause.state);
  const auto all_days = [&](int group) {
    Because result{Truth::yes, nullptr};
    for (std::int32_t day = range.first; day <= range.last;) {
      const Answer answer = known.on(day, {range.first, range.last}, group);
      if (answer.truth == Truth::no) return Because{Truth::no, answer.because};
      if (answer.truth == Truth::unknown) {
        result = {Truth::unknown, answer.because};
        cut_ = cut_ || answer.cut;
      } else if (result.truth == Truth::yes && result.event == nullptr) {
        result.event = answer.because;
      }
      day = answer.until;
    }
    return result;
  };
  Because best = all_days(Evidence::any_group);
  if (known.state().across || best.truth == Truth::no) return best;
  // With one employer or holder all the time.
  if (best.truth == Truth::yes) best = {Truth::no, best.event};
  for (int group = 0; group < known.groups(); ++group) {
    const Because one = all_days(group);
    if (one.truth == Truth::yes) return one;
    if (one.truth == Truth::unknown) best = one;
  }
  return best;
}

Reading::Because Reading::in_total(const Clause& clause) {
  const Range range = days_of(clause.range);
  if (!range.known) return {};
  ask(range.last);
  if (range.empty()) return {Truth::no, nullptr};
  const Evidence& known = evidence(clause.state);
  std::int64_t yes = 0, unknown = 0;
  const EventId* because = nullptr;
  for (std::int32_t day = range.first; day <= range.last;) {
    const Answer answer = known.on(day, {range.first, range.last});
    const std::int32_t until = std::min(answer.until, range.last + 1);
    if (answer.truth == Truth::yes) {
      yes += until - day;
      if (because == nullptr) because = answer.because;
    } else if (answer.truth == Truth::unknown) {
      unknown += until - day;
      cut_ = cut_ || answer.cut;
    }
    day = until;
  }
  if (yes >= clause.length.days) return {Truth::yes, because};
  return {yes + unknown < clause.length.days ? Truth::no : Truth::unknown, because};
}

Reading::Because Reading::growth(const Clause& clause) {
  const Range range = days_of(clause.range);
  if (!range.known) return {};
  ask(range.last);
  const std::int32_t stretch = clause.length.days;
  if (range.last - range.first + 1 < stretch) return {Truth::no, nullptr};
  const auto& valid = subject_.history.as_of().valid;
  if (valid && range.last > valid->days()) {
    cut_ = true;
    return {};
  }
  const Evidence& known = evidence(clause.state);
  const auto first = known.hours_in(range.first, range.first + stretch);
  const auto last = known.hours_in(range.last + 1 - stretch, range.last + 1);
  if (!first.known || !last.known) return {};
  // Hours in the whole stretch, compared as hours a week.
  const std::int64_t growth = (last.sum - first.sum) * 7 / stretch;
  return {from_bool(growth + 10 >= clause.grows_by), nullptr};
}

Reading::Because Reading::improved(const Clause& clause) {
  const Day day = day_of(clause.point);
  if (day.known != Truth::yes) return {};
  ask(day.on);
  const Person& person = *subject_.person;
  if (person.as_of.valid && day.on > person.as_of.valid->days()) {
    cut_ = true;
    return {};
  }
  const EntryRecord& entry = unit_.participation->at_entry;
  const Date on = Date::clamped(day.on);
  // Of several jobs on the day: the safest contract, all hours together, the highest skill.
  bool works = false, permanent = false, contract_said = false, hours_said = true;
  std::int64_t minutes = 0;
  std::optional<std::uint8_t> skill;
  const EventId* because = nullptr;
  for (const Work& work : person.work) {
    if (work.kind == wire::EmploymentKind::UNSPECIFIED && work.origin == Work::From::placement) continue;
    if (!work.when.contains(on)) continue;
    works = true;
    because = &work.began_because;
    permanent = permanent || work.contract == wire::Job::Contract::PERMANENT;
    contract_said = contract_said || work.contract != wire::Job::Contract::UNSPECIFIED;
    hours_said = hours_said && (work.ordinary_minutes || work.subsidised_minutes);
    minutes += work.ordinary_minutes.value_or(0) + work.subsidised_minutes.value_or(0);
    if (work.skill_level && (!skill || *work.skill_level > *skill)) skill = work.skill_level;
  }
  if (!works) {
    constexpr auto fact = wire::Covered::Fact::EMPLOYMENT;
    bool covered = false;
    if (programme_ != nullptr) {
      for (const Coverage& coverage : programme_->coverage.all()) covered = covered || coverage.covers(fact, on, person.id);
    }
    return {covered ? Truth::no : Truth::unknown, nullptr};
  }
  Truth result = Truth::no;
  for (const Field field : clause.fields) {
    Truth better = Truth::unknown;
    if (field == Field::contract) {
      if (entry.contract == wire::Enrolled::Contract::PERMANENT) {
        better = Truth::no;
      } else if (contract_said && entry.contract != wire::Enrolled::Contract::UNSPECIFIED) {
        better = from_bool(permanent);
      }
    } else if (field == Field::weekly_hours) {
      // From fewer hours than wanted to more hours.
      if (entry.weekly_minutes && entry.wanted_minutes) {
        if (*entry.weekly_minutes >= *entry.wanted_minutes) {
          better = Truth::no;
        } else if (hours_said || minutes > *entry.weekly_minutes) {
          better = from_bool(minutes > *entry.weekly_minutes);
        }
      }
    } else if (entry.skill_level && skill) {
      better = from_bool(*skill > *entry.skill_level);
    }
    if (better == Truth::yes) return {Truth::yes, because};
    if (better == Truth::unknown) result = Truth::unknown;
  }
  return {result, because};
}

Reading::Because Reading::reference(const Clause& clause) {
  Reading other(definition_.references[clause.reference], subject_, unit_, memory_);
  Verdict verdict;
  other.judge(verdict, false);
  ask(other.asked_until_);
  cut_ = cut_ || verdict.censored;
  switch (clause.says) {
    case Clause::Says::in_population:
      return {from_bool(verdict.in_population), nullptr};
    case Clause::Says::in_denominator:
      return {verdict.in_population ? verdict.in_denominator : Truth::no, nullptr};
    case Clause::Says::unknown:
      return {from_bool(verdict.in_population && verdict.in_denominator != Truth::no && verdict.met == Truth::unknown), nullptr};
    case Clause::Says::met:
    case Clause::Says::not_met:
      break;
  }
  if (!verdict.in_population || verdict.in_denominator == Truth::no) return {Truth::no, nullptr};
  const Truth met = clause.says == Clause::Says::met ? verdict.met : negated(verdict.met);
  if (verdict.in_denominator == Truth::unknown && met == Truth::yes) return {};
  return {met, nullptr};
}

}  // namespace fodspor::projections
