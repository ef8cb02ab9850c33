// What of a person is evidence of a state: spells, reports of hours, observations, coverage. Each is judged once, when it is gathered, so
// that a day is answered by looking at days only.
#include "projections/evidence.h"

#include <algorithm>

namespace fodspor::projections {
namespace {

using From = State::From;

constexpr std::uint32_t bit(wire::EmploymentKind kind) {
  return 1u << static_cast<unsigned>(kind);
}

// What "employed", said of a person without more, may be.
constexpr std::uint32_t employee_kinds = bit(wire::EmploymentKind::ORDINARY) | bit(wire::EmploymentKind::WAGE_SUBSIDY) |
                                         bit(wire::EmploymentKind::FLEX) | bit(wire::EmploymentKind::SMALL_JOB) |
                                         bit(wire::EmploymentKind::APPRENTICE) | bit(wire::EmploymentKind::IGU);

template <class Enum>
bool among(std::uint32_t bits, Enum value) {
  return (bits >> static_cast<unsigned>(value) & 1u) != 0;
}

std::int32_t end_of(const events::Spell& spell) {
  return spell.to ? spell.to->days() : never;
}

const EventId* end_event(const events::Spell& spell, const EventId& ended) {
  return spell.to && ended ? &ended : nullptr;
}

Truth both(Truth a, Truth b) {
  if (a == Truth::no || b == Truth::no) return Truth::no;
  return a == Truth::yes && b == Truth::yes ? Truth::yes : Truth::unknown;
}

// The minutes of those sorts that count; none if none of any sort is said.
std::optional<std::int64_t> minutes_of(std::uint8_t sorts, const std::optional<std::int32_t>& ordinary,
                                       const std::optional<std::int32_t>& subsidised, const std::optional<std::int32_t>& unpaid) {
  if (!ordinary && !subsidised && !unpaid) return std::nullopt;
  std::int64_t sum = 0;
  if ((sorts & 1u) != 0) sum += ordinary.value_or(0);
  if ((sorts & 2u) != 0) sum += subsidised.value_or(0);
  if ((sorts & 4u) != 0) sum += unpaid.value_or(0);
  return sum;
}

}  // namespace

Evidence::Evidence(const State& state, const Person& person, const Participation& participation, const Programme* programme,
                   const Context& context, const OwnUnit& own, std::pmr::memory_resource* memory)
    : state_(&state),
      spells_(memory),
      reports_(memory),
      periods_(memory),
      points_(memory),
      covered_(memory),
      hours_covered_(memory),
      runs_(memory),
      groups_(memory),
      things_(memory) {
  if (person.died) {
    died_ = person.died->on.days();
    died_because_ = &person.died->because;
  }
  if (person.emigrated) emigrated_ = person.emigrated->on.days();
  if (person.as_of.valid) valid_end_ = person.as_of.valid->days() + 1;
  switch (state.from) {
    case From::employment:
    case From::placement:
      gather_work(person, context, own);
      gather_reports(person, context, own);
      break;
    default:
      gather_spells(person, participation);
      break;
  }
  gather_observations(person);
  gather_coverage(person, programme, context);
  if (state.hours && state.hours->over_days != 0) gather_runs();
}

bool Evidence::of_source(wire::Source source) const {
  return state_->sources == 0 || among(state_->sources, source);
}

int Evidence::group_of(const std::optional<Id>& who, const Key& key) {
  if (state_->across) return any_group;
  const Group group = who ? Group{*who, {}} : Group{{}, key};
  const auto at = std::find(groups_.begin(), groups_.end(), group);
  const auto index = static_cast<int>(at - groups_.begin());
  if (at == groups_.end()) groups_.push_back(group);
  return index;
}

std::int16_t Evidence::thing_of(const Key& key) {
  const auto at = std::find(things_.begin(), things_.end(), key);
  const auto index = static_cast<std::int16_t>(at - things_.begin());
  if (at == things_.end()) things_.push_back(key);
  return index;
}

Truth Evidence::enterprise_counts(const std::optional<Id>& enterprise, const Context& context) const {
  if (state_->enterprise_kinds == 0) return Truth::yes;
  const Enterprise* known = enterprise ? context.enterprise(*enterprise) : nullptr;
  if (known == nullptr || known->kind == wire::EnterpriseKind::UNSPECIFIED) return Truth::unknown;
  return among(state_->enterprise_kinds, known->kind) ? Truth::yes : Truth::no;
}

void Evidence::gather_work(const Person& person, const Context& context, const OwnUnit& own) {
  const auto kind_counts = [this](const Work& work) {
    const std::uint32_t kinds = state_->kinds;
    if (state_->from == From::placement) {
      if (work.origin != Work::From::placement) return Truth::no;
      return state_->placement_kinds == 0 || among(state_->placement_kinds, work.placement_kind) ? Truth::yes : Truth::no;
    }
    if (work.origin == Work::From::placement) {
      // One placement can hold hours of several sorts.
      if (work.kind != wire::EmploymentKind::UNSPECIFIED && (kinds == 0 || among(kinds, work.kind))) return Truth::yes;
      if ((kinds & bit(wire::EmploymentKind::ORDINARY)) != 0 && work.ordinary_minutes.value_or(0) > 0) return Truth::yes;
      if ((kinds & bit(wire::EmploymentKind::WAGE_SUBSIDY)) != 0 && work.subsidised_minutes.value_or(0) > 0) return Truth::yes;
      return Truth::no;
    }
    if (kinds == 0 || among(kinds, work.kind)) return Truth::yes;
    if (work.kind != wire::EmploymentKind::UNSPECIFIED) return Truth::no;
    return (kinds & employee_kinds) == employee_kinds ? Truth::yes : Truth::unknown;
  };
  for (const Work& work : person.work) {
    if (!of_source(work.source)) continue;
    if (state_->own_unit) {
      if (own.placement != nullptr &&
          (work.stream != own.placement->stream || work.number != own.placement->number || work.origin != Work::From::placement)) {
        continue;
      }
      if (own.match != nullptr && (!own.match->enterprise || work.enterprise != own.match->enterprise)) continue;
    }
    const Truth counts = both(kind_counts(work), enterprise_counts(work.enterprise, context));
    if (counts == Truth::no) continue;
    const Key key{work.stream, work.number, work.origin};
    const auto minutes = minutes_of(state_->minutes, work.ordinary_minutes, work.subsidised_minutes, work.unpaid_minutes);
    spells_.push_back({work.when.from.days(), end_of(work.when), minutes ? *minutes * one_hour / 60 : not_said, &work.began_because,
                       end_event(work.when, work.ended_because), group_of(work.enterprise, key), thing_of(key), counts == Truth::yes});
  }
}

void Evidence::gather_reports(const Person& person, const Context& context, const OwnUnit& own) {
  const bool needed = state_->hours.has_value() || (state_->from == From::employment);
  if (!needed) return;
  for (const ReportedHours& report : person.hours) {
    if (!of_source(report.source) || !report.when.to) continue;
    const Key key{report.stream, report.number, report.origin};
    const std::int32_t from = report.when.from.days(), to = report.when.to->days();
    if (to <= from) continue;
    const bool known_thing = std::find(things_.begin(), things_.end(), key) != things_.end();
    // Hours paid in a placement that was agreed as unpaid make paid work of those days.
    const bool is_own =
        !state_->own_unit || (own.placement != nullptr && key == Key{own.placement->stream, own.placement->number, Work::From::placement});
    if (state_->from == From::employment && report.origin == Work::From::placement && !known_thing && is_own) {
      const std::uint32_t kinds = state_->kinds;
      const bool ordinary = report.ordinary.value_or(0) > 0 && (kinds == 0 || among(kinds, wire::EmploymentKind::ORDINARY));
      const bool subsidised = report.subsidised.value_or(0) > 0 && (kinds == 0 || among(kinds, wire::EmploymentKind::WAGE_SUBSIDY));
      const Truth counts = enterprise_counts(report.enterprise, context);
      if ((!ordinary && !subsidised) || counts == Truth::no) continue;
      spells_.push_back({from, to, not_said, &report.because, &report.because, group_of(report.enterprise, key),
                         static_cast<std::int16_t>(things_.size()), counts == Truth::yes});
      // Each report of such a placement is judged alone, so it is a thing that no key finds.
      things_.push_back({});
    } else if (!known_thing) {
      continue;
    }
    const auto minutes = minutes_of(state_->minutes, report.ordinary, report.subsidised, report.unpaid);
    if (!minutes) continue;
    const std::int16_t thing = known_thing ? thing_of(key) : static_cast<std::int16_t>(things_.size() - 1);
    const std::int64_t days = to - from;
    reports_.push_back({from, to, (*minutes * 7 * one_hour + days * 30) / (days * 60), group_of(report.enterprise, key), thing});
  }
}

void Evidence::gather_spells(const Person& person, const Participation& participation) {
  const auto add = [this](const events::Spell& when, const EventId& began, const EventId& ended, bool sure, int group) {
    spells_.push_back({when.from.days(), end_of(when), not_said, &began, end_event(when, ended), group, 0, sure});
  };
  switch (state_->from) {
    case From::education:
      for (const EducationSpell& spell : person.education) add(spell.when, spell.began_because, spell.ended_because, true, any_group);
      break;
    case From::seeking:
      for (const SearchSpell& spell : person.searches) add(spell.when, spell.began_because, spell.ended_because, true, any_group);
      break;
    case From::role:
      for (const HeldRole& held : participation.roles) {
        if (!among(state_->roles, held.role)) continue;
        const auto counts = [](std::uint32_t wanted, auto value) {
          if (wanted == 0) return Truth::yes;
          if (value == decltype(value){}) return Truth::unknown;
          return among(wanted, value) ? Truth::yes : Truth::no;
        };
        const Truth truth = both(counts(state_->employers, held.employer), counts(state_->chosen_by_citizen, held.chosen_by_citizen));
        if (truth == Truth::no) continue;
        const std::optional<Id> holder = held.holder ? std::optional(held.holder->id) : std::nullopt;
        add(held.when, held.began_because, held.ended_because, truth == Truth::yes, group_of(holder, {{}, held.assignment, {}}));
      }
      break;
    case From::course:
      for (const Course& course : participation.courses) {
        if (state_->course_kinds != 0 && !among(state_->course_kinds, course.kind)) continue;
        if (!course.started) continue;
        const std::int32_t to = course.ended ? course.ended->on.days() : never;
        spells_.push_back({course.started->on.days(), to, not_said, &course.started->because,
                           course.ended ? &course.ended->because : nullptr, any_group, 0, true});
      }
      break;
    default:
      break;
  }
}

Truth Evidence::seen_as(const Observation& seen) const {
  const bool said = seen.status && *seen.status != wire::LabourStatus::UNSPECIFIED;
  switch (state_->from) {
    case From::seeking:
    case From::status:
      if (!said) return Truth::unknown;
      return among(state_->statuses, *seen.status) ? Truth::yes : Truth::no;
    case From::education:
      if (seen.in_education == true || (said && among(state_->statuses, *seen.status))) return Truth::yes;
      return seen.in_education.has_value() || said ? Truth::no : Truth::unknown;
    case From::benefit:
      if (!seen.benefit || *seen.benefit == wire::Benefit::UNSPECIFIED) return Truth::unknown;
      return among(state_->benefits, *seen.benefit) ? Truth::yes : Truth::no;
    case From::employment:
      break;
    default:
      return Truth::unknown;
  }
  const std::uint32_t kinds = state_->kinds;
  const bool paid = seen.paid_minutes.value_or(0) > 0 || seen.weekly_minutes.value_or(0) > 0;
  Truth truth = Truth::unknown;
  if (seen.kind && *seen.kind != wire::EmploymentKind::UNSPECIFIED) {
    truth = kinds == 0 || among(kinds, *seen.kind) ? Truth::yes : Truth::no;
  } else if (said && *seen.status == wire::LabourStatus::SELF_EMPLOYED) {
    truth = kinds == 0 || among(kinds, wire::EmploymentKind::SELF_EMPLOYED) ? Truth::yes : Truth::no;
  } else if (paid || (said && *seen.status == wire::LabourStatus::EMPLOYED)) {
    if (kinds == 0 || (kinds & employee_kinds) == employee_kinds) {
      truth = Truth::yes;
    } else {
      truth = (kinds & employee_kinds) == 0 ? Truth::no : Truth::unknown;
    }
  } else if (said || seen.paid_minutes) {
    truth = Truth::no;
  } else {
    return Truth::unknown;
  }
  if (truth == Truth::no) return truth;
  if (state_->enterprise_kinds != 0) truth = Truth::unknown;
  if (state_->hours) {
    const std::int32_t days = seen.when.to ? *seen.when.to - seen.when.from : 0;
    std::optional<std::int64_t> a_week;
    if (seen.weekly_minutes) a_week = *seen.weekly_minutes * one_hour / 60;
    if (!a_week && seen.paid_minutes && !seen.point && days > 0) a_week = (*seen.paid_minutes * 7 * one_hour + days * 30) / (days * 60);
    if (a_week) {
      if (*a_week + rounding < state_->hours->at_least) truth = Truth::no;
    } else if (state_->hours->at_least > one_hour || state_->hours->aggregate == Hours::Aggregate::sum) {
      truth = Truth::unknown;
    }
  }
  return truth;
}

void Evidence::gather_observations(const Person& person) {
  if (state_->from == From::placement || state_->from == From::role || state_->from == From::course || state_->own_unit) return;
  for (const Observation& seen : person.observations) {
    if (seen.unreachable || !of_source(seen.source)) continue;
    const Truth truth = seen_as(seen);
    if (truth == Truth::unknown) {
      // Something was seen of which it is not said whether it counts: unlike silence, that stays unknown even where a source covers.
      const bool employed =
          state_->from == From::employment && ((seen.status && *seen.status == wire::LabourStatus::EMPLOYED) || seen.kind ||
                                               seen.paid_minutes.value_or(0) > 0 || seen.weekly_minutes.value_or(0) > 0);
      if (!employed) continue;
    }
    auto& list = seen.point ? points_ : periods_;
    list.push_back({seen.when.from.days(), end_of(seen.when), truth, &seen.because});
  }
}

void Evidence::gather_coverage(const Person& person, const Programme* programme, const Context& context) {
  if (programme == nullptr || state_->covered_by == 0 || state_->own_unit) return;
  const bool hours = state_->hours && state_->hours->measured != Hours::Measured::contracted;
  const auto cover = [&](wire::Covered::Fact fact, std::int32_t from, std::int32_t to) {
    if ((state_->covered_by >> static_cast<unsigned>(fact) & 1u) != 0) covered_.emplace_back(from, to);
    if (hours && fact == wire::Covered::Fact::HOURS) hours_covered_.emplace_back(from, to);
  };
  covered_.reserve(programme->coverage.of_everybody().size());
  for (const Coverages::Stretch& stretch : programme->coverage.of_everybody()) {
    if (of_source(stretch.source)) cover(stretch.fact, stretch.from, stretch.to);
  }
  const bool merged = context.is_merged(person.id);
  for (const std::size_t listing : programme->coverage.listing()) {
    const Coverage& coverage = programme->coverage.all()[listing];
    if (!of_source(coverage.source)) continue;
    const auto listed = [&](const Id& id) { return std::binary_search(coverage.participants.begin(), coverage.participants.end(), id); };
    bool found = listed(person.id);
    if (!found && merged) {
      for (const Id& other : context.merged_with(person.id)) found = found || listed(other);
    }
    if (!found) continue;
    for (const wire::Covered::Fact fact : coverage.facts) cover(fact, coverage.when.from.days(), end_of(coverage.when));
  }
}

// The stretches of work that hours are taken over in blocks.
void Evidence::gather_runs() {
  for (int group = state_->across ? any_group : 0; group < std::max(groups(), 0) || group == any_group; ++group) {
    const std::size_t first = runs_.size();
    // Spells stand by their first day, but for those that reports brought.
    std::pmr::vector<Run> parts(runs_.get_allocator());
    for (const Spell& spell : spells_) {
      if (group == any_group || spell.group == group) parts.push_back({spell.from, spell.to, group});
    }
    std::sort(parts.begin(), parts.end(), [](const Run& a, const Run& b) { return a.from < b.from; });
    for (const Run& part : parts) {
      if (runs_.size() > first && (runs_.back().to == never || part.from <= (Date::clamped(runs_.back().to) + state_->max_gap).days())) {
        runs_.back().to = std::max(runs_.back().to, part.to);
      } else {
        runs_.push_back(part);
      }
    }
    if (group == any_group) break;
  }
}

}  // namespace fodspor::projections
