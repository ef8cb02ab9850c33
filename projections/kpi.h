// Figures against targets: one line a target and reading of a programme, and the people and events behind each line.
//
// The view keeps one row a subject and programme with what each pinned target's definition says of it, and the sums of those rows. The
// read functions here need nothing but the rows and the context of the same position. Values; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "projections/measure.h"
#include "projections/view.h"

namespace fodspor::projections {

// What a figure says of its target. `not_yet`: short of it, and the programme still runs. `unknown_decides`: it depends on people about
// whom nothing is known. `unread`: the target's definition cannot be applied; KpiLine::problem says why.
enum class TargetStanding : std::uint8_t { met, missed, not_yet, unknown_decides, unread };
std::string_view name(TargetStanding standing) noexcept;  // "met", "missed", "not_yet", "unknown_decides", "unread"

struct KpiCounts {
  std::uint64_t units = 0, population = 0, denominator = 0, numerator = 0, unknown = 0, excluded = 0;
};

struct KpiLine {
  ProgrammeId programme;
  Target target;
  KpiCounts counts;
  // The figure when unknown counts as no, as yes, and is left out. Of a count: {numerator, 1}; of a share: {numerator, denominator}.
  Bounds bounds;
  TargetStanding standing{};
  Bilingual definition_title;
  std::string definition_hash;  // 32 bytes; empty if unread
  std::string problem;          // why it is unread
};

// All pinned targets of one programme or of all, in order of programme, target id, reading. `today` tells missed from not yet.
Result<std::vector<KpiLine>> read_kpi(const Rows& kpi, const Context& context, std::optional<ProgrammeId> programme, Date today);

// How a figure stands against a target, in whole numbers only: `of` is 1 for a count and the denominator for a share. `yes` are those who
// count, `unknown` those who may. A share of nobody meets nothing.
TargetStanding standing(const Target& target, std::uint64_t yes, std::uint64_t unknown, std::uint64_t of, bool over);

struct WhichTarget {
  ProgrammeId programme;
  std::string target;   // "K4"
  std::string reading;  // empty: the first
};

struct ExplainedReason {
  std::string clause;  // its id in the definition
  Truth truth{};
  std::optional<EventId> because;  // none: silence
};

// What a target's definition says of one unit of one subject, and because of which events.
struct ExplainedUnit {
  StreamId subject;  // a participant (of merged ones, the one that stands for them) or an enterprise
  std::uint32_t unit_number = 0;
  bool in_population = false;
  std::string failed_step;  // the first population step not passed; empty if in the population
  Truth in_denominator{};
  Truth met{};
  bool excluded = false, censored = false;
  std::vector<ExplainedReason> reasons;
};

// Everybody behind a figure, in order of subject, or one person; `visit` returns false to stop. Fault::not_found for a target that the
// programme does not pin, naming those that it does; Fault::unsupported if its definition cannot be applied.
Status explain(const Rows& kpi, const Context& context, const WhichTarget& which, std::optional<Id> person,
               const std::function<bool(const ExplainedUnit&)>& visit);

std::unique_ptr<View> make_kpi_view();

}  // namespace fodspor::projections
