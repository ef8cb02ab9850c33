// Whether words from disk or network may be read as a proposal in place, without a bound in any reader.
//
// Cap'n Proto checks its pointers as they are followed, counts down a budget that two threads cannot share, and throws. Here the whole
// message is walked once, so that whoever reads an event later can neither fail nor get out of it. Any thread.
#pragma once

#include <cstdint>
#include <span>

#include "events/vocabulary.h"

namespace fodspor::events {

// True if every word belongs to the message and every pointer leads, in preorder, to the next thing in it, of the kind that the schemas
// name: the proposal, its body by its type, and a correction's body by the type that it corrects. What no schema here knows (a newer
// writer's fields and types) is walked by its own pointers.
bool sound_proposal(std::span<const std::uint64_t> words) noexcept;
// The same of words in canonical form, and nothing in them is unknown here: no struct holds more than its schema has room for.
bool sound_and_known(std::span<const std::uint64_t> words) noexcept;
// The same for a message whose root is a body of that type, alone.
bool sound_body(std::span<const std::uint64_t> words, EventType type) noexcept;

}  // namespace fodspor::events
