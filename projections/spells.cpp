// Clauses about spells: unbroken stretches of days on which a state holds, joined over its gaps. Where some days are unknown, a clause is
// "no" only if no answer to those days could make it met.
#include <algorithm>

#include "projections/reading.h"

namespace fodspor::projections {
namespace {

std::int32_t plus(std::int32_t day, const Period& length) {
  if (day >= never) return never;
  return (Date::clamped(day) + length).days();
}

bool lasts(std::int32_t from, std::int32_t to, const Period& length) {
  return to >= plus(from, length);
}

}  // namespace

// Calls `each(from, to, truth, because)` for the stretches of [first, last] in order, neighbours of the same truth as one.
template <class Each>
void Reading::scan(const Evidence& known, std::int32_t first, std::int32_t last, int group, const Each& each) {
  std::int32_t from = first;
  Truth truth = Truth::unknown;
  const EventId* because = nullptr;
  for (std::int32_t day = first; day <= last;) {
    const Answer answer = known.on(day, {first, last}, group);
    cut_ = cut_ || answer.cut;
    if (day == first) {
      truth = answer.truth;
      because = answer.because;
    } else if (answer.truth != truth) {
      each(from, day, truth, because);
      from = day;
      truth = answer.truth;
      because = answer.because;
    }
    day = std::min(answer.until, last + 1);
  }
  if (first <= last) each(from, last + 1, truth, because);
}

std::pmr::vector<Reading::Run> Reading::runs(const Evidence& known, std::int32_t first, std::int32_t last, int group) {
  std::pmr::vector<Run> found(memory_);
  scan(known, first, last, group, [&](std::int32_t from, std::int32_t to, Truth truth, const EventId* because) {
    if (truth != Truth::yes) return;
    if (!found.empty() && from <= plus(found.back().to, known.state().max_gap)) {
      found.back().to = to;
    } else {
      found.push_back({from, to, because});
    }
  });
  return found;
}

// Whether, were every unknown day a yes, a spell could begin within `begins` and last so long. `clamped`: a spell that began before the
// window counts from the window's first day.
bool Reading::might_last(const Evidence& known, const Range& begins, std::int32_t first, std::int32_t last, const Period& length,
                         bool clamped, int group) {
  struct Stretch {
    std::int32_t from, to;
    Truth truth;
  };
  std::pmr::vector<Stretch> stretches(memory_);
  scan(known, first, last, group, [&](std::int32_t from, std::int32_t to, Truth truth, const EventId*) {
    if (truth != Truth::no) stretches.push_back({from, to, truth});
  });
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    const Stretch& start = stretches[i];
    const bool follows = i > 0 && stretches[i - 1].truth == Truth::yes && start.truth == Truth::yes;
    if (start.truth == Truth::yes && !clamped && (start.from < begins.first || follows)) continue;
    const std::int32_t from = std::max(start.from, begins.first);
    if (from > std::min(start.to - 1, begins.last)) continue;
    std::int32_t to = start.to;
    bool unknown = start.truth == Truth::unknown;
    for (std::size_t j = i + 1; j < stretches.size() && stretches[j].from <= plus(to, known.state().max_gap); ++j) {
      to = stretches[j].to;
      unknown = unknown || stretches[j].truth == Truth::unknown;
    }
    if (unknown && lasts(from, to, length)) return true;
  }
  return false;
}

// The first or last spell that is known of, from the entry on. None: it has not happened, or, where days are unknown, that is not known.
Reading::Day Reading::find_spell(const Anchor& anchor) {
  if (unit_.participation == nullptr || !unit_.participation->entry) return {};
  const Evidence& known = evidence(anchor.state);
  const std::int32_t first = unit_.participation->entry->on.days();
  const auto found = runs(known, first, never - 1, Evidence::any_group);
  if (found.empty()) {
    bool unknown = false;
    scan(known, first, never - 1, Evidence::any_group,
         [&](std::int32_t, std::int32_t, Truth truth, const EventId*) { unknown = unknown || truth == Truth::unknown; });
    return {unknown ? Truth::unknown : Truth::no, 0, nullptr};
  }
  const Run& run = anchor.last ? found.back() : found.front();
  if (!anchor.spell_end) return {Truth::yes, run.from, run.because};
  if (run.to >= never) return {Truth::no, 0, nullptr};
  return {Truth::yes, run.to, run.because};
}

Reading::Because Reading::spell(const Clause& clause) {
  const Range begins = days_of(clause.range);
  if (!begins.known) return {};
  const std::int32_t last = std::min(plus(begins.last, clause.length), never - 1);
  ask(last);
  if (begins.empty()) return {Truth::no, nullptr};
  const Evidence& known = evidence(clause.state);
  // Far enough back to see whether a spell had begun before the window, gaps included.
  const std::int32_t first = std::max((Date::clamped(begins.first) - known.state().max_gap).days() - 1, 0);
  bool possible = false;
  for (int group = known.state().across ? Evidence::any_group : 0; group < known.groups() || group == Evidence::any_group; ++group) {
    for (const Run& run : runs(known, first, last, group)) {
      if (run.from < begins.first || run.from > begins.last) continue;
      if (lasts(run.from, run.to, clause.length)) return {Truth::yes, run.because};
    }
    possible = possible || might_last(known, begins, first, last, clause.length, false, group);
    if (group == Evidence::any_group) break;
  }
  if (known.groups() == 0 && !known.state().across)
    possible = might_last(known, begins, first, last, clause.length, false, Evidence::any_group);
  return {possible ? Truth::unknown : Truth::no, nullptr};
}

Reading::Because Reading::unbroken(const Clause& clause) {
  const Range range = days_of(clause.range);
  if (!range.known) return {};
  ask(range.last);
  if (range.empty()) return {Truth::no, nullptr};
  const Evidence& known = evidence(clause.state);
  bool possible = false;
  for (int group = known.state().across ? Evidence::any_group : 0; group < known.groups() || group == Evidence::any_group; ++group) {
    for (const Run& run : runs(known, range.first, range.last, group)) {
      if (lasts(run.from, run.to, clause.length)) return {Truth::yes, run.because};
    }
    possible = possible || might_last(known, range, range.first, range.last, clause.length, true, group);
    if (group == Evidence::any_group) break;
  }
  if (known.groups() == 0 && !known.state().across) {
    possible = might_last(known, range, range.first, range.last, clause.length, true, Evidence::any_group);
  }
  return {possible ? Truth::unknown : Truth::no, nullptr};
}

Reading::Because Reading::spells(const Clause& clause) {
  const Range begins = days_of(clause.range);
  if (!begins.known) return {};
  ask(begins.last);
  if (begins.empty()) return {Truth::no, nullptr};
  const Evidence& known = evidence(clause.state);
  const std::int32_t first = std::max((Date::clamped(begins.first) - known.state().max_gap).days() - 1, 0);
  std::int32_t count = 0;
  for (int group = known.state().across ? Evidence::any_group : 0; group < known.groups() || group == Evidence::any_group; ++group) {
    for (const Run& run : runs(known, first, begins.last, group)) {
      if (run.from >= begins.first && ++count == clause.times) return {Truth::yes, run.because};
    }
    if (group == Evidence::any_group) break;
  }
  bool unknown = false;
  scan(known, begins.first, begins.last, Evidence::any_group,
       [&](std::int32_t, std::int32_t, Truth truth, const EventId*) { unknown = unknown || truth == Truth::unknown; });
  return {unknown ? Truth::unknown : Truth::no, nullptr};
}

Reading::Because Reading::path(const Clause& clause) {
  const Range begins = days_of(clause.range);
  if (!begins.known) return {};
  if (begins.empty()) return {Truth::no, nullptr};
  const Evidence& from = evidence(clause.state);
  const Evidence& to = evidence(clause.other_state);
  const std::int32_t back = std::max((Date::clamped(begins.first) - from.state().max_gap).days() - 1, 0);
  std::int32_t asked = plus(begins.last, clause.length);
  // A first spell may go on long after the window in which it begins.
  for (const Run& first : runs(from, back, never - 1, Evidence::any_group)) {
    if (first.from < begins.first || first.from > begins.last) continue;
    const std::int32_t latest = std::min(plus(first.to, clause.length), never - 1);
    asked = std::max(asked, latest);
    const std::int32_t before = std::max((Date::clamped(first.from) - to.state().max_gap).days() - 1, 0);
    for (const Run& second : runs(to, before, std::min(plus(latest, clause.other_length), never - 1), Evidence::any_group)) {
      if (second.from < first.from || second.from > latest) continue;
      if (lasts(second.from, second.to, clause.other_length)) return {Truth::yes, second.because};
    }
  }
  ask(asked);
  bool unknown = false;
  const auto look = [&](std::int32_t, std::int32_t, Truth truth, const EventId*) { unknown = unknown || truth == Truth::unknown; };
  scan(from, begins.first, begins.last, Evidence::any_group, look);
  scan(to, begins.first, std::min(asked, never - 1), Evidence::any_group, look);
  return {unknown ? Truth::unknown : Truth::no, nullptr};
}

}  // namespace fodspor::projections
