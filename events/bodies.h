// A body alone, as bytes: how JSON carries what no schema here knows. Any thread.
#pragma once

#include <capnp/any.h>

#include <string>
#include <string_view>

#include "events/event.h"

namespace fodspor::events {

// The body as a message of its own, canonical and packed as codec.h has it, in base64.
std::string body_to_base64(capnp::AnyPointer::Reader body);
// The same back, into a draft of any type. Fault::invalid if it is not base64, or not a body of the draft's type.
Status body_from_base64(std::string_view base64, Draft& draft);

}  // namespace fodspor::events
