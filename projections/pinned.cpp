#include "projections/pinned.h"

namespace fodspor::projections {

namespace {

Result<Measure> compile_target(const Context& context, const Library& shipped, const Target& target, bool approved) {
  if (!approved) {
    FODSPOR_TRY(const Definition definition, shipped.find(target.definition, target.definition_version));
    return Measure::compile(definition);
  }
  // What was approved stands alone: it reads the same when a later program ships another text.
  Library library;
  auto added = library.add_approved(context);
  if (!added) {
    // It may extend a definition that ships and was never approved by itself.
    library = shipped;
    added = library.add_approved(context);
  }
  if (!added) return tl::make_unexpected(std::move(added).error());
  FODSPOR_TRY(const Definition definition, library.find(target.definition, target.definition_version));
  return Measure::compile(definition);
}

}  // namespace

std::uint32_t shipped_definitions_mark() {
  std::string all;
  for (const auto& [file, text] : shipped_definitions()) all.append(file).append(text);
  return static_cast<std::uint32_t>(Id::derived({all}).lo);
}

void PinnedMeasures::prepare(const Context& context) {
  by_programme_.clear();
  for (const auto& [id, programme] : context.programmes) {
    std::vector<PinnedTarget>& pinned_here = by_programme_[id];
    for (const Target& target : programme.targets) pinned_here.push_back(pinned(context, target));
  }
}

const std::vector<PinnedTarget>& PinnedMeasures::of(ProgrammeId programme) const {
  const auto found = by_programme_.find(programme);
  return found == by_programme_.end() ? none_ : found->second;
}

PinnedTarget PinnedMeasures::pinned(const Context& context, const Target& target) {
  const auto approved = context.definitions.find({target.definition, target.definition_version});
  const bool is_approved = approved != context.definitions.end();
  const auto key =
      std::pair(std::pair(target.definition, target.definition_version), is_approved ? approved->second.source : std::string());
  const auto known = compiled_.find(key);
  if (known != compiled_.end()) return known->second;
  if (!shipped_) shipped_ = Library::shipped();
  PinnedTarget made;
  if (auto measure = compile_target(context, *shipped_, target, is_approved)) {
    made.measure = std::move(*measure);
  } else {
    made.problem = measure.error().message;
  }
  compiled_.emplace(key, made);
  return made;
}

}  // namespace fodspor::projections
