// One unit of one subject, read by one compiled definition: its anchors' days, what is known of its states, and the truth of each clause.
// Made and thrown away within Measure::apply; points into the subject; allocates from the memory that it is given only.
#pragma once

#include <memory_resource>
#include <optional>
#include <vector>

#include "projections/definition_tree.h"
#include "projections/evidence.h"
#include "projections/measure.h"
#include "projections/subjects.h"

namespace fodspor::projections {

// A definition ready to be applied: its tree, and those that it asks.
struct CompiledDefinition {
  std::shared_ptr<const ParsedDefinition> tree;  // shared by all measures of one definition with the same parameters
  std::vector<CompiledDefinition> references;
};

// What a verdict is about.
struct UnitOf {
  const Participation* participation = nullptr;  // none: of an enterprise or staff
  const Match* match = nullptr;
  const Work* placement = nullptr;  // its first piece
  const Enterprise* enterprise = nullptr;
  ProgrammeId programme;
  std::uint32_t number = 0;
};

class Reading {
 public:
  Reading(const CompiledDefinition& definition, const Subject& subject, const UnitOf& unit, std::pmr::memory_resource* memory);

  // All but strata and weight. `reasons`: also why.
  void judge(Verdict& verdict, bool reasons);

 private:
  struct Because {
    Truth truth = Truth::unknown;
    const EventId* event = nullptr;
  };
  // A day, or why there is none: it has not happened (no), or cannot be known (unknown).
  struct Day {
    Truth known = Truth::unknown;
    std::int32_t on = 0;
    const EventId* because = nullptr;
  };
  struct Range {
    bool known = false;
    std::int32_t first = 0, last = 0;
    bool empty() const noexcept { return last < first; }
  };
  struct Run {
    std::int32_t from, to;
    const EventId* because;
  };

  // reading.cpp
  Day day_of(std::uint16_t anchor);
  Day find_day(const Anchor& anchor);
  Day find_event(const Anchor& anchor) const;
  Day find_spell(const Anchor& anchor);
  Day day_of(const Point& point);
  Range days_of(const DayRange& range);
  Evidence& evidence(std::uint16_t state);
  bool matches(const Fact& fact, const EventPattern& pattern) const;
  void competing(Verdict& verdict);
  void ask(std::int32_t last) { asked_until_ = std::max(asked_until_, last); }

  // clauses.cpp
  Because truth_of(const Clause& clause);
  Because decide(const Clause& clause);
  Because attribute(const Clause& clause);
  Because complete(const Clause& clause) const;
  bool may_still(const Range& range);
  Because happened(const Clause& clause);
  Because event(const Clause& clause);
  Because at(const Clause& clause);
  Because any_time(const Clause& clause);
  Because throughout(const Clause& clause);
  Because in_total(const Clause& clause);
  Because growth(const Clause& clause);
  Because improved(const Clause& clause);
  Because reference(const Clause& clause);

  // spells.cpp
  template <class Each>
  void scan(const Evidence& evidence, std::int32_t first, std::int32_t last, int group, const Each& each);
  // The spells of a state that touch [first, last], joined over its gaps.
  std::pmr::vector<Run> runs(const Evidence& evidence, std::int32_t first, std::int32_t last, int group);
  bool might_last(const Evidence& evidence, const Range& begins, std::int32_t first, std::int32_t last, const Period& length, bool clamped,
                  int group);
  Because spell(const Clause& clause);
  Because unbroken(const Clause& clause);
  Because spells(const Clause& clause);
  Because path(const Clause& clause);

  const CompiledDefinition& definition_;
  const ParsedDefinition& tree_;
  const Subject& subject_;
  const UnitOf& unit_;
  const Programme* programme_;
  std::pmr::memory_resource* memory_;
  std::pmr::vector<std::optional<Day>> days_;
  std::pmr::vector<Evidence*> evidence_;  // null until asked for; of memory_, which gives all back at once
  std::vector<Reason>* reasons_ = nullptr;
  std::int32_t asked_until_ = 0;  // the last day that a clause of the outcome asked about
  bool cut_ = false;              // an answer was unknown because it lies after the day asked for
};

}  // namespace fodspor::projections
