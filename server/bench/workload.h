// Appends as caseworkers and jobcentres make them, by number: who started where, when, for how many hours. The same numbers give the same
// events. Pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/ledger.h"

namespace fodspor::server::bench {

using namespace fodspor::events;

inline constexpr std::uint64_t people = 200'000;
inline constexpr std::uint64_t enterprises = 2'000;

StreamId person(std::uint64_t number);
StreamId enterprise(std::uint64_t number);  // below `enterprises`
// A number below `bound`, the same for the same seed on every machine.
std::uint64_t drawn(std::uint64_t seed, std::uint64_t bound);

// What a server asks for before it takes the rest: the programmes registered, the enterprises recruited.
Result<engine::Batch> standing_batch();

// The batch that a producer sends as its n-th, of so many events: drafted and encoded here.
Result<std::vector<Draft>> drafts_of(std::uint64_t producer, std::uint64_t number, std::uint32_t events);
Result<engine::Batch> batch_of(std::uint64_t producer, std::uint64_t number, std::uint32_t events);

}  // namespace fodspor::server::bench
