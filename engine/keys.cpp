#include "engine/keys.h"

#include <array>

#include "engine/varint.h"

namespace fodspor::engine {
namespace {

template <class Number>
void put_big_endian(std::string& out, Number number) {
  std::array<char, sizeof(Number)> bytes;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    bytes[i - 1] = static_cast<char>(number & 0xff);
    number = static_cast<Number>(number >> 8);
  }
  out.append(bytes.data(), bytes.size());
}

template <class Number>
Number big_endian(std::string_view bytes) noexcept {
  Number number = 0;
  for (const char byte : bytes) number = static_cast<Number>((number << 8) | static_cast<unsigned char>(byte));
  return number;
}

void put_id(std::string& out, const Id& id) {
  put_big_endian(out, id.hi);
  put_big_endian(out, id.lo);
}

// No kind of stream reaches it.
constexpr unsigned char programme_tag = 0x80;
static_assert(stream_kind_max < programme_tag);

}  // namespace

std::string event_key(Position position) {
  std::string key;
  put_big_endian(key, position.value);
  return key;
}

std::optional<Position> read_event_key(std::string_view key) {
  if (key.size() != 8) return std::nullopt;
  return Position{big_endian<std::uint64_t>(key)};
}

std::string stream_prefix(const StreamId& stream) {
  std::string key;
  key.reserve(stream_prefix_bytes + 8);
  key.push_back(static_cast<char>(stream.kind));
  put_id(key, stream.id);
  return key;
}

std::optional<StreamId> read_stream_prefix(std::string_view key) {
  if (key.size() < stream_prefix_bytes) return std::nullopt;
  const auto kind = static_cast<unsigned char>(key.front());
  if (kind > stream_kind_max) return std::nullopt;
  return StreamId{static_cast<StreamKind>(kind),
                  {big_endian<std::uint64_t>(key.substr(1, 8)), big_endian<std::uint64_t>(key.substr(9, 8))}};
}

std::string stream_key(const StreamId& stream, Version version) {
  std::string key = stream_prefix(stream);
  put_big_endian(key, version.value);
  return key;
}

std::optional<Version> read_stream_key(std::string_view key) {
  if (key.size() != stream_prefix_bytes + 4) return std::nullopt;
  return Version{big_endian<std::uint32_t>(key.substr(stream_prefix_bytes))};
}

std::string programme_head_key(ProgrammeId programme) {
  std::string key;
  key.reserve(stream_prefix_bytes);
  key.push_back(static_cast<char>(programme_tag));
  put_id(key, programme.id);
  return key;
}

std::string request_key(RequestKey request) {
  std::string key;
  key.reserve(16);
  put_id(key, request.id);
  return key;
}

std::string type_prefix(EventType type) {
  std::string key;
  put_big_endian(key, static_cast<std::uint16_t>(type));
  return key;
}

std::string type_key(EventType type, Position position) {
  std::string key = type_prefix(type);
  put_big_endian(key, position.value);
  return key;
}

std::string subject_key(const StreamId& subject, Position position) {
  std::string key = stream_prefix(subject);
  put_big_endian(key, position.value);
  return key;
}

std::string head_value(const Head& head) {
  std::string value;
  put_varint(value, head.count);
  put_varint(value, head.last.value);
  return value;
}

std::optional<Head> read_head(std::string_view value) {
  Head head;
  if (!take_varint(value, head.count) || !take_varint(value, head.last.value) || !value.empty()) return std::nullopt;
  if (head.count == 0 || head.last.value == 0) return std::nullopt;
  return head;
}

std::string number_value(std::uint64_t number) {
  std::string value;
  put_varint(value, number);
  return value;
}

std::optional<std::uint64_t> read_number(std::string_view value) {
  std::uint64_t number = 0;
  if (!take_varint(value, number) || !value.empty()) return std::nullopt;
  return number;
}

std::string positions_value(const Position* first, std::size_t count) {
  std::string value;
  Position before;
  for (const Position* position = first; position != first + count; ++position) {
    put_varint(value, position->value - before.value);
    before = *position;
  }
  return value;
}

bool read_positions(std::string_view value, std::vector<Position>& out) {
  if (value.empty()) return false;
  Position position;
  while (!value.empty()) {
    std::uint64_t step = 0;
    if (!take_varint(value, step) || step == 0) return false;
    position.value += step;
    out.push_back(position);
  }
  return true;
}

}  // namespace fodspor::engine
