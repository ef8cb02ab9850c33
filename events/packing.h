// Cap'n Proto's packed encoding of whole messages, as functions over caller's memory: no streams, no allocation. Any thread.
//
// Unpacking is bounded by what it is given, reads and writes nothing outside of it, and takes any bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace fodspor::events {

// The most bytes that so many words can take when packed: a tag, the word, and the count of the plain words that follow.
constexpr std::size_t packed_bytes_max(std::size_t words) noexcept {
  return words * 10;
}

// Writes at most packed_bytes_max(words.size()) bytes to `out`, and returns how many. The bytes are those of Cap'n Proto's own packer.
std::size_t pack(std::span<const std::uint64_t> words, unsigned char* out) noexcept;

struct Unpacked {
  enum class End : std::uint8_t {
    whole,    // all of the input, to its end
    cut,      // the input ends within a word: damage
    no_room,  // more words than `out` holds
  };
  End end;
  std::size_t words;  // written
};
Unpacked unpack(std::span<const unsigned char> packed, std::span<std::uint64_t> out) noexcept;

// The first words only, as many as there are and `out` holds; 0 if the bytes end within one of them. What comes behind is not looked at.
std::size_t unpack_first(std::span<const unsigned char> packed, std::span<std::uint64_t> out) noexcept;

// How many words `packed` holds, or how it is broken; stops counting past `words_max`.
Unpacked count_words(std::span<const unsigned char> packed, std::size_t words_max) noexcept;

}  // namespace fodspor::events
