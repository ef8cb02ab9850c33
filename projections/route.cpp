// The proposal is a packed Cap'n Proto message with the root struct right behind its pointer (events/codec.cpp), so its numbers are the
// first words. Those that hold the type and the stream are unpacked under a root pointer without pointers of its own, and read as the
// schema says.
#include "projections/route.h"

#include <capnp/message.h>

#include <algorithm>
#include <array>

#include "events/envelope.capnp.h"
#include "events/packing.h"

namespace fodspor::projections {

namespace {

// A field never moves in its schema, so these words will hold the type and the stream for ever.
constexpr std::size_t numbers_words = 6;
static_assert(numbers_words <= wire::Proposal::_capnpPrivate::dataWordSize);
using Words = std::array<std::uint64_t, 1 + numbers_words>;

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
