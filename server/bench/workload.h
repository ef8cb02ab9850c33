// Appends as caseworkers and jobcentres make them, by number: who started where, when, for how many hours. The same numbers give the same
// events. Pure functions.
#pragma once

#include <cstdint>

#include "engine/ledger.h"

namespace fodspor::server::bench {

using namespace fodspor::events;

// The batch that a producer sends as its n-th, of so many events: drafted and encoded here.
Result<engine::Batch> batch_of(std::uint64_t producer, std::uint64_t number, std::uint32_t events);

}  // namespace fodspor::server::bench
