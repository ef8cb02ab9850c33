// One canonical form for a message under construction: whatever order its parts were built in, and whatever was built and dropped on the
// way, the same content gives the same words. Any thread; borrows its arguments.
#pragma once

#include <capnp/message.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace fodspor::events {

// The words that canonical_words may need at most.
std::size_t canonical_words_max(capnp::MessageBuilder& message);

// Writes the message to `out` (of canonical_words_max words) and returns how many words it takes. The form is Cap'n Proto's canonical one:
// one segment, in preorder, structs cut after their last word that is not zero. One thing is added: an empty struct, list, text or data is
// a null pointer, so that "left out" and "said to be empty" are the same bytes.
std::size_t canonical_words(capnp::MessageBuilder& message, std::span<std::uint64_t> out);

}  // namespace fodspor::events
