// Small readers of one value each, which refuse with place and path. For the rooms that read definitions. Any thread.
#pragma once

#include <capnp/schema.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "events/calendar.h"
#include "projections/definition_source.h"

namespace fodspor::projections {

using events::Date;
using events::Fault;
using events::Period;
using events::Result;
using events::Status;

// "0.5" as 500000.
std::optional<std::int64_t> parse_decimal(std::string_view text);

std::string below(const std::string& path, std::string_view key);

Status must_be(const Node& node, const std::string& path, Node::Kind kind);
// Refuses a key that is none of these, with the nearest of them.
Status only_keys(const Node& table, const std::string& path, std::initializer_list<std::string_view> keys);

Result<std::string> read_text(const Node& node, const std::string& path);
Result<std::int64_t> read_whole(const Node& node, const std::string& path, std::int64_t least, std::int64_t most);
// In millionths.
Result<std::int64_t> read_number(const Node& node, const std::string& path, std::int64_t least, std::int64_t most);
Result<bool> read_truth(const Node& node, const std::string& path);
Result<Period> read_length(const Node& node, const std::string& path);
// A word or a list of words of an enumeration, as a bit set of 1 << ordinal. An empty list is refused: nothing could be in it.
Result<std::uint64_t> read_words(const Node& node, const std::string& path, capnp::EnumSchema schema);

}  // namespace fodspor::projections
