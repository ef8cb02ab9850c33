// What ordering asks about everything written before, answered by the indexes and the log. Any thread; borrows both.
#pragma once

#include "engine/apply.h"
#include "engine/indexes.h"
#include "engine/ledger.h"
#include "engine/log_store.h"

namespace fodspor::engine {

class Written : public Past {
 public:
  Written(const Indexes& indexes, const LogStore& log) : indexes_(indexes), log_(log) {}

  Status stream_heads(std::span<const StreamId> streams, std::span<std::optional<Head>> heads) const override {
    return indexes_.stream_heads(streams, heads);
  }
  Status first_of_each(std::span<const RequestKey> requests, std::span<std::optional<Position>> first) const override {
    return indexes_.first_of_each(requests, first);
  }
  Result<std::optional<Head>> programme_head(ProgrammeId programme) const override { return indexes_.programme_head(programme); }
  Result<std::optional<Appended>> same(Position first, std::span<const Proposal> proposals) const override;

 private:
  const Indexes& indexes_;
  const LogStore& log_;
};

}  // namespace fodspor::engine
