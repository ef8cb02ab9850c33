// What is known of one person's state, day by day: yes, no, or unknown, and because of which event. Owned by one reading of one person,
// whose Person it points into; allocates from that reading's memory only.
//
// Of one day, in this order:
//   1. after the day that is asked for (AsOf::valid): unknown. On and after the day of death: no.
//   2. a spell or report of work, education, search, role or course that counts: yes. So does a day or period observed so.
//   3. such a spell of which what would decide is not said (the hours, the kind of enterprise): unknown.
//   4. a period observed otherwise: no.
//   5. the nearest single day observed, within the state's tolerance: what it says; of two equally near, the yes.
//   6. after emigration: unknown. Within a source's coverage: no. Otherwise: unknown.
// So where sources conflict, a recorded spell comes before an observation, a period before a single day, and anything before silence.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <vector>

#include "projections/definition_tree.h"
#include "projections/measure.h"

namespace fodspor::projections {

// The day after the last of the calendar: where an open spell ends.
inline constexpr std::int32_t never = Date::days_max + 1;

struct Answer {
  Truth truth = Truth::unknown;
  const EventId* because = nullptr;  // null: silence
  std::int32_t until = never;        // up to this day, not with it, the answer stays
  bool cut = false;                  // unknown because it lies after the day asked for
};

// Single days observed count only if they lie within these.
struct PointLimits {
  std::int32_t first = 0, last = never;
};

// The placement or match that a verdict is about, for states of its own.
struct OwnUnit {
  const Work* placement = nullptr;
  const Match* match = nullptr;
};

class Evidence {
 public:
  Evidence(const State& state, const Person& person, const Participation& participation, const Programme* programme, const Context& context,
           const OwnUnit& own, std::pmr::memory_resource* memory);

  const State& state() const noexcept { return *state_; }

  // `group`: only of that employer or holder; none: of any.
  static constexpr int any_group = -1;
  Answer on(std::int32_t day, const PointLimits& limits, int group = any_group) const;
  int groups() const noexcept { return static_cast<int>(groups_.size()); }

  // Hours in [from, to), in millionths of an hour; `known` is false if those of some day are not.
  struct HoursIn {
    std::int64_t sum = 0;
    std::int64_t least_a_week = 0;
    bool known = true;
  };
  HoursIn hours_in(std::int32_t from, std::int32_t to, int group = any_group) const;

 private:
  struct Spell {
    std::int32_t from, to;
    std::int64_t contracted;  // millionths of an hour a week; not_said
    const EventId* because;
    const EventId* ended;  // null: open
    int group;
    std::int16_t thing;  // index of its placement or employment
    bool sure;           // false: whether it counts depends on what is not said
  };
  struct Report {
    std::int32_t from, to;
    std::int64_t a_week;
    int group;
    std::int16_t thing;
  };
  struct Seen {
    std::int32_t from, to;
    Truth truth;  // unknown: whether it counts depends on what is not said
    const EventId* because;
  };
  struct Run {
    std::int32_t from, to;
    int group;
  };
  struct Key {
    StreamId stream;
    std::uint32_t number;
    Work::From origin;
    bool operator==(const Key&) const = default;
  };
  struct Group {
    Id who;
    Key key;
    bool operator==(const Group&) const = default;
  };
  static constexpr std::int64_t not_said = -1;
  // Who works has at least one hour; more than that must be said.
  static constexpr std::int64_t one_hour = 1'000'000;
  // Reported hours are spread over the days of their period, and each day's share is rounded.
  static constexpr std::int64_t rounding = 10;

  // evidence_gathered.cpp
  void gather_work(const Person& person, const Context& context, const OwnUnit& own);
  void gather_reports(const Person& person, const Context& context, const OwnUnit& own);
  void gather_spells(const Person& person, const Participation& participation);
  void gather_observations(const Person& person);
  void gather_coverage(const Person& person, const Programme* programme, const Context& context);
  void gather_runs();

  Truth seen_as(const Observation& seen) const;
  // Yes, no, or unknown where the enterprise or its kind is not said.
  Truth enterprise_counts(const std::optional<Id>& enterprise, const Context& context) const;
  int group_of(const std::optional<Id>& who, const Key& key);
  std::int16_t thing_of(const Key& key);
  bool of_source(wire::Source source) const;

  // evidence.cpp
  struct Rate {
    std::int64_t a_week = 0;
    bool known = true;
    std::int32_t until = never;
  };
  Rate rate_on(std::int32_t day, int group) const;
  // Whether the hours of that day, or of the block that it lies in, are enough.
  Truth enough_hours(std::int32_t day, int group, std::int32_t& until) const;
  bool covered(std::int32_t day, const std::pmr::vector<std::pair<std::int32_t, std::int32_t>>& ranges) const;

  const State* state_;
  std::pmr::vector<Spell> spells_;
  std::pmr::vector<Report> reports_;
  std::pmr::vector<Seen> periods_, points_;
  std::pmr::vector<std::pair<std::int32_t, std::int32_t>> covered_, hours_covered_;
  std::pmr::vector<Run> runs_;
  std::pmr::vector<Group> groups_;
  std::pmr::vector<Key> things_;
  std::int32_t died_ = never, emigrated_ = never, valid_end_ = never;
  const EventId* died_because_ = nullptr;
};

}  // namespace fodspor::projections
