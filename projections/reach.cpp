// Sums: 00 'D' and the number of a stretch of 32 days: how many subjects' last day lies in it.
#include "projections/reach.h"

#include <algorithm>

#include "projections/definition_tree.h"
#include "projections/pinned.h"

namespace fodspor::projections {

namespace {

constexpr std::string_view days_prefix{"\0D", 2};
constexpr int stretch_bits = 5;

std::string stretch_key(std::int32_t day) {
  std::string key(days_prefix);
  const auto stretch = static_cast<std::uint32_t>(day) >> stretch_bits;
  key += static_cast<char>(stretch >> 8);
  key += static_cast<char>(stretch & 0xff);
  return key;
}
static_assert((Date::days_max + 1) >> stretch_bits <= 0xffff);

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

std::int32_t last_day_of(const History& history) {
  std::int32_t last = 0;
  for (const Fact& fact : history.facts()) {
    if (fact.dated) last = std::max({last, fact.from.days(), fact.to ? fact.to->days() : 0});
  }
  return last;
}

// Of a programme or portfolio: what its events are dated, what is withdrawn as well, and the days that they speak of.
Result<std::int32_t> last_day_of(const engine::Ledger& ledger, const Context& context, const StreamId& stream, Position position,
                                 const Programme& said) {
  FODSPOR_TRY(const History history, load_history(ledger, context, stream, {position, {}}));
  std::int32_t last = last_day_of(history);
  for (const Frame& frame : said.frames) last = std::max({last, frame.starts.days(), frame.ends.days()});
  for (const Coverage& coverage : said.coverage.all()) {
    last = std::max({last, coverage.when.from.days(), coverage.when.to ? coverage.when.to->days() : 0});
  }
  return last;
}

}  // namespace

void add_reach(const Subject& subject, Contribution& out) {
  if (const std::int32_t last = last_day_of(subject.history); last > 0) out.sums.emplace_back(stretch_key(last), 1);
}

Result<std::optional<Date>> settled_from(const engine::Ledger& ledger, const Rows& rows, const Context& context) {
  std::int32_t last = 0;
  FODSPOR_DO(rows.each_sum(days_prefix, [&](std::string_view key, std::int64_t subjects) {
    if (key.size() != days_prefix.size() + 2 || subjects == 0) return true;
    const auto stretch = (static_cast<unsigned char>(key[2]) << 8) | static_cast<unsigned char>(key[3]);
    last = std::max(last, ((stretch + 1) << stretch_bits) - 1);
    return true;
  }));
  PinnedMeasures measures;
  measures.prepare(context);
  std::vector<const ParsedDefinition*> asked;
  const auto look_at = [&](const StreamId& stream, const Programme& said) -> Status {
    FODSPOR_TRY(const std::int32_t day, last_day_of(ledger, context, stream, rows.position(), said));
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
  // What portfolios are measured with.
  const Library shipped = Library::shipped();
  for (const char* id : {"esf.cr04", "esf.cr06"}) {
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
