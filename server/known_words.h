// Whether a message says only what this version's schemas know. Cap'n Proto keeps what it does not know, which is right for whoever passes
// a message on; but nobody has checked it, and a log keeps it for ever. Any thread.
#pragma once

#include "events/event.h"

namespace fodspor::server {

using namespace fodspor::events;

// Of a client's proposal, its facts read as those of its type. Fault::unsupported, with the struct's name. Throws what Cap'n Proto throws
// of a message that cannot be read.
Status check_known(events::wire::Proposal::Reader proposal);

}  // namespace fodspor::server
