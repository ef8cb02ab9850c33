#include "events/proposal.h"

#include <capnp/message.h>

#include <string>

#include "events/calendar.h"
#include "events/limits.h"
#include "events/packing.h"
#include "events/soundness.h"

namespace fodspor::events {

static_assert(sizeof(capnp::word) == sizeof(std::uint64_t) && alignof(capnp::word) <= alignof(std::uint64_t));

namespace {

tl::unexpected<Failure> corrupt(std::string_view what) {
  return fail(Fault::corrupt, "the event's bytes are damaged: " + std::string(what) + "; run `fodspor doctor`");
}

bool kind_known(std::uint8_t kind) noexcept {
  return kind >= 1 && kind <= stream_kind_max;
}

constexpr auto slug_characters = [] {
  std::array<bool, 256> result{};
  for (unsigned c = 0; c < 256; ++c) result[c] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  return result;
}();

// Zeros at the end, none before: the characters themselves are checked where people write them.
bool padded_slug(const Id& id) noexcept {
  bool ended = false;
  for (std::uint64_t rest : {id.hi, id.lo}) {
    if (ended && rest != 0) return false;
    for (; rest != 0; rest <<= 8) {
      if (!slug_characters[rest >> 56]) return false;
    }
    ended = (id.hi & 0xff) == 0;
  }
  return true;
}

// What the rest of the program relies on in every event, whoever wrote it.
Status check_envelope(wire::Proposal::Reader proposal) {
  if (proposal.getType() == 0) return corrupt("it has no type");
  if (proposal.getIndex() >= proposal.getBatchSize()) return corrupt("its number in the batch is not below the batch's size");
  if (!id_of(proposal)) return corrupt("it has no id");
  if (proposal.getStream().getKind() == 0) return corrupt("it stands in no stream");
  if (!padded_slug(programme_of(proposal).id)) return corrupt("its programme's short name is not one");
  const auto day = [](std::uint32_t stored) { return stored <= static_cast<std::uint32_t>(Date::days_max); };
  if (!day(proposal.getValidFrom()) || !day(proposal.getValidTo())) return corrupt("a date is outside of the calendar");
  const auto references = proposal.getReferences();
  if (references.size() > limits::references_max) return corrupt("it has more references than can be");
  bool known = kind_known(proposal.getStream().getKind());
  for (const auto reference : references) {
    if (reference.getKind() == 0) return corrupt("a reference leads to no stream");
    known = known && kind_known(reference.getKind());
  }
  if (!known) return fail(Fault::unsupported, "the event is about a kind of stream that only a newer version of this program knows");
  return {};
}

}  // namespace

wire::Proposal::Reader read_sound(const std::uint64_t* words) noexcept {
  return capnp::readMessageUnchecked<wire::Proposal>(reinterpret_cast<const capnp::word*>(words));
}

wire::Proposal::Reader Opened::proposal() const noexcept {
  return read_sound(words_.data());
}

namespace {

// Unpacks into the words that `room_for` gives, first for a small event, then for one of the size counted, and checks everything.
template <class RoomFor>
Result<wire::Proposal::Reader> opened(std::span<const unsigned char> packed, const RoomFor& room_for,
                                      std::span<const std::uint64_t>& words) {
  if (packed.size() > limits::proposal_bytes_max) {
    return fail(Fault::too_large, "an event of " + std::to_string(packed.size()) + " bytes is past the limit of " +
                                      std::to_string(limits::proposal_bytes_max));
  }
  std::span<std::uint64_t> room = room_for(small_event_words);
  Unpacked unpacked = unpack(packed, room);
  if (unpacked.end == Unpacked::End::no_room) {
    const Unpacked counted = count_words(packed, limits::event_words_max);
    if (counted.end == Unpacked::End::no_room) return fail(Fault::too_large, "an event unpacks to more than limits.h allows");
    room = room_for(counted.words);
    unpacked = unpack(packed, room);
  }
  if (unpacked.end != Unpacked::End::whole) return corrupt("they end within a word");
  words = room.first(unpacked.words);
  if (!sound_proposal(words)) return corrupt("a pointer in them leads astray");
  const wire::Proposal::Reader proposal = read_sound(words.data());
  FODSPOR_DO(check_envelope(proposal));
  return proposal;
}

}  // namespace

Status Opened::open(std::span<const unsigned char> packed, Opened& into) {
  const auto room_for = [&into](std::size_t words) -> std::span<std::uint64_t> {
    if (words <= small_event_words) return into.small_;
    into.large_.resize(words);
    return into.large_;
  };
  if (auto proposal = opened(packed, room_for, into.words_); !proposal) return tl::make_unexpected(std::move(proposal).error());
  return {};
}

Result<wire::Proposal::Reader> open_in(WordRoom& room, std::span<const unsigned char> packed) {
  std::span<const std::uint64_t> words;
  auto proposal = opened(
      packed, [&room](std::size_t count) { return room.offer(count); }, words);
  if (proposal) room.keep(words.size());
  return proposal;
}

EventId id_of(wire::Proposal::Reader proposal) noexcept {
  const auto request = proposal.getRequest();
  return {{{request.getHi(), request.getLo()}}, proposal.getIndex()};
}

StreamId stream_of(wire::Proposal::Reader proposal) noexcept {
  const auto stream = proposal.getStream();
  return {static_cast<StreamKind>(stream.getKind()), {stream.getHi(), stream.getLo()}};
}

ProgrammeId programme_of(wire::Proposal::Reader proposal) noexcept {
  const auto programme = proposal.getProgramme();
  return {{programme.getHi(), programme.getLo()}};
}

StreamId stream_of(wire::Reference::Reader reference) noexcept {
  return {static_cast<StreamKind>(reference.getKind()), {reference.getHi(), reference.getLo()}};
}

EventId id_of(wire::EventRef::Reader event) noexcept {
  return {{{event.getHi(), event.getLo()}}, event.getIndex()};
}

}  // namespace fodspor::events
