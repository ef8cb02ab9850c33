// Distinct types for everything that is counted or named, so that no two of them can be mixed up.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "events/failure.h"

namespace fodspor::events {

// A place in the one order of all events: 1, 2, 3 … without a hole. 0: before the first.
struct Position {
  std::uint64_t value = 0;
  auto operator<=>(const Position&) const = default;
};

// How many events a stream holds; the n-th event of a stream has version n. 0: none.
struct Version {
  std::uint32_t value = 0;
  auto operator<=>(const Version&) const = default;
};

// µs since 1970-01-01T00:00:00Z.
struct Timestamp {
  std::int64_t micros = 0;
  auto operator<=>(const Timestamp&) const = default;
};

// 16 bytes, most significant first; written as 32 hexadecimal digits.
struct Id {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;
  auto operator<=>(const Id&) const = default;
  explicit operator bool() const noexcept { return (hi | lo) != 0; }

  std::array<unsigned char, 16> bytes() const noexcept;
  static Id from_bytes(const unsigned char* sixteen) noexcept;
  std::string hex() const;
  static Result<Id> parse(std::string_view text);  // 32 hexadecimal digits, or a UUID with its dashes
  // SHA-256 of the parts, each with its length in front, cut to 16 bytes: the same parts, the same id.
  static Id derived(std::initializer_list<std::string_view> parts);
};

enum class StreamKind : std::uint8_t {
  unspecified = 0,
  participant = 1,
  enterprise = 2,
  staff = 3,
  network = 4,
  programme = 5,
  portfolio = 6,
  ledger = 7,
};
inline constexpr std::uint8_t stream_kind_max = 7;

std::string_view name(StreamKind) noexcept;

// A stream: a kind and 16 bytes. Written "participant/9f0c…"; programmes and portfolios by their slug: "programme/roskilde".
struct StreamId {
  StreamKind kind = StreamKind::unspecified;
  Id id;
  auto operator<=>(const StreamId&) const = default;

  // Whether it can be written and read back: a kind and an id that are there, and an id that is a short name where the kind has such.
  bool well_formed() const noexcept;
  std::string text() const;
  static Result<StreamId> parse(std::string_view text);
};

// A programme's or portfolio's short name is its id: 1 to 16 of a-z, 0-9, - and _, starting with a letter or digit.
struct ProgrammeId {
  Id id;
  auto operator<=>(const ProgrammeId&) const = default;
  explicit operator bool() const noexcept { return static_cast<bool>(id); }

  StreamId stream() const noexcept { return {StreamKind::programme, id}; }
  bool well_formed() const noexcept { return stream().well_formed(); }
  std::string slug() const;
  static Result<ProgrammeId> parse(std::string_view slug);
};

// A request, scoped to the client that made it: derived from both, so that two clients can use one id for two things.
struct RequestKey {
  Id id;
  auto operator<=>(const RequestKey&) const = default;

  static RequestKey of(std::string_view client, std::string_view request_id);
};

// One event, for ever: the request that brought it, and its index there. Written "9f0c…ab/3".
struct EventId {
  RequestKey request;
  std::uint32_t index = 0;
  auto operator<=>(const EventId&) const = default;
  explicit operator bool() const noexcept { return static_cast<bool>(request.id); }

  std::string text() const;
  static Result<EventId> parse(std::string_view text);
};

// A well-mixed 64-bit hash of an id; for hash tables in memory and partitions, never stored.
std::uint64_t mixed(const Id&) noexcept;

}  // namespace fodspor::events

template <>
struct std::hash<fodspor::events::Id> {
  std::size_t operator()(const fodspor::events::Id& id) const noexcept { return fodspor::events::mixed(id); }
};
template <>
struct std::hash<fodspor::events::StreamId> {
  std::size_t operator()(const fodspor::events::StreamId& s) const noexcept {
    return fodspor::events::mixed({s.id.hi ^ (static_cast<std::uint64_t>(s.kind) << 56), s.id.lo});
  }
};
template <>
struct std::hash<fodspor::events::ProgrammeId> {
  std::size_t operator()(const fodspor::events::ProgrammeId& p) const noexcept { return fodspor::events::mixed(p.id); }
};
template <>
struct std::hash<fodspor::events::RequestKey> {
  std::size_t operator()(const fodspor::events::RequestKey& r) const noexcept { return fodspor::events::mixed(r.id); }
};
template <>
struct std::hash<fodspor::events::EventId> {
  std::size_t operator()(const fodspor::events::EventId& e) const noexcept {
    return fodspor::events::mixed({e.request.id.hi, e.request.id.lo + e.index});
  }
};
