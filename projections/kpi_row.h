// The bytes of the kpi view: what a subject's verdicts say, and the sums of them.
//
//   row key   programme (16) kind (1) id (16)
//   row       events, each once, then verdicts by target:
//             count event*  count (target unit_number flags steps_passed count (clause truth+event)*)*
//             `target`: its place among the programme's targets; truth+event: truth in the low two bits, above them 0 for silence or the
//             place of the deciding event + 1.
//   sum key   programme (16) target 00 reading 00 counter, a letter of `KpiCounter`
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "projections/kpi.h"

namespace fodspor::projections {

enum class KpiCounter : char {
  units = 'u',
  population = 'p',
  denominator = 'd',
  numerator = 'n',
  unknown = 'k',
  excluded = 'x',
};
inline constexpr KpiCounter kpi_counters[] = {KpiCounter::units,     KpiCounter::population, KpiCounter::denominator,
                                              KpiCounter::numerator, KpiCounter::unknown,    KpiCounter::excluded};

std::string kpi_row_key(ProgrammeId programme, const StreamId& subject);
std::string kpi_sum_key(ProgrammeId programme, const Target& target, KpiCounter counter);

struct KpiVerdict {
  std::uint32_t target = 0;  // its place among the programme's
  Verdict verdict;           // without programme, weight and strata
};
std::string encode_kpi_row(const std::vector<KpiVerdict>& verdicts);
Result<std::vector<KpiVerdict>> decode_kpi_row(std::string_view row);
// A verdict in the definition's own words.
ExplainedUnit explained(const StreamId& subject, const Verdict& verdict, const Measure& measure);
// The subject of a row key.
Result<StreamId> kpi_row_subject(std::string_view key);

}  // namespace fodspor::projections
