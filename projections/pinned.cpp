#include "projections/pinned.h"

namespace fodspor::projections {

namespace {

// What was approved stands alone: it reads the same when a later program ships another text. Only what it extends and was never approved
// by itself is taken from what ships.
Result<Library> approved_library(const Context& context, const Library& shipped) {
  Library alone;
  if (alone.add_approved(context)) return alone;
  Library together = shipped;
  FODSPOR_DO(together.add_approved(context));
  return together;
}

}  // namespace

std::uint32_t shipped_definitions_mark() {
  std::string all;
  for (const auto& [file, text] : shipped_definitions()) all.append(file).append(text);
  return static_cast<std::uint32_t>(Id::derived({all}).lo);
}

void PinnedMeasures::prepare(const Context& context) {
  by_programme_.clear();
  approved_.reset();
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
  PinnedTarget made;
  if (auto measure = compile(context, target, is_approved)) {
    made.measure = std::move(*measure);
  } else {
    made.problem = measure.error().message;
  }
  compiled_.emplace(key, made);
  return made;
}

Result<Measure> PinnedMeasures::compile(const Context& context, const Target& target, bool is_approved) {
  if (!shipped_) shipped_ = Library::shipped();
  if (!is_approved) {
    FODSPOR_TRY(const Definition definition, shipped_->find(target.definition, target.definition_version));
    return Measure::compile(definition);
  }
  if (!approved_) approved_ = approved_library(context, *shipped_);
  if (!*approved_) return tl::make_unexpected(approved_->error());
  FODSPOR_TRY(const Definition definition, (*approved_)->find(target.definition, target.definition_version));
  return Measure::compile(definition);
}

}  // namespace fodspor::projections
