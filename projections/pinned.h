// The measures that a programme's pinned targets are read with: the definition's text from the log where one was approved, else the one
// that ships; compiled once, kept by content. Owned by one thread while it prepares; then any thread may read.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "projections/context.h"
#include "projections/measure.h"

namespace fodspor::projections {

// Changes whenever a definition that ships does: a view that measures with them is rebuilt then.
std::uint32_t shipped_definitions_mark();

struct PinnedTarget {
  std::optional<Measure> measure;
  std::string problem;  // why there is none
};

class PinnedMeasures {
 public:
  // Compiles what the context pins and is not compiled yet. A definition that cannot be applied is its target's problem, not a Failure.
  void prepare(const Context& context);
  // In the order of Programme::targets.
  const std::vector<PinnedTarget>& of(ProgrammeId programme) const;

 private:
  PinnedTarget pinned(const Context& context, const Target& target);
  Result<Measure> compile(const Context& context, const Target& target, bool is_approved);

  std::map<ProgrammeId, std::vector<PinnedTarget>> by_programme_;
  std::vector<PinnedTarget> none_;
  // By id, version and the approved text (empty: the shipped one).
  std::map<std::pair<std::pair<std::string, std::string>, std::string>, PinnedTarget> compiled_;
  std::optional<Library> shipped_;
  std::optional<Result<Library>> approved_;  // in the context that is being prepared
};

}  // namespace fodspor::projections
