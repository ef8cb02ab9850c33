// What makes a proposed event acceptable, before it is ordered. Each refusal names the field and the reason.
//
// Rules that need only the event itself stand in `check_draft`; rules that need to know what exists stand in `check_batch`, which asks
// through `Known`. Ordering itself checks only versions and request ids (engine/apply.h).
#pragma once

#include <optional>
#include <vector>

#include "events/event.h"

namespace fodspor::events {

// What the rules ask about the ledger. Events of the same batch count as known to those after them.
class Known {
 public:
  virtual ~Known() = default;
  virtual Result<bool> stream_exists(const StreamId& stream) = 0;
  struct Found {
    EventType type;
    StreamId stream;
    ProgrammeId programme;
  };
  virtual Result<std::optional<Found>> find_event(const EventId& id) = 0;
};

// Fault::invalid: "facts.isced: 9 is not an ISCED level (0 to 8)".
Status check_draft(const Draft& draft);
// The index of the first draft that is refused stands in the message: "event 3 of 12: …".
Status check_batch(const std::vector<Draft>& drafts, Known& known);

}  // namespace fodspor::events
