// An outcome definition as its compiler understands it: names resolved to indexes, words to numbers, parameters bound.
//
// Written by definition_reader.h, read by measure.cpp. A value that nobody changes after it was read; any thread may read one.
#pragma once

#include <capnp/schema.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "events/programme.capnp.h"
#include "projections/attributes.h"
#include "projections/definition.h"
#include "projections/definition_source.h"

namespace fodspor::projections {

// "exit + 6 months - 1 day": an anchor, and steps from it that are taken in order.
struct Point {
  struct Step {
    Period length;
    bool back = false;
  };
  std::uint16_t anchor = 0;
  std::vector<Step> steps;
};

// A window of days. No `from`: from the entry. No `to`: as long as anything is known.
struct DayRange {
  std::optional<Point> from, to;
  bool from_open = false, to_open = false;
  bool whole_month = false;  // the calendar month in which `from` falls
};

// One test of a field of an event's body: an enumeration's value, a text, or a number.
struct FactTest {
  std::vector<capnp::StructSchema::Field> path;
  std::uint64_t any_of = 0;  // of an enumeration: 1 << ordinal
  std::vector<std::string> texts;
  std::optional<std::int64_t> at_least, at_most;  // millionths
  std::uint8_t stored_plus = 0;                   // 1: the stored number is 1 too high, and 0 means absent
  bool in_millionths = false;
};

struct EventPattern {
  EventType type{};
  std::vector<FactTest> tests;
};

struct Anchor {
  enum class Kind : std::uint8_t {
    entry,  // the first entry; of an enterprise, when it was recruited
    last_entry,
    exit,  // the last leaving, unless an entry follows it
    completion,
    screened,
    recruited,
    programme_start,
    programme_end,
    granted,  // the programme's first grant
    unit_began,
    unit_ended,  // of a match (proposed, then accepted or declined) or a placement
    date,
    event,
    state,     // where a state's first or last spell begins or ends
    point,     // another anchor, moved
    earliest,  // of several points, those that have happened
    latest,
  };
  std::string name;
  Kind kind{};
  bool last = false;
  Date date;
  EventPattern event;
  std::optional<EventPattern> unless_followed_by;
  Period unless_within;
  std::uint16_t state = 0;
  bool spell_end = false;
  std::vector<Point> points;
};

struct Hours {
  enum class Measured : std::uint8_t { contracted, reported, either } measured = Measured::either;
  enum class Aggregate : std::uint8_t { mean, min, sum } aggregate = Aggregate::mean;
  std::int64_t at_least = 0;   // millionths of an hour: a week, or of `sum` in the whole block
  std::int32_t over_days = 0;  // 0: day by day
};

// What a person's state is read from, and which days of it count.
struct State {
  enum class From : std::uint8_t { employment, placement, education, seeking, status, benefit, role, course };
  std::string name;
  From from{};
  // Bit sets of 1 << ordinal of the vocabulary's enumerations. 0: whatever it is.
  std::uint32_t kinds = 0, placement_kinds = 0, enterprise_kinds = 0, statuses = 0, benefits = 0;
  std::uint32_t roles = 0, employers = 0, chosen_by_citizen = 0, course_kinds = 0, sources = 0;
  std::uint8_t minutes = 0;  // which hours count: 1 ordinary, 2 subsidised, 4 unpaid
  std::optional<Hours> hours;
  Period max_gap;
  bool across = true;            // false: a spell ends with its employer (of a role: with whoever holds it)
  bool own_unit = false;         // only the placement or the match's enterprise that the verdict is about
  Period point_holds;            // how far from its day a single day's observation counts
  std::uint16_t covered_by = 0;  // 1 << wire::Covered::Fact; 0: silence is "no", as the programme itself records these
};

struct Clause {
  enum class Kind : std::uint8_t {
    all,
    any,
    negation,
    attribute,   // test
    complete,    // fields
    happened,    // anchor, perhaps within range
    event,       // event, range, times
    at,          // state at point
    any_time,    // state on some day of range
    throughout,  // state on every day of range
    in_total,    // state for `length` within range
    unbroken,    // one spell of `length` within range
    spells,      // `times` spells that begin within range
    spell,       // one spell that begins within range and lasts `length`
    path,        // state, then other_state within `length`
    growth,      // mean weekly hours in the last `length` of range above those in the first
    improved,    // fields better on point than at entry
    reference,   // another definition says so
  };
  enum class Says : std::uint8_t { met, not_met, unknown, in_population, in_denominator };

  Kind kind{};
  std::uint16_t name = 0;  // index into ParsedDefinition::clause_names
  std::vector<Clause> parts;
  AttributeTest test;
  std::vector<Field> fields;
  std::uint16_t state = 0, other_state = 0, anchor = 0, reference = 0;
  Says says = Says::met;
  EventPattern event;
  Point point;
  DayRange range;
  bool has_range = false;
  Period length, other_length;
  std::int32_t times = 1;
  std::int64_t grows_by = 0;  // millionths of an hour a week
};

struct Parameter {
  std::string name;
  Node value;  // the default
  std::vector<Node> sweep;
};

// A combination of parameters that has no meaning: "hold > within".
struct Forbidden {
  struct Side {
    std::string parameter;  // empty: the literal
    Node literal;
  };
  struct Comparison {
    Side left, right;
    std::string op;
  };
  std::string text;
  Place place;
  std::vector<Comparison> all;
};

enum class Competing : std::uint8_t { exclude, no, unknown };

enum class Repeats : std::uint8_t { each, first, last, any };

struct ParsedDefinition {
  std::string id, version, hash, source_document, toml, file;
  Bilingual title;
  Unit unit{};
  Repeats repeats = Repeats::each;
  bool of_comparison = false;  // of those followed for comparison, who take no part

  Node merged;  // with what it extends, before parameters are bound
  std::vector<Parameter> parameters;
  std::vector<Forbidden> forbidden;

  std::vector<Anchor> anchors;
  std::vector<State> states;
  std::vector<Clause> steps;
  std::optional<Clause> denominator;
  std::optional<Clause> outcome;  // none: every member of the denominator counts
  std::vector<std::string> clause_names;

  bool silence_is_no = false;
  Competing death = Competing::exclude, emigration = Competing::exclude;
  std::vector<std::string> breakdown;
  int min_cell = 5;

  std::vector<Definition> references;  // that clauses ask
};

}  // namespace fodspor::projections
