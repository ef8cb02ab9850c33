// The byte grammar of every key, and of the values that are not events. Pure functions; the one place that knows it.
//
//   log/      events       be64(position of the last)             → a bundle of stored events, bundle.h
//             default      "format"                               → varint(format)
//   derived/  streams      kind(1) id(16) be32(version)           → positions: of that version and those after it
//             heads        kind(1) id(16)                         → varint(version) varint(position)        a stream's last event
//                          80 id(16)                              → varint(ordinal) varint(position)        a programme's last event
//             requests     id(16)                                 → varint(position)                        its first event
//             by_type      be16(type) be64(position)              → positions: from that one on
//             by_subject   kind(1) id(16) be64(position)          → positions: from that one on
//             default      "format", "watermark"                  → varint; varint(position)
//
//   positions := varint(first) then varint(next − the one before) for each further one; 1 to positions_in_list_max of them
//
// Numbers in keys are most significant byte first, so that the order of bytes is the order of numbers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "events/vocabulary.h"

namespace fodspor::engine {

using namespace fodspor::events;

inline constexpr std::uint64_t log_format = 2;  // 1 had a key an event
inline constexpr std::uint64_t derived_format = 1;

inline constexpr std::string_view format_key = "format";
inline constexpr std::string_view watermark_key = "watermark";

inline constexpr std::size_t stream_prefix_bytes = 17;
inline constexpr std::size_t positions_in_list_max = 1'024;

std::string event_key(Position position);
std::optional<Position> read_event_key(std::string_view key);

std::string stream_prefix(const StreamId& stream);  // also a head's key
std::optional<StreamId> read_stream_prefix(std::string_view key);
std::string stream_key(const StreamId& stream, Version version);
std::optional<Version> read_stream_key(std::string_view key);  // of a key that starts with a stream's prefix
std::string programme_head_key(ProgrammeId programme);
std::string request_key(RequestKey request);
std::string type_prefix(EventType type);
std::string type_key(EventType type, Position position);
std::string subject_key(const StreamId& subject, Position position);

// A stream's or programme's last event: how many there are, and where it stands.
struct Head {
  std::uint64_t count = 0;
  Position last;
  bool operator==(const Head&) const = default;
};
std::string head_value(const Head& head);
std::optional<Head> read_head(std::string_view value);

std::string number_value(std::uint64_t number);
std::optional<std::uint64_t> read_number(std::string_view value);

// `positions` rise.
std::string positions_value(const Position* first, std::size_t count);
// Appends to `out`; false for damage.
[[nodiscard]] bool read_positions(std::string_view value, std::vector<Position>& out);

}  // namespace fodspor::engine
