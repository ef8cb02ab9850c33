// Whole numbers in as few bytes as they need: seven bits a byte, lowest first, the top bit set on all but the last (LEB128).
// Reading takes only what writing gives: a longer form of the same number is refused, so that equal values have equal bytes.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace fodspor::engine {

static_assert(std::endian::native == std::endian::little, "eight bytes are read as one number");

inline void put_varint(std::string& out, std::uint64_t value) {
  std::array<char, 10> bytes;
  std::size_t size = 0;
  while (value >= 0x80) {
    bytes[size++] = static_cast<char>(static_cast<unsigned char>(value) | 0x80u);
    value >>= 7;
  }
  bytes[size++] = static_cast<char>(value);
  out.append(bytes.data(), size);
}

// Takes a number off the front of `in`; false, and `in` anywhere, if there is none.
[[nodiscard]] inline bool take_varint(std::string_view& in, std::uint64_t& value) noexcept {
  // Eight bytes hold nearly every number. The first one whose top bit is not set is its last; the sevens of bits close up in pairs, then
  // in fours, then in eights.
  if (in.size() >= 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, in.data(), 8);
    if (const std::uint64_t ends = ~bytes & 0x8080808080808080u; ends != 0) {
      const auto last = static_cast<unsigned>(std::countr_zero(ends));  // the bit above its last byte's value
      bytes &= ~std::uint64_t{0} >> (63 - last);
      if (last > 7 && bytes >> (last - 7) == 0) return false;
      bytes = (bytes & 0x007f007f007f007fu) | (bytes & 0x7f007f007f007f00u) >> 1;
      bytes = (bytes & 0x00003fff00003fffu) | (bytes & 0x3fff00003fff0000u) >> 2;
      value = (bytes & 0x0fffffffu) | (bytes & 0x0fffffff00000000u) >> 4;
      in.remove_prefix(last / 8 + 1);
      return true;
    }
  }
  value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    if (shift == 63 && byte > 1) return false;
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return byte != 0 || shift == 0;
  }
  return false;
}

// Signed numbers near zero, either side of it, as small unsigned ones: 0, -1, 1, -2 … become 0, 1, 2, 3 …
constexpr std::uint64_t zigzag(std::int64_t value) noexcept {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

}  // namespace fodspor::engine
