#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "projections/programme.h"
#include "replay/simulation.h"

namespace fodspor::replay {
namespace {

Result<std::vector<Draft>> planned(const std::vector<projections::ProgrammeFile>& files) {
  FODSPOR_TRY(auto plan, projections::plan_programmes(files, projections::Context{}, projections::Library::shipped()));
  return std::move(plan.drafts);
}

}  // namespace

Result<std::vector<Draft>> shipped_opening() {
  std::vector<projections::ProgrammeFile> files;
  for (const auto& [name, toml] : projections::shipped_programmes()) files.push_back({std::string(name), std::string(toml)});
  // A definition is approved with the first programme that names it, so the files stand in the order in which their programmes begin.
  std::map<std::string, std::uint32_t> begins;
  FODSPOR_TRY(const std::vector<Draft> in_any_order, planned(files));
  for (const Draft& draft : in_any_order) {
    if (draft.type() == EventType::programme_registered)
      begins[ProgrammeId{draft.stream().id}.slug() + ".toml"] = draft.proposal().getValidFrom();
  }
  std::stable_sort(files.begin(), files.end(), [&](const auto& a, const auto& b) { return begins[a.name] < begins[b.name]; });
  return planned(files);
}

}  // namespace fodspor::replay
