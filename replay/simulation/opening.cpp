#include <utility>

#include "projections/programme.h"
#include "replay/simulation.h"

namespace fodspor::replay {

Result<std::vector<Draft>> shipped_opening() {
  std::vector<projections::ProgrammeFile> files;
  for (const auto& [name, toml] : projections::shipped_programmes()) files.push_back({std::string(name), std::string(toml)});
  FODSPOR_TRY(auto plan, projections::plan_programmes(files, projections::Context{}, projections::Library::shipped()));
  return std::move(plan.drafts);
}

}  // namespace fodspor::replay
