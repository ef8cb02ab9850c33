// An event in words, for people: what its type says, and the facts that it gives. In English and Danish. Any thread.
#pragma once

#include "events/event.h"
#include "projections/context.h"

namespace fodspor::projections {

Bilingual words(EventType type);
// The event as it was written: "Placement started: kind virksomhedspraktik, ordinary 6 h a week".
Bilingual words(const Event& event);

}  // namespace fodspor::projections
