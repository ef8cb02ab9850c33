#include <algorithm>

#include "projections/measure.h"

namespace fodspor::projections {

void Figure::add(const std::vector<Verdict>& of_one_subject, std::size_t steps) {
  attrition_units.resize(std::max(attrition_units.size(), steps + 1));
  attrition_persons.resize(std::max(attrition_persons.size(), steps + 1));
  std::size_t furthest = 0;
  for (const Verdict& verdict : of_one_subject) {
    furthest = std::max(furthest, std::size_t{verdict.steps_passed});
    for (std::size_t step = 0; step <= verdict.steps_passed && step <= steps; ++step) ++attrition_units[step];
    if (!verdict.in_population) continue;
    ++population;
    if (verdict.excluded) ++excluded;
    if (verdict.in_denominator == Truth::no) continue;
    ++denominator;
    weighted_denominator += verdict.weight_millionths;
    if (verdict.met == Truth::yes) {
      ++numerator;
      weighted_numerator += verdict.weight_millionths;
    } else if (verdict.met == Truth::unknown) {
      ++unknown;
      weighted_unknown += verdict.weight_millionths;
    }
    if (!verdict.strata.empty()) {
      auto& stratum = strata[verdict.strata];
      ++stratum[0];
      if (verdict.met == Truth::yes) ++stratum[1];
      if (verdict.met == Truth::unknown) ++stratum[2];
    }
  }
  if (of_one_subject.empty()) return;
  for (std::size_t step = 0; step <= furthest && step <= steps; ++step) ++attrition_persons[step];
}

Bounds bounds(const Figure& figure) {
  Bounds bounds;
  bounds.as_no = {figure.numerator, figure.denominator};
  bounds.as_yes = {figure.numerator + figure.unknown, figure.denominator};
  bounds.left_out = {figure.numerator, figure.denominator - figure.unknown};
  return bounds;
}

}  // namespace fodspor::projections
