// A stream as the wire names it, read and written. Any thread.
#pragma once

#include "events/failure.h"
#include "events/ids.h"
#include "server/protocol.capnp.h"

namespace fodspor::server {

using namespace fodspor::events;

// Fault::invalid for a kind that there is none of.
Result<StreamId> stream_of(std::uint8_t kind, std::uint64_t hi, std::uint64_t lo);
Result<StreamId> stream_of(wire::Stream::Reader stream);
void fill(wire::Stream::Builder stream, const StreamId& id);

}  // namespace fodspor::server
