#include "engine/written.h"

#include "engine/record.h"

namespace fodspor::engine {

Result<std::optional<Appended>> Written::same(Position first, std::span<const Proposal> proposals) const {
  Appended answer{first, {first.value + proposals.size() - 1}, {}, true};
  LogStore::Reader reader(log_);
  Position position = first;
  for (const Proposal& proposal : proposals) {
    // The number of events in the batch is part of each of them: a longer or shorter one differs in its first, and no event is asked for
    // that was not written.
    FODSPOR_TRY(const std::string_view value, reader.read(position));
    FODSPOR_TRY(const Stored stored, read_record(value, position));
    if (view(stored.packed) != proposal.packed) return std::nullopt;
    answer.recorded_at = stored.placement.recorded_at;
    ++position.value;
  }
  return answer;
}

}  // namespace fodspor::engine
