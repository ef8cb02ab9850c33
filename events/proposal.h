// Proposals in memory: from their packed bytes to words that any reader may walk. Shared by event.cpp and codec.cpp. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "events/envelope.capnp.h"
#include "events/failure.h"
#include "events/ids.h"
#include "events/word_room.h"

namespace fodspor::events {

// Few events have more.
inline constexpr std::size_t small_event_words = 512;

// A proposal unpacked and checked, on the stack if it is small. Lives within one call.
class Opened {
 public:
  // Fault::corrupt if the bytes are not a proposal's, too_large past limits.h, unsupported for a kind of stream from a newer version.
  static Status open(std::span<const unsigned char> packed, Opened& into);

  Opened() = default;
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  std::span<const std::uint64_t> words() const noexcept { return words_; }
  wire::Proposal::Reader proposal() const noexcept;

 private:
  std::array<std::uint64_t, small_event_words> small_;  // left as it is: unpack writes what is read
  std::vector<std::uint64_t> large_;
  std::span<const std::uint64_t> words_;
};

// The same, with the words kept in `room`, where the reader leads.
Result<wire::Proposal::Reader> open_in(WordRoom& room, std::span<const unsigned char> packed);

// Words that sound_proposal has passed, read in place and without bounds.
wire::Proposal::Reader read_sound(const std::uint64_t* words) noexcept;

EventId id_of(wire::Proposal::Reader proposal) noexcept;
StreamId stream_of(wire::Proposal::Reader proposal) noexcept;
ProgrammeId programme_of(wire::Proposal::Reader proposal) noexcept;
StreamId stream_of(wire::Reference::Reader reference) noexcept;
EventId id_of(wire::EventRef::Reader event) noexcept;

}  // namespace fodspor::events
