// Which enterprises take part in which programme, and how: recruited, committed, withdrawn, ambassador, openings; and how many people they
// have had. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "projections/view.h"

namespace fodspor::projections {

struct EnterpriseLine {
  ProgrammeId programme;
  Id enterprise;
  wire::EnterpriseKind kind{};
  std::uint32_t cvr = 0;       // 0: not said
  std::uint64_t p_number = 0;  // 0: not said
  std::string industry;
  std::optional<Moment> recruited, committed, withdrew, ambassador_from, ambassador_to;
  std::uint32_t commitments = 0, committed_places = 0, openings = 0, opening_places = 0, roles_trained = 0;
  // People with a placement or a job there that was begun under this programme.
  std::uint64_t placed = 0, employed = 0, people = 0;
};

// In order of programme and enterprise; of one programme or of all.
Result<std::vector<EnterpriseLine>> read_enterprises(const Rows& enterprises, std::optional<ProgrammeId> programme);

std::unique_ptr<View> make_enterprises_view();

}  // namespace fodspor::projections
