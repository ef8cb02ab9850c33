// Which programmes an event concerns, for access.h: of a correction or a retraction, those of the event that it is about; of an event in a
// programme's stream, that programme; of another about a participant, an enterprise, a network or staff, the one that it names; if it names
// none, or changes how others' events are read, those in which its participant takes part. None: it is the ledger's own.
//
// Remembers what it has read, so it belongs to one request and its thread. Outlived by the ledger.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "engine/ledger.h"

namespace fodspor::server {

using namespace fodspor::events;

class Concerns {
 public:
  explicit Concerns(const engine::Ledger& ledger) : ledger_(ledger) {}

  // Faults are those of reading the ledger.
  Result<std::vector<ProgrammeId>> of(const Event& event);
  // Of an event that is proposed; what its batch says of the same participant counts.
  Result<std::vector<ProgrammeId>> of(const Draft& draft, std::span<const Draft> batch);
  // In which a participant takes part; of another stream, none.
  Result<std::vector<ProgrammeId>> of_stream(const StreamId& stream);

 private:
  Result<std::vector<ProgrammeId>> of_subject(EventId id, const StreamId& stream);

  const engine::Ledger& ledger_;
  std::map<StreamId, std::vector<ProgrammeId>> streams_;
};

}  // namespace fodspor::server
