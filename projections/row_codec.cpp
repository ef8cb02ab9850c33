#include "projections/row_codec.h"

#include <array>

namespace fodspor::projections {

namespace {

constexpr std::size_t id_bytes = 16;

std::string_view text_of(const std::array<unsigned char, id_bytes>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

RowWriter& RowWriter::byte(std::uint8_t value) {
  out_.push_back(static_cast<char>(value));
  return *this;
}

RowWriter& RowWriter::number(std::uint64_t value) {
  // Nearly all numbers are small, and a text grows by one stretch more easily than byte by byte.
  if (value < 0x80) return byte(static_cast<std::uint8_t>(value));
  std::array<char, 10> bytes;
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<char>(value | 0x80);
  bytes[size++] = static_cast<char>(value);
  out_.append(bytes.data(), size);
  return *this;
}

RowWriter& RowWriter::signed_number(std::int64_t value) {
  return number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

RowWriter& RowWriter::text(std::string_view value) {
  number(value.size());
  return raw(value);
}

RowWriter& RowWriter::raw(std::string_view value) {
  out_.append(value);
  return *this;
}

RowWriter& RowWriter::id(const Id& value) {
  return raw(text_of(value.bytes()));
}

RowWriter& RowWriter::stream(const StreamId& value) {
  return byte(static_cast<std::uint8_t>(value.kind)).id(value.id);
}

RowWriter& RowWriter::event(const EventId& value) {
  return id(value.request.id).number(value.index);
}

RowWriter& RowWriter::date(const std::optional<Date>& value) {
  return number(value ? value->stored() : 0);
}

RowWriter& RowWriter::moment(const std::optional<Moment>& value) {
  if (!value) return number(0);
  return number(value->on.stored()).event(value->because);
}

std::string_view RowReader::take(std::size_t size) {
  if (!ok_ || in_.size() < size) {
    ok_ = false;
    in_ = {};
    return {};
  }
  const std::string_view taken = in_.substr(0, size);
  in_.remove_prefix(size);
  return taken;
}

std::uint8_t RowReader::byte() {
  const std::string_view one = take(1);
  return one.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one.front());
}

std::uint64_t RowReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t part = byte();
    value |= static_cast<std::uint64_t>(part & 0x7fu) << shift;
    if ((part & 0x80u) == 0) return value;
  }
  ok_ = false;
  return 0;
}

std::uint32_t RowReader::number32() {
  const std::uint64_t value = number();
  if (value > 0xffff'ffffu) ok_ = false;
  return static_cast<std::uint32_t>(value);
}

std::int64_t RowReader::signed_number() {
  const std::uint64_t value = number();
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

std::string_view RowReader::text() {
  const std::uint64_t size = number();
  if (size > in_.size()) {
    ok_ = false;
    return {};
  }
  return take(static_cast<std::size_t>(size));
}

std::string_view RowReader::raw(std::size_t size) {
  return take(size);
}

Id RowReader::id() {
  const std::string_view bytes = take(id_bytes);
  if (bytes.empty()) return {};
  return Id::from_bytes(reinterpret_cast<const unsigned char*>(bytes.data()));
}

StreamId RowReader::stream() {
  const std::uint8_t kind = byte();
  if (kind > stream_kind_max) ok_ = false;
  return {static_cast<StreamKind>(kind), id()};
}

EventId RowReader::event() {
  const Id request = id();
  return {{request}, number32()};
}

std::optional<Date> RowReader::date() {
  const std::uint32_t stored = number32();
  if (stored == 0) return std::nullopt;
  const std::optional<Date> date = Date::stored(stored);
  if (!date) ok_ = false;
  return date;
}

std::optional<Moment> RowReader::moment() {
  const std::optional<Date> on = date();
  if (!on) return std::nullopt;
  return Moment{*on, event()};
}

Status RowReader::finish(std::string_view view) const {
  if (ok_ && in_.empty()) return {};
  return fail(Fault::corrupt, "a row of the view " + std::string(view) + " cannot be read; `fodspor rebuild` makes the view anew");
}

}  // namespace fodspor::projections
