// The proposal is a packed Cap'n Proto message with the root struct right behind its pointer (events/codec.cpp), so its numbers are the
// first words. They are unpacked under a root pointer without pointers of its own, and read as the schema says.
#include "projections/route.h"

#include <capnp/message.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "events/envelope.capnp.h"

namespace fodspor::projections {

namespace {

constexpr std::size_t numbers_words = wire::Proposal::_capnpPrivate::dataWordSize;
using Words = std::array<std::uint64_t, 1 + numbers_words>;

// The first words of a packed message, as many as there are and fit; 0 if the bytes end within one.
std::size_t unpack_first(std::span<const unsigned char> packed, Words& words) noexcept {
  const unsigned char* in = packed.data();
  const unsigned char* const end = in + packed.size();
  std::size_t count = 0;
  while (in < end && count < words.size()) {
    const unsigned tag = *in++;
    if (tag != 0xff) {
      if (end - in < 8 && end - in < std::popcount(tag)) return 0;
      std::uint64_t word = 0;
      for (unsigned bits = tag; bits != 0; bits &= bits - 1) word |= std::uint64_t{*in++} << (8 * std::countr_zero(bits));
      words[count++] = word;
      if (tag != 0) continue;
      if (in == end) return 0;
      const std::size_t zeros = std::min<std::size_t>(*in++, words.size() - count);
      std::fill_n(words.begin() + static_cast<std::ptrdiff_t>(count), zeros, 0);
      count += zeros;
    } else {
      if (end - in < 9) return 0;
      std::memcpy(&words[count++], in, 8);
      in += 8;
      const std::size_t plain = std::min<std::size_t>(*in++, words.size() - count);
      if (static_cast<std::size_t>(end - in) < plain * 8) return 0;
      std::memcpy(words.data() + count, in, plain * 8);
      in += plain * 8;
      count += plain;
    }
  }
  return count;
}

}  // namespace

Result<Route> read_route(std::span<const unsigned char> packed) {
  alignas(8) Words words;
  const std::size_t count = unpack_first(packed, words);
  // A struct pointer: two zero bits, an offset of zero, then how many words of numbers, then how many pointers.
  const std::uint64_t said = count == 0 ? 0 : words[0] >> 32 & 0xffff;
  const std::size_t numbers = std::min<std::size_t>(said, numbers_words);
  if (numbers == 0 || (words[0] & 0xffff'ffff) != 0 || count < 1 + numbers) {
    return fail(Fault::corrupt, "the event's stored bytes do not begin as a proposal does: run `fodspor doctor`");
  }
  words[0] = std::uint64_t{numbers} << 32;
  const auto proposal = capnp::readMessageUnchecked<wire::Proposal>(reinterpret_cast<const capnp::word*>(words.data()));
  const auto stream = proposal.getStream();
  return Route{static_cast<EventType>(proposal.getType()), {static_cast<StreamKind>(stream.getKind()), {stream.getHi(), stream.getLo()}}};
}

}  // namespace fodspor::projections
