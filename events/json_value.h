// Single values of an event's JSON, and where they stand: each reader names the path and the byte of what it refuses. Used by json_body and
// json_read. Any thread.
#pragma once

#include <kj/string.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/calendar.h"
#include "events/ids.h"
#include "events/json_text.h"

namespace fodspor::events::json {

// Where in the object a value stands, as "facts.figures[2].target": links up to the root, made text only for an error.
struct Path {
  const Path* above = nullptr;
  std::string_view key;
  std::size_t index = 0;

  std::string text() const;
};

tl::unexpected<Failure> refuse(const Path& path, std::size_t offset, std::string_view why, Fault fault = Fault::invalid);
tl::unexpected<Failure> refuse(const Path& path, const JsonValue& value, std::string_view why);
// A key that is no field here; `known` lists those that are. Fault::unsupported for a key under which people put personal data.
tl::unexpected<Failure> unknown_key(const JsonValue::Member& member, const Path& path, const std::string& known);

Status expect(const JsonValue& value, JsonValue::Kind kind, const Path& path, std::string_view wanted);
std::string listed(const std::vector<std::string>& names, std::size_t from);

Result<std::uint64_t> read_count(const JsonValue& value, std::uint64_t most, const Path& path);
// "1.59" as 1590000.
Result<std::uint64_t> read_decimal(const JsonValue& value, std::uint64_t most, const Path& path);
Result<std::uint16_t> read_choice(const JsonValue& value, const std::vector<std::string>& choices, const Path& path);
Result<kj::StringPtr> read_text(const JsonValue& value, std::size_t bytes_max, const Path& path);
Result<std::array<unsigned char, 32>> read_hash(const JsonValue& value, const Path& path);
Result<Date> read_date(const JsonValue& value, const Path& path);
Result<Timestamp> read_moment(const JsonValue& value, const Path& path);
Result<Id> read_id(const JsonValue& value, const Path& path);
Result<StreamId> read_stream(const JsonValue& value, const Path& path);
Result<ProgrammeId> read_programme(const JsonValue& value, const Path& path);
Result<EventId> read_event_id(const JsonValue& value, const Path& path);

}  // namespace fodspor::events::json
