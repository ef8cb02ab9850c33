#include "engine/written.h"

#include "engine/record.h"

namespace fodspor::engine {

Result<std::optional<Appended>> Written::same(Position first, std::span<const Proposal> proposals) const {
  Appended answer{first, {first.value + proposals.size() - 1}, {}, true};
  Position position = first;
  for (const Proposal& proposal : proposals) {
    auto value = log_.read(position);
    if (!value && value.error().fault == Fault::not_found) return std::nullopt;
    if (!value) return tl::make_unexpected(value.error());
    FODSPOR_TRY(const Stored stored, read_record(*value, position));
    // The number of events in the batch is part of each of them, so a longer or shorter one differs in its first.
    if (view(stored.packed) != proposal.packed) return std::nullopt;
    answer.recorded_at = stored.placement.recorded_at;
    ++position.value;
  }
  return answer;
}

}  // namespace fodspor::engine
