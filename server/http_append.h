// The body of POST /v1/append, as an Append of the wire:
//
//   {"request": "monday-1", "events": [{…}, …], "expected": [{"stream": "participant/9f0c…", "version": 3}], "dry_run": false}
//
// Events are handed on as they were written, and read by events/json.h. Any thread.
#pragma once

#include <string_view>

#include "events/failure.h"
#include "server/protocol.capnp.h"

namespace fodspor::server {

using namespace fodspor::events;

// Fault::invalid or too_large, with the place in the body.
Status fill_append(wire::Append::Builder append, std::string_view body);

}  // namespace fodspor::server
