// JSON as text: read strictly into a tree in which each value knows its byte, and strings written as RFC 8785 wants them. Any thread.
//
// Stricter than RFC 8259: no duplicate keys, no lone surrogates, no number but integers that fit 64 bits, no text that is not UTF-8. Own
// code, as a general parser's events do not say where a string began, and an error is worth little without its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/failure.h"

namespace fodspor::events {

struct JsonValue {
  struct Member;
  enum class Kind : std::uint8_t { null, flag, number, text, list, object };

  Kind kind = Kind::null;
  bool flag = false;         // also of a number: whether it is below 0
  std::size_t offset = 0;    // its first byte
  std::uint64_t number = 0;  // without its sign
  std::string text;
  std::vector<JsonValue> items;
  std::vector<Member> members;  // as they stand

  const JsonValue* find(std::string_view key) const noexcept;
  std::string_view kind_name() const noexcept;  // "an object"
};

struct JsonValue::Member {
  std::string key;
  std::size_t offset = 0;  // the key's first byte
  JsonValue value;
};

inline constexpr std::size_t json_bytes_max = 1u << 20;

// One value, with nothing but white space around it. Fault::invalid with the byte, too_large past json_bytes_max.
Result<JsonValue> parse_json(std::string_view text);

bool valid_utf8(std::string_view text) noexcept;

// The text in quotes; bytes that are not UTF-8 become U+FFFD.
void append_quoted(std::string& out, std::string_view text);

}  // namespace fodspor::events
