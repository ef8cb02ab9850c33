// Numbers that follow from a key and nothing else: the same on every machine, compiler and library.
//
// A counter run through the finaliser of SplitMix64 (Steele, Lea, Flood 2014). Integers only: a chance is a ratio, so that no rounding of
// a floating point unit can change a history. A value; one a person.
#pragma once

#include <cstdint>

#include "events/ids.h"

namespace fodspor::replay::simulation {

inline constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

inline constexpr std::uint64_t golden = 0x9e3779b97f4a7c15ULL;

// The key of one thing out of what names it.
inline constexpr std::uint64_t key_of(std::uint64_t seed, std::uint64_t kind, std::uint64_t group, std::uint64_t number) noexcept {
  return mix(mix(mix(mix(seed + golden) ^ (kind + golden)) ^ (group * golden + 1)) ^ (number + golden));
}

// Of the things that happen, `of` in `in` do.
struct Rate {
  std::uint32_t of = 0;
  std::uint32_t in = 1;
};

// A whole number from least to most, both included.
struct Span {
  std::uint32_t least = 0;
  std::uint32_t most = 0;
};

class Draw {
 public:
  explicit constexpr Draw(std::uint64_t key) noexcept : state_(key) {}

  constexpr std::uint64_t next() noexcept { return mix(state_ += golden); }
  // From 0 to n − 1; n at least 1.
  constexpr std::uint32_t below(std::uint32_t n) noexcept { return static_cast<std::uint32_t>(((next() >> 32) * n) >> 32); }
  constexpr std::uint32_t within(Span span) noexcept { return span.least + below(span.most - span.least + 1); }
  constexpr std::uint32_t within(std::uint32_t least, std::uint32_t most) noexcept { return within(Span{least, most}); }
  constexpr bool chance(Rate rate) noexcept { return below(rate.in) < rate.of; }
  constexpr bool chance(std::uint32_t of, std::uint32_t in) noexcept { return chance(Rate{of, in}); }
  template <class T, std::size_t N>
  constexpr const T& among(const T (&things)[N]) noexcept {
    return things[below(N)];
  }

 private:
  std::uint64_t state_;
};

}  // namespace fodspor::replay::simulation
