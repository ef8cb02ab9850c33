// From what happened to a draft of its event. Pure; any thread.
#pragma once

#include "events/event.h"
#include "replay/simulation/world.h"

namespace fodspor::replay::simulation {

inline constexpr std::uint32_t industries_count = 8;

// `about`: the event that this one corrects or retracts, if it does.
Draft tell(const World& world, const Happening& happening, const EventId& about);

}  // namespace fodspor::replay::simulation
