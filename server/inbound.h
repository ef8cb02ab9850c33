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

// Not checked by the rules yet. Fault::invalid or too_large with the number of the event; unsupported for a sealed part.
Result<std::vector<Draft>> drafts_of(wire::Append::Reader append);
Result<std::vector<engine::Expected>> expected_of(wire::Append::Reader append);

// "event 3 of 12", of an index from 0.
std::string place_in_batch(std::size_t index, std::size_t count);

// Why the drafts of that append could not be encoded: a field that is not known here is named.
Failure reason_of(wire::Append::Reader append, Failure failure);

}  // namespace fodspor::server
