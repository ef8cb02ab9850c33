// Sums: 00 'D' day (3): how many subjects' last day it is.
#include "projections/reach.h"

#include <algorithm>

#include "projections/definition_tree.h"
#include "projections/pinned.h"
#include "projections/portfolio.h"

namespace fodspor::projections {

namespace {

constexpr std::string_view days_prefix{"\0D", 2};
constexpr std::size_t day_bytes = 3;
static_assert(Date::days_max < 1 << 24);

std::string day_key(std::int32_t day) {
  std::string key(days_prefix);
  for (const int shift : {16, 8, 0}) key += static_cast<char>(day >> shift & 0xff);
  return key;
}

// How many days past the last day that is known of a definition can ask about, at most: all its lengths, one after the other.
struct Asked {
  std::int64_t days = 0;
  std::int32_t last_date = 0;  // of the calendar days that it names
  bool without_end = false;

  void add(const Period& length) { days += length.days_at_most(); }
  void add(const Point& point) {
    for (const Point::Step& step : point.steps) add(step.length);
  }
  void add(const Anchor& anchor) {
    if (anchor.kind == Anchor::Kind::date) last_date = std::max(last_date, anchor.date.days());
    // Where a spell begins or ends may not be known on any day.
    without_end = without_end || anchor.kind == Anchor::Kind::state;
    add(anchor.unless_within);
    for (const Point& point : anchor.points) add(point);
  }
  void add(const State& state) {
    add(state.max_gap);
    add(state.point_holds);
    if (state.hours) days += state.hours->over_days;
  }
  void add(const Clause& clause) {
    for (const Clause& part : clause.parts) add(part);
    add(clause.point);
    if (clause.range.from) add(*clause.range.from);
    if (clause.range.to) add(*clause.range.to);
    if (clause.range.whole_month) days += 31;
    without_end = without_end || (asks_days_in_range(clause.kind) && !clause.range.to && !clause.range.whole_month);
    add(clause.length);
    add(clause.other_length);
  }
  void add(const ParsedDefinition& definition) {
    for (const Anchor& anchor : definition.anchors) add(anchor);
    for (const State& state : definition.states) add(state);
    for (const Clause& step : definition.steps) add(step);
    if (definition.denominator) add(*definition.denominator);
    if (definition.outcome) add(*definition.outcome);
    for (const Definition& reference : definition.references) add(reference.tree());
  }

  // An event in a window without an end has happened or has not, whatever day it is; a state's days go on.
  static bool asks_days_in_range(Clause::Kind kind) {
    switch (kind) {
      case Clause::Kind::any_time:
      case Clause::Kind::throughout:
      case Clause::Kind::in_total:
      case Clause::Kind::unbroken:
      case Clause::Kind::spells:
      case Clause::Kind::spell:
      case Clause::Kind::path:
      case Clause::Kind::growth:
        return true;
      default:
        return false;
    }
  }
};

// Of a programme or portfolio: what its events are dated, what is withdrawn as well, and the days that they speak of.
Result<std::int32_t> last_day_spoken_of(const engine::Ledger& ledger, const Context& context, const StreamId& stream, Position position,
                                        const Programme& said) {
  FODSPOR_TRY(const History history, load_history(ledger, context, stream, {position, {}}));
  std::int32_t last = last_day_of(history).value_or(Date()).days();
  for (const Frame& frame : said.frames) last = std::max({last, frame.starts.days(), frame.ends.days()});
  for (const Coverage& coverage : said.coverage.all()) {
    last = std::max({last, coverage.when.from.days(), coverage.when.to ? coverage.when.to->days() : 0});
  }
  return last;
}

// The last of all subjects' last days; 0: no fact has a date.
Result<std::int32_t> last_day_in(const Rows& rows) {
  std::int32_t last = 0;
  FODSPOR_DO(rows.each_sum(days_prefix, [&](std::string_view key, std::int64_t subjects) {
    if (key.size() != days_prefix.size() + day_bytes || subjects == 0) return true;
    last = 0;  // days come in their order
    for (const char byte : key.substr(days_prefix.size())) last = last << 8 | static_cast<unsigned char>(byte);
    return true;
  }));
  return last;
}

}  // namespace

std::optional<Date> last_day_of(const History& history) {
  std::optional<Date> last;
  for (const Fact& fact : history.facts()) {
    if (fact.dated) last = std::max({last, std::optional(fact.from), fact.to});
  }
  return last;
}

void add_reach(std::optional<Date> last_day, Contribution& out) {
  if (last_day) out.sums.emplace_back(day_key(last_day->days()), 1);
}

Result<Date> settled_from(const Rows& rows) {
  FODSPOR_TRY(const std::int32_t last, last_day_in(rows));
  return Date::clamped(std::int64_t{last} + 1);
}

Result<std::optional<Date>> settled_from(const engine::Ledger& ledger, const Rows& rows, const Context& context) {
  FODSPOR_TRY(std::int32_t last, last_day_in(rows));
  PinnedMeasures measures;
  measures.prepare(context);
  std::vector<const ParsedDefinition*> asked;
  const auto look_at = [&](const StreamId& stream, const Programme& said) -> Status {
    FODSPOR_TRY(const std::int32_t day, last_day_spoken_of(ledger, context, stream, rows.position(), said));
    last = std::max(last, day);
    return {};
  };
  for (const auto& [id, programme] : context.programmes) {
    FODSPOR_DO(look_at(id.stream(), programme));
    for (const PinnedTarget& pinned : measures.of(id)) {
      if (pinned.measure) asked.push_back(&pinned.measure->definition().tree());
    }
  }
  for (const auto& [id, portfolio] : context.portfolios) FODSPOR_DO(look_at({StreamKind::portfolio, id}, portfolio));
  const Library shipped = Library::shipped();
  for (const char* id : portfolio_definitions) {
    FODSPOR_TRY(const Definition definition, shipped.find(id));
    asked.push_back(&definition.tree());
  }
  std::int64_t settled = last;
  for (const ParsedDefinition* definition : asked) {
    Asked of;
    of.add(*definition);
    if (of.without_end) return std::nullopt;
    settled = std::max(settled, std::max(last, of.last_date) + of.days);
  }
  if (settled >= Date::days_max) return std::nullopt;
  return Date::clamped(settled + 1);
}

}  // namespace fodspor::projections
