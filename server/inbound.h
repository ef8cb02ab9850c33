// What a client proposes, as drafts that the rules can be asked about. Bytes from a network: whatever is wrong with them is a Failure.
// Any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/ledger.h"
#include "events/event.h"
#include "server/protocol.capnp.h"

namespace fodspor::server {

using namespace fodspor::events;

// Each checked by itself (check_draft). Fault::invalid or too_large with the number of the event; unsupported for a sealed part.
Result<std::vector<Draft>> drafts_of(wire::Append::Reader append);
Result<std::vector<engine::Expected>> expected_of(wire::Append::Reader append);
Result<StreamId> stream_of(wire::Stream::Reader stream);

// "event 3 of 12", of an index from 0.
std::string place_in_batch(std::size_t index, std::size_t count);

// Whether what was encoded can be read back: a body of another type than the event's is well-formed Cap'n Proto and no event.
Status check_readable(const std::vector<Proposal>& proposals);

}  // namespace fodspor::server
