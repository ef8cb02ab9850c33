// A definition compiled, and applied to subjects: one or millions. Views, evaluations and evidence all measure with this, so they cannot
// disagree. Immutable after compile; any thread.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "projections/definition.h"
#include "projections/subjects.h"

namespace fodspor::projections {

enum class Truth : std::uint8_t { no = 0, yes = 1, unknown = 2 };

// One clause's answer and the event that decided it (none: silence).
struct Reason {
  std::uint16_t clause = 0;  // index into Measure::clauses()
  Truth truth{};
  EventId because;
};

// What a definition says of one unit (a participation, person, match, placement or enterprise).
struct Verdict {
  ProgrammeId programme;
  std::uint32_t unit_number = 0;  // of a match or placement
  // How many population steps were passed in order; all of them: in the population.
  std::uint16_t steps_passed = 0;
  bool in_population = false;
  Truth in_denominator{};  // a population member is in it unless a denominator clause says otherwise
  // Only for members of the denominator: numerator ⊆ denominator ⊆ population. Unknown if it is unknown whether they are members.
  Truth met{};
  bool excluded = false;  // by a competing event (death, emigration), named in `reasons`
  bool censored = false;
  std::int64_t weight_millionths = 1'000'000;
  std::vector<Reason> reasons;
  std::vector<std::string> strata;  // one value for each of the breakdown's keys
};

class Measure {
 public:
  using Parameters = std::map<std::string, std::string>;  // "hours" → "10", as typed
  // Fault::invalid names the parameter and what it takes.
  static Result<Measure> compile(const Definition& definition, const Parameters& parameters = {},
                                 const std::vector<std::string>& breakdown = {});

  const Definition& definition() const;
  const std::vector<std::string>& steps() const;    // ids of the population's steps, in order
  const std::vector<std::string>& clauses() const;  // ids of all clauses a Reason can name
  const std::vector<std::string>& breakdown() const;

  // The verdicts of one subject, one for each of its units. `programme`: only those of that programme; none: all.
  void apply(const Subject& subject, std::optional<ProgrammeId> programme, std::vector<Verdict>& out) const;
  // Of several programmes, in order of id, as if there were no others: who takes part in two of them is one person. Empty: all.
  void apply(const Subject& subject, std::span<const ProgrammeId> programmes, std::vector<Verdict>& out) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

// Verdicts added up. Sums are over units; persons are counted beside them in the attrition. Whoever may belong to the denominator stands
// in it, as unknown.
struct Figure {
  std::vector<std::uint64_t> attrition_units;  // [0]: all units; [i]: after step i
  std::vector<std::uint64_t> attrition_persons;
  std::uint64_t population = 0, denominator = 0, numerator = 0, unknown = 0, excluded = 0;
  // With weights, in millionths.
  std::int64_t weighted_denominator = 0, weighted_numerator = 0, weighted_unknown = 0;
  std::map<std::vector<std::string>, std::array<std::uint64_t, 3>> strata;  // denominator, numerator, unknown
  void add(const std::vector<Verdict>& of_one_subject, std::size_t steps);
};

// The bounds of a share: unknown as no, as yes, left out; each a ratio in lowest terms is left to the reader, so numerator and denominator.
struct Bounds {
  std::array<std::uint64_t, 2> as_no, as_yes, left_out;
};
Bounds bounds(const Figure& figure);

}  // namespace fodspor::projections
