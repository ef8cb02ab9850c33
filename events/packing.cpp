// The packed encoding, after https://capnproto.org/encoding.html#packing:
//
//   word    = tag byte: bit i is set if byte i of the word is not zero; then the bytes that are not zero, in order
//   tag 00  : then one byte n; n more words of zeros follow
//   tag ff  : then the 8 bytes, then one byte n, then n words as they are
//
// Words are little-endian, as this machine's are.
#include "events/packing.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace fodspor::events {

static_assert(std::endian::native == std::endian::little, "words are copied as they lie in memory");

namespace {

// Bit i is set if byte i of the word is not zero: each byte's high bit is set if any bit of it is, and the eight are gathered by a product.
inline unsigned tag_of(std::uint64_t word) noexcept {
  constexpr std::uint64_t low_bits = 0x7f7f7f7f7f7f7f7fu;
  const std::uint64_t high = (((word & low_bits) + low_bits) | word) & ~low_bits;
  return static_cast<unsigned>(((high >> 7) * 0x0102040810204080u) >> 56);
}

constexpr auto bits_in = [] {
  std::array<std::uint8_t, 256> result{};
  for (unsigned tag = 0; tag < 256; ++tag) result[tag] = static_cast<std::uint8_t>(std::popcount(tag));
  return result;
}();

// How the bytes of a packed word come to their places. Each moves up by as many places as zeros stand before it, which is up to seven: by
// four, then two, then one, all that go the same way at once. No byte overtakes or meets another on its way, as none has farther to go
// than the one above it. A loop over the bits of the tag costs a branch that nobody can foresee.
struct Spread {
  std::uint64_t own;                      // the word's own bytes among eight that were loaded
  std::uint64_t by_four, by_two, by_one;  // those that move in each step, where they stand before it
};

constexpr auto spreads = [] {
  std::array<Spread, 256> result{};
  for (unsigned tag = 0; tag < 256; ++tag) {
    unsigned at = 0;
    for (unsigned place = 0; place < 8; ++place) {
      if ((tag >> place & 1u) == 0) continue;
      const unsigned up = place - at;
      const auto byte = [](unsigned where) { return std::uint64_t{0xff} << (8 * where); };
      result[tag].own |= byte(at);
      if ((up & 4u) != 0) result[tag].by_four |= byte(at);
      if ((up & 2u) != 0) result[tag].by_two |= byte(at + (up & 4u));
      if ((up & 1u) != 0) result[tag].by_one |= byte(at + (up & 6u));
      ++at;
    }
  }
  return result;
}();

inline std::uint64_t spread(std::uint64_t loaded, unsigned tag) noexcept {
  const Spread& by = spreads[tag];
  std::uint64_t word = loaded & by.own;
  const auto move = [&word](std::uint64_t these, unsigned places) {
    const std::uint64_t moved = word & these;
    word = (word ^ moved) | moved << (8 * places);
  };
  move(by.by_four, 4);
  move(by.by_two, 2);
  move(by.by_one, 1);
  return word;
}

// The word behind a tag, of whose bytes enough are there.
inline std::uint64_t word_behind(unsigned tag, const unsigned char* in, const unsigned char* end) noexcept {
  std::uint64_t loaded = 0;
  if (end - in >= 8) {
    std::memcpy(&loaded, in, 8);
  } else {
    std::memcpy(&loaded, in, bits_in[tag]);
  }
  return spread(loaded, tag);
}

}  // namespace

std::size_t pack(std::span<const std::uint64_t> words, unsigned char* out) noexcept {
  constexpr std::ptrdiff_t run_max = 255;
  const unsigned char* const begin = out;
  const std::uint64_t* in = words.data();
  const std::uint64_t* const end = in + words.size();
  while (in < end) {
    std::uint64_t word = *in++;
    const unsigned tag = tag_of(word);
    *out++ = static_cast<unsigned char>(tag);
    if (tag == 0) {
      const std::uint64_t* const limit = in + std::min(run_max, end - in);
      const std::uint64_t* const from = in;
      while (in < limit && *in == 0) ++in;
      *out++ = static_cast<unsigned char>(in - from);
    } else if (tag == 0xff) {
      std::memcpy(out, &word, 8);
      out += 8;
      // Words with at most one zero byte gain nothing by a tag, so the run of plain ones goes on through them.
      const std::uint64_t* const limit = in + std::min(run_max, end - in);
      const std::uint64_t* const from = in;
      while (in < limit && bits_in[tag_of(*in)] >= 7) ++in;
      const auto count = static_cast<std::size_t>(in - from);
      *out++ = static_cast<unsigned char>(count);
      if (count > 0) std::memcpy(out, from, count * 8);
      out += count * 8;
    } else {
      for (unsigned bits = tag; bits != 0; bits &= bits - 1) {
        *out++ = static_cast<unsigned char>(word >> (8 * std::countr_zero(bits)));
      }
    }
  }
  return static_cast<std::size_t>(out - begin);
}

Unpacked unpack(std::span<const unsigned char> packed, std::span<std::uint64_t> out) noexcept {
  using End = Unpacked::End;
  const unsigned char* in = packed.data();
  const unsigned char* const end = in + packed.size();
  std::uint64_t* to = out.data();
  std::uint64_t* const limit = to + out.size();
  const auto stop = [&](End why) { return Unpacked{why, static_cast<std::size_t>(to - out.data())}; };

  while (in < end) {
    // Most words are of this kind, and most have more behind them than any word takes: then one look is enough.
    while (end - in > 8 && to < limit && *in != 0 && *in != 0xff) {
      const unsigned tag = *in;
      std::uint64_t loaded = 0;
      std::memcpy(&loaded, in + 1, 8);
      *to++ = spread(loaded, tag);
      in += 1 + bits_in[tag];
    }
    if (in == end) break;
    if (to == limit) return stop(End::no_room);
    const unsigned tag = *in++;
    if (tag != 0 && tag != 0xff) {
      if (end - in < bits_in[tag]) return stop(End::cut);
      *to++ = word_behind(tag, in, end);
      in += bits_in[tag];
      continue;
    }
    if (tag == 0xff) {
      if (end - in < 9) return stop(End::cut);
      std::memcpy(to++, in, 8);
      in += 8;
    } else {
      if (end - in < 1) return stop(End::cut);
      *to++ = 0;
    }
    const std::size_t count = *in++;
    if (static_cast<std::size_t>(limit - to) < count) return stop(End::no_room);
    if (tag == 0xff) {
      if (static_cast<std::size_t>(end - in) < count * 8) return stop(End::cut);
      if (count > 0) std::memcpy(to, in, count * 8);
      in += count * 8;
    } else {
      std::fill_n(to, count, 0);
    }
    to += count;
  }
  return stop(End::whole);
}

std::size_t unpack_first(std::span<const unsigned char> packed, std::span<std::uint64_t> out) noexcept {
  const unsigned char* in = packed.data();
  const unsigned char* const end = in + packed.size();
  std::size_t count = 0;
  while (in < end && count < out.size()) {
    const unsigned tag = *in++;
    if (end - in < bits_in[tag]) return 0;
    out[count++] = word_behind(tag, in, end);
    in += bits_in[tag];
    if (tag != 0 && tag != 0xff) continue;
    if (in == end) return 0;
    const std::size_t more = std::min<std::size_t>(*in++, out.size() - count);
    if (tag == 0xff) {
      if (static_cast<std::size_t>(end - in) < more * 8) return 0;
      if (more > 0) std::memcpy(out.data() + count, in, more * 8);
      in += more * 8;
    } else {
      std::fill_n(out.data() + count, more, 0);
    }
    count += more;
  }
  return count;
}

Unpacked count_words(std::span<const unsigned char> packed, std::size_t words_max) noexcept {
  using End = Unpacked::End;
  std::size_t words = 0;
  std::size_t at = 0;
  while (at < packed.size()) {
    const unsigned tag = packed[at++];
    std::size_t bytes = bits_in[tag];
    std::size_t more = 0;
    if (tag == 0 || tag == 0xff) {
      if (packed.size() - at < bytes + 1) return {End::cut, words};
      more = packed[at + bytes];
      bytes += 1 + (tag == 0xff ? more * 8 : 0);
    }
    if (packed.size() - at < bytes) return {End::cut, words};
    at += bytes;
    words += 1 + more;
    if (words > words_max) return {End::no_room, words};
  }
  return {End::whole, words};
}

}  // namespace fodspor::events
