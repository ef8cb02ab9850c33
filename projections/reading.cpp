#include "projections/reading.h"

#include <capnp/dynamic.h>

#include <algorithm>

#include "events/control.capnp.h"

namespace fodspor::projections {
namespace {

bool holds(const FactTest& test, capnp::DynamicStruct::Reader body) {
  for (std::size_t i = 0; i + 1 < test.path.size(); ++i) body = body.get(test.path[i]).as<capnp::DynamicStruct>();
  const capnp::DynamicValue::Reader value = body.get(test.path.back());
  switch (value.getType()) {
    case capnp::DynamicValue::ENUM: {
      const std::uint16_t ordinal = value.as<capnp::DynamicEnum>().getRaw();
      return ordinal < 64 && (test.any_of >> ordinal & 1u) != 0;
    }
    case capnp::DynamicValue::TEXT: {
      const auto text = value.as<capnp::Text>();
      return std::find(test.texts.begin(), test.texts.end(), std::string_view(text.begin(), text.size())) != test.texts.end();
    }
    case capnp::DynamicValue::UINT: {
      std::int64_t number = static_cast<std::int64_t>(value.as<std::uint64_t>());
      if (test.stored_plus != 0 && number == 0) return false;
      number -= test.stored_plus;
      if (!test.in_millionths) number *= 1'000'000;
      return (!test.at_least || number >= *test.at_least) && (!test.at_most || number <= *test.at_most);
    }
    case capnp::DynamicValue::BOOL:
      return test.at_least == (value.as<bool>() ? 1'000'000 : 0);
    default:
      return false;
  }
}

}  // namespace

Reading::Reading(const CompiledDefinition& definition, const Subject& subject, const UnitOf& unit, std::pmr::memory_resource* memory)
    : definition_(definition),
      tree_(*definition.tree),
      subject_(subject),
      unit_(unit),
      programme_(subject.context.find(unit.programme)),
      memory_(memory),
      days_(tree_.anchors.size(), memory),
      evidence_(tree_.states.size(), memory) {}

void Reading::judge(Verdict& verdict, bool reasons) {
  verdict.programme = unit_.programme;
  verdict.unit_number = unit_.number;
  verdict.steps_passed = 0;
  verdict.in_population = false;
  verdict.in_denominator = Truth::no;
  verdict.met = Truth::no;
  verdict.excluded = false;
  verdict.censored = false;
  verdict.weight_millionths = 1'000'000;
  verdict.reasons.clear();
  reasons_ = reasons ? &verdict.reasons : nullptr;

  for (const Clause& step : tree_.steps) {
    if (truth_of(step).truth != Truth::yes) return;
    ++verdict.steps_passed;
  }
  verdict.in_population = true;
  verdict.in_denominator = Truth::yes;
  if (tree_.denominator) {
    verdict.in_denominator = truth_of(*tree_.denominator).truth;
    if (verdict.in_denominator == Truth::unknown && tree_.silence_is_no) verdict.in_denominator = Truth::no;
    if (verdict.in_denominator == Truth::no) return;
  }
  asked_until_ = 0;
  cut_ = false;
  verdict.met = tree_.outcome ? truth_of(*tree_.outcome).truth : Truth::yes;
  competing(verdict);
  // Whoever may belong to the denominator can be counted neither with those who are met nor with those who are not.
  if (verdict.in_denominator == Truth::unknown) verdict.met = Truth::unknown;
  if (verdict.met == Truth::unknown) {
    verdict.censored = verdict.censored || cut_;
    if (tree_.silence_is_no) verdict.met = Truth::no;
  }
}

// Death and emigration compete with an outcome that they come before: on or before the last day that the outcome asked about.
void Reading::competing(Verdict& verdict) {
  const Person* person = subject_.person;
  if (person == nullptr || verdict.met == Truth::yes || !tree_.outcome) return;
  const auto apply = [&](const std::optional<Moment>& moment, Competing rule) {
    if (!moment || (asked_until_ != 0 && moment->on.days() > asked_until_) || verdict.in_denominator == Truth::no) return;
    switch (rule) {
      case Competing::exclude:
        verdict.excluded = true;
        verdict.in_denominator = Truth::no;
        verdict.met = Truth::no;
        break;
      case Competing::no:
        verdict.met = Truth::no;
        break;
      case Competing::unknown:
        verdict.met = Truth::unknown;
        verdict.censored = true;
        break;
    }
    if (reasons_ != nullptr) reasons_->push_back({tree_.outcome->name, verdict.met, moment->because});
  };
  apply(person->died, tree_.death);
  apply(person->emigrated, tree_.emigration);
}

bool Reading::matches(const Fact& fact, const EventPattern& pattern) const {
  if (fact.type != pattern.type) return false;
  const ProgrammeId programme = fact.event->programme();
  if (programme && programme != unit_.programme) return false;
  if (pattern.tests.empty()) return true;
  const auto* type = events::find_type(pattern.type);
  const auto body = fact.correction == nullptr
                        ? fact.event->proposal().getFacts().getAs<capnp::DynamicStruct>(type->schema)
                        : fact.correction->facts<wire::Corrected>().getBody().getAs<capnp::DynamicStruct>(type->schema);
  return std::all_of(pattern.tests.begin(), pattern.tests.end(), [&](const FactTest& test) { return holds(test, body); });
}

Reading::Day Reading::day_of(std::uint16_t anchor) {
  auto& known = days_[anchor];
  if (!known) known = find_day(tree_.anchors[anchor]);
  return *known;
}

Reading::Day Reading::find_day(const Anchor& anchor) {
  const Participation* participation = unit_.participation;
  const auto happened = [](const std::optional<Moment>& moment) {
    return moment ? Day{Truth::yes, moment->on.days(), &moment->because} : Day{Truth::no, 0, nullptr};
  };
  const auto of_programme = [this](auto day) {
    if (programme_ == nullptr || !programme_->frame) return Day{};
    return Day{Truth::yes, day(*programme_->frame).days(), &programme_->frame->because};
  };
  const auto first_or_last = [this](EventType type, bool last) {
    Anchor event;
    event.event.type = type;
    event.last = last;
    return find_event(event);
  };
  switch (anchor.kind) {
    case Anchor::Kind::entry:
      return participation != nullptr ? happened(participation->entry) : first_or_last(EventType::enterprise_recruited, false);
    case Anchor::Kind::exit:
      return participation != nullptr ? happened(participation->exit) : first_or_last(EventType::enterprise_withdrew, true);
    case Anchor::Kind::last_entry:
      return participation != nullptr ? happened(participation->last_entry) : Day{};
    case Anchor::Kind::completion:
      return participation != nullptr ? happened(participation->completion) : Day{};
    case Anchor::Kind::screened:
      return participation != nullptr ? happened(participation->screened) : Day{};
    case Anchor::Kind::recruited:
      return participation != nullptr ? happened(participation->recruited) : Day{};
    case Anchor::Kind::programme_start:
      return of_programme([](const Frame& frame) { return frame.starts; });
    case Anchor::Kind::programme_end:
      return of_programme([](const Frame& frame) { return frame.ends; });
    case Anchor::Kind::granted: {
      Day first;
      if (programme_ == nullptr) return first;
      for (const Funding& funding : programme_->funding) {
        if (funding.on && (first.known != Truth::yes || funding.on->days() < first.on)) {
          first = {Truth::yes, funding.on->days(), &funding.because};
        }
      }
      return first;
    }
    case Anchor::Kind::unit_began:
      if (unit_.match != nullptr) return happened(unit_.match->proposed);
      return unit_.placement != nullptr ? Day{Truth::yes, unit_.placement->whole.from.days(), &unit_.placement->began_because} : Day{};
    case Anchor::Kind::unit_ended:
      if (unit_.match != nullptr) return happened(unit_.match->accepted ? unit_.match->accepted : unit_.match->declined);
      if (unit_.placement == nullptr) return {};
      if (!unit_.placement->whole.to) return {Truth::no, 0, nullptr};
      return {Truth::yes, unit_.placement->whole.to->days(), &unit_.placement->ended_because};
    case Anchor::Kind::date:
      return {Truth::yes, anchor.date.days(), nullptr};
    case Anchor::Kind::event:
      return find_event(anchor);
    case Anchor::Kind::state:
      return find_spell(anchor);
    case Anchor::Kind::point:
      return day_of(anchor.points.front());
    case Anchor::Kind::earliest:
    case Anchor::Kind::latest: {
      Day best{Truth::no, 0, nullptr};
      for (const Point& point : anchor.points) {
        const Day day = day_of(point);
        if (day.known == Truth::unknown && best.known == Truth::no) best.known = Truth::unknown;
        if (day.known != Truth::yes) continue;
        const bool better = anchor.kind == Anchor::Kind::earliest ? day.on < best.on : day.on > best.on;
        if (best.known != Truth::yes || better) best = day;
      }
      return best;
    }
  }
  return {};
}

Reading::Day Reading::find_event(const Anchor& anchor) const {
  const auto& facts = subject_.history.facts();
  Day found{Truth::no, 0, nullptr};
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const Fact& fact = facts[i];
    if (!fact.dated || !matches(fact, anchor.event)) continue;
    if (anchor.unless_followed_by) {
      const Date limit = fact.from + anchor.unless_within;
      bool taken_back = false;
      for (std::size_t j = i + 1; j < facts.size() && facts[j].from <= limit && !taken_back; ++j) {
        taken_back = facts[j].dated && matches(facts[j], *anchor.unless_followed_by);
      }
      if (taken_back) continue;
    }
    found = {Truth::yes, fact.from.days(), &fact.because()};
    if (!anchor.last) break;
  }
  return found;
}

Reading::Day Reading::day_of(const Point& point) {
  Day day = day_of(point.anchor);
  if (day.known != Truth::yes || point.steps.empty()) return day;
  Date on = Date::clamped(day.on);
  for (const Point::Step& step : point.steps) on = step.back ? on - step.length : on + step.length;
  day.on = on.days();
  return day;
}

Reading::Range Reading::days_of(const DayRange& range) {
  Range days{true, 0, never - 1};
  if (range.from) {
    const Day from = day_of(*range.from);
    if (from.known != Truth::yes) return {};
    days.first = from.on + (range.from_open ? 1 : 0);
  } else if (unit_.participation != nullptr && unit_.participation->entry) {
    days.first = unit_.participation->entry->on.days();
  }
  if (range.whole_month) {
    const Date day = Date::clamped(days.first);
    days.first -= day.day() - 1;
    days.last = Date::clamped(days.first).plus_months(1).days() - 1;
    return days;
  }
  if (range.to) {
    const Day to = day_of(*range.to);
    if (to.known != Truth::yes) return {};
    days.last = to.on - (range.to_open ? 1 : 0);
  }
  return days;
}

Evidence& Reading::evidence(std::uint16_t state) {
  Evidence*& known = evidence_[state];
  if (known == nullptr) {
    FODSPOR_CHECK(subject_.person != nullptr && unit_.participation != nullptr);
    known = std::pmr::polymorphic_allocator<>(memory_).new_object<Evidence>(tree_.states[state], *subject_.person, *unit_.participation,
                                                                            programme_, subject_.context,
                                                                            OwnUnit{unit_.placement, unit_.match}, memory_);
  }
  return *known;
}

}  // namespace fodspor::projections
