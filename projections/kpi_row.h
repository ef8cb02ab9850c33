// The bytes of the kpi view: what a subject's verdicts say, and the sums of them.
//
//   row key   programme (16) kind (1) id (16)
//   row       events, each once, then verdicts by target:
//             count event*  count (target unit_number flags steps_passed count (clause truth+event)*)*
//             `target`: its place among the programme's targets; truth+event: truth in the low two bits, above them 0 for silence or the
//             place of the deciding event + 1.
//   sum key   programme (16) target 00 reading 00 class, a letter of `KpiClass`: units of which the definition says the same
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "projections/kpi.h"

namespace fodspor::projections {

// What a definition says of a unit, as far as figures go. Each unit is of one class, so each verdict adds to one sum.
enum class KpiClass : char {
  outside = 'a',    // not in the population
  excluded = 'b',   // in the population, and excluded by a competing event
  not_asked = 'c',  // in the population, not in the denominator
  no = 'd',
  yes = 'e',
  unknown = 'f',
};
inline constexpr KpiClass kpi_classes[] = {KpiClass::outside, KpiClass::excluded, KpiClass::not_asked,
                                           KpiClass::no,      KpiClass::yes,      KpiClass::unknown};
KpiClass class_of(const Verdict& verdict);
// So many units of that class, in the terms of a figure.
void count(KpiClass of, std::uint64_t units, KpiCounts& counts);

std::string kpi_row_key(ProgrammeId programme, const StreamId& subject);
std::string kpi_sum_key(ProgrammeId programme, const Target& target, KpiClass of);

struct KpiVerdict {
  std::uint32_t target = 0;  // its place among the programme's
  Verdict verdict;           // without programme, weight and strata
};
// One row, verdict by verdict, in order of target.
class KpiRowWriter {
 public:
  void add(std::uint32_t target, const Verdict& verdict);
  bool empty() const noexcept { return count_ == 0; }
  std::string finish() const;

 private:
  std::vector<EventId> events_;
  std::string verdicts_;
  std::size_t count_ = 0;
};
Result<std::vector<KpiVerdict>> decode_kpi_row(std::string_view row);
// A verdict in the definition's own words.
ExplainedUnit explained(const StreamId& subject, const Verdict& verdict, const Measure& measure);
// The subject of a row key.
Result<StreamId> kpi_row_subject(std::string_view key);

}  // namespace fodspor::projections
