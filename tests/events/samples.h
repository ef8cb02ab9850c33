// Drafts invented from a seed, of any type, that the rules accept: what round trips, golden bytes and fuzz corpora are made of.
#pragma once

#include <random>
#include <string>

#include "events/codec.h"
#include "events/event.h"

namespace fodspor::events::tests {

using Random = std::mt19937_64;

enum class Fill { some, all };  // of the fields that may be left out

Draft sample(const TypeInfo& type, Random& random, Fill fill);

// The draft as the one event of a request, and that event read back.
Bytes packed(Draft& draft, std::string_view request_id = "r-1");
Event decoded(const Bytes& bytes, const Placement& placement = {});
std::span<const unsigned char> view(const Bytes& bytes);

std::string hex(const Bytes& bytes);
Bytes from_hex(std::string_view hex);

}  // namespace fodspor::events::tests
