#include "engine/record.h"

#include <optional>

#include "engine/varint.h"
#include "events/limits.h"

namespace fodspor::engine {
namespace {

std::uint64_t back(Position from, Position to) noexcept {
  return to.value == 0 ? 0 : from.value - to.value;
}

// The position that many before `from`; false if there is none.
bool forward(Position from, std::uint64_t back, Position& to) noexcept {
  if (back >= from.value) return false;
  to.value = back == 0 ? 0 : from.value - back;
  return true;
}

bool read_placement(std::string_view& in, Placement& placement) {
  std::uint64_t recorded = 0;
  std::uint64_t version = 0;
  std::uint64_t in_stream = 0;
  std::uint64_t in_programme = 0;
  if (!take_varint(in, placement.position.value) || !take_varint(in, recorded) || !take_varint(in, version) ||
      !take_varint(in, in_stream) || !take_varint(in, placement.ordinal_in_programme)) {
    return false;
  }
  if (version == 0 || version > UINT32_MAX) return false;
  placement.recorded_at.micros = unzigzag(recorded);
  placement.version.value = static_cast<std::uint32_t>(version);
  if (!forward(placement.position, in_stream, placement.previous_in_stream)) return false;
  if ((version == 1) != (placement.previous_in_stream.value == 0)) return false;
  if (placement.ordinal_in_programme == 0) return true;
  if (!take_varint(in, in_programme) || !forward(placement.position, in_programme, placement.previous_in_programme)) return false;
  return (placement.ordinal_in_programme == 1) == (placement.previous_in_programme.value == 0);
}

std::string event_at(std::optional<Position> at) {
  return at ? "event " + std::to_string(at->value) : "an event";
}

Failure damaged(std::optional<Position> at) {
  return {Fault::corrupt, "log/: the bytes of " + event_at(at) + " are not what was written; run `fodspor doctor`"};
}

// `at`: for what is said of a fault.
Result<Stored> read(std::string_view value, std::optional<Position> at) {
  if (value.empty() || value.front() == 0) return tl::make_unexpected(damaged(at));
  if (const auto version = static_cast<unsigned char>(value.front()); version > record_version) {
    return fail(Fault::unsupported,
                "log/: " + event_at(at) + " has record version " + std::to_string(version) + ", which a newer fodspor wrote");
  }
  Stored stored;
  stored.bytes = span_of(value);
  std::string_view in = value.substr(1);
  std::uint64_t size = 0;
  if (!take_varint(in, size) || size > in.size() || size > limits::proposal_bytes_max) return tl::make_unexpected(damaged(at));
  stored.packed = span_of(in.substr(0, size));
  in.remove_prefix(size);
  if (!read_placement(in, stored.placement) || !in.empty()) return tl::make_unexpected(damaged(at));
  if (at && stored.placement.position != *at) return tl::make_unexpected(damaged(at));
  return stored;
}

}  // namespace

void write_record(std::string& out, std::string_view packed, const Placement& placement) {
  FODSPOR_CHECK(placement.position.value > 0 && placement.version.value > 0);
  FODSPOR_CHECK(packed.size() <= limits::proposal_bytes_max);
  out.push_back(static_cast<char>(record_version));
  put_varint(out, packed.size());
  out.append(packed);
  put_varint(out, placement.position.value);
  put_varint(out, zigzag(placement.recorded_at.micros));
  put_varint(out, placement.version.value);
  put_varint(out, back(placement.position, placement.previous_in_stream));
  put_varint(out, placement.ordinal_in_programme);
  if (placement.ordinal_in_programme != 0) put_varint(out, back(placement.position, placement.previous_in_programme));
}

Result<Stored> read_record(std::string_view value, Position at) {
  return read(value, at);
}

Result<Stored> read_record(std::string_view value) {
  return read(value, std::nullopt);
}

}  // namespace fodspor::engine
