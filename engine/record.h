// The stored event, version 1: what stands in log/ under a position, and what the Merkle leaf is over. Pure functions.
//
//   value     := 01  varint(bytes of the proposal)  proposal  placement
//   proposal  := as events/codec.h packs it, opaque here
//   placement := varint(position)
//                varint(zigzag(recorded at, µs since 1970))
//                varint(version)
//                varint(back(previous in stream))
//                varint(ordinal in programme)
//                varint(back(previous in programme))     only if the ordinal is not 0
//   back(p)   := position − p, or 0 if there is no p
//
// Each value can be read alone: nothing in it is relative to another value. Varints have one form only, and nothing may follow, so
// that equal events have equal bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/cursor.h"

namespace fodspor::engine {

inline constexpr unsigned char record_version = 1;

// Appends the stored form to `out`.
void write_record(std::string& out, std::string_view packed, const Placement& placement);

// Reads a stored value in place; what it returns points into `value`. `at` is the position it was stored under.
// Fault::corrupt (not what write_record writes, or another position's), unsupported (a newer record version).
Result<Stored> read_record(std::string_view value, Position at);
// The same of a value that was read before, under whatever position.
Result<Stored> read_record(std::string_view value);

inline std::string_view view(std::span<const unsigned char> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::span<const unsigned char> span_of(std::string_view bytes) noexcept {
  return {reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()};
}

}  // namespace fodspor::engine
