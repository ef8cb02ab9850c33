#include "events/canonical.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "events/failure.h"

// Pointers, after https://capnproto.org/encoding.html, from the lowest bit:
//
//   struct  2 bits 0, 30 bits signed offset in words from the pointer's end, 16 bits data words, 16 bits pointers
//   list    2 bits 1, 30 bits signed offset, 3 bits size of an element, 29 bits count (of words, for elements that are structs; then one
//           word stands in front of them, a struct pointer with the count of elements for an offset)
//   far     2 bits 2, 1 bit whether the pad has two words, 29 bits the pad's word in its segment, 32 bits segment
namespace fodspor::events {

namespace {

using Words = kj::ArrayPtr<const capnp::word>;

constexpr std::array<unsigned, 6> element_bits{0, 1, 8, 16, 32, 64};
constexpr unsigned pointers_code = 6;
constexpr unsigned structs_code = 7;

struct Sizes {
  std::size_t data;
  std::size_t pointers;
};

// What a pointer leads to, with far ones followed.
struct Target {
  std::uint64_t pointer = 0;  // its sizes and kind; 0: null
  std::uint32_t segment = 0;
  std::size_t at = 0;  // the first word of what it leads to

  bool null() const { return pointer == 0; }
  bool is_struct() const { return (pointer & 3) == 0; }
  Sizes sizes() const { return {(pointer >> 32) & 0xffff, pointer >> 48}; }
  unsigned element() const { return static_cast<unsigned>(pointer >> 32) & 7; }
  std::size_t count() const { return pointer >> 35; }
};

class Flattener {
 public:
  Flattener(kj::ArrayPtr<const Words> segments, std::span<std::uint64_t> out) : segments_(segments), out_(out) {}

  std::size_t run() {
    take(1);
    write(0, follow(0, 0));
    return size_;
  }

 private:
  std::uint64_t word(std::uint32_t segment, std::size_t at) const {
    FODSPOR_CHECK(segment < segments_.size() && at < segments_[segment].size());
    std::uint64_t value;
    std::memcpy(&value, segments_[segment].begin() + at, 8);
    return value;
  }

  static std::size_t moved(std::size_t pointer_at, std::uint64_t pointer) {
    const std::int32_t offset = static_cast<std::int32_t>(static_cast<std::uint32_t>(pointer)) >> 2;
    return static_cast<std::size_t>(static_cast<std::int64_t>(pointer_at) + 1 + offset);
  }

  Target follow(std::uint32_t segment, std::size_t at) const {
    const std::uint64_t pointer = word(segment, at);
    if ((pointer & 3) != 2) {
      FODSPOR_CHECK((pointer & 3) != 3);
      return {pointer, segment, moved(at, pointer)};
    }
    const auto pad_segment = static_cast<std::uint32_t>(pointer >> 32);
    const std::size_t pad_at = (pointer >> 3) & 0x1fff'ffff;
    const std::uint64_t pad = word(pad_segment, pad_at);
    if ((pointer & 4) == 0) return {pad, pad_segment, moved(pad_at, pad)};
    return {word(pad_segment, pad_at + 1), static_cast<std::uint32_t>(pad >> 32), (pad >> 3) & 0x1fff'ffff};
  }

  // The sizes of a struct without what is empty at the end of its data and of its pointers.
  Sizes trimmed(std::uint32_t segment, std::size_t at, Sizes sizes) const {
    Sizes result = sizes;
    while (result.data > 0 && word(segment, at + result.data - 1) == 0) --result.data;
    while (result.pointers > 0 && empty(follow(segment, at + sizes.data + result.pointers - 1))) --result.pointers;
    return result;
  }

  bool empty(const Target& target) const {
    if (target.null()) return true;
    if (target.is_struct()) {
      const Sizes sizes = trimmed(target.segment, target.at, target.sizes());
      return sizes.data + sizes.pointers == 0;
    }
    // Text ends in a zero byte that counts: "" is a list of one byte.
    if (target.element() == 2 && target.count() == 1) return (word(target.segment, target.at) & 0xff) == 0;
    if (target.element() == structs_code) return element_count(target) == 0;
    return target.count() == 0;
  }

  std::size_t element_count(const Target& list) const { return (word(list.segment, list.at) & 0xffff'ffff) >> 2; }

  std::size_t take(std::size_t words) {
    FODSPOR_CHECK(words <= out_.size() - size_);
    const std::size_t at = size_;
    size_ += words;
    return at;
  }

  void copy(std::uint32_t segment, std::size_t at, std::size_t words, std::size_t to) {
    if (words == 0) return;
    FODSPOR_CHECK(at + words <= segments_[segment].size());
    std::memcpy(&out_[to], segments_[segment].begin() + at, words * 8);
  }

  static std::uint64_t offset(std::size_t from, std::size_t to) { return std::uint64_t{static_cast<std::uint32_t>((to - from - 1) << 2)}; }

  void write(std::size_t to, const Target& target) {
    if (empty(target)) {
      out_[to] = 0;
    } else if (target.is_struct()) {
      const Sizes sizes = trimmed(target.segment, target.at, target.sizes());
      const std::size_t body = take(sizes.data + sizes.pointers);
      out_[to] = offset(to, body) | std::uint64_t{sizes.data} << 32 | std::uint64_t{sizes.pointers} << 48;
      write_struct(body, target.segment, target.at, target.sizes(), sizes);
    } else if (target.element() == structs_code) {
      write_structs(to, target);
    } else {
      write_list(to, target);
    }
  }

  void write_struct(std::size_t to, std::uint32_t segment, std::size_t at, Sizes held, Sizes kept) {
    copy(segment, at, std::min(held.data, kept.data), to);
    for (std::size_t i = held.data; i < kept.data; ++i) out_[to + i] = 0;
    for (std::size_t i = 0; i < kept.pointers; ++i) {
      write(to + kept.data + i, i < held.pointers ? follow(segment, at + held.data + i) : Target{});
    }
  }

  void write_structs(std::size_t to, const Target& list) {
    const std::uint64_t tag = word(list.segment, list.at);
    const Sizes held{(tag >> 32) & 0xffff, tag >> 48};
    const std::size_t count = element_count(list);
    const std::size_t step = held.data + held.pointers;
    Sizes kept{0, 0};
    for (std::size_t i = 0; i < count; ++i) {
      const Sizes sizes = trimmed(list.segment, list.at + 1 + i * step, held);
      kept = {std::max(kept.data, sizes.data), std::max(kept.pointers, sizes.pointers)};
    }
    const std::size_t words = count * (kept.data + kept.pointers);
    const std::size_t tag_at = take(1 + words);
    out_[to] = offset(to, tag_at) | 1u | std::uint64_t{structs_code} << 32 | std::uint64_t{words} << 35;
    out_[tag_at] = std::uint64_t{count} << 2 | std::uint64_t{kept.data} << 32 | std::uint64_t{kept.pointers} << 48;
    for (std::size_t i = 0; i < count; ++i) {
      write_struct(tag_at + 1 + i * (kept.data + kept.pointers), list.segment, list.at + 1 + i * step, held, kept);
    }
  }

  void write_list(std::size_t to, const Target& list) {
    const std::size_t count = list.count();
    const bool pointers = list.element() == pointers_code;
    const std::size_t bits = pointers ? 0 : count * element_bits[list.element()];
    const std::size_t words = pointers ? count : (bits + 63) / 64;
    const std::size_t body = take(words);
    out_[to] = offset(to, body) | (list.pointer & 0xffff'ffff'0000'0000u) | 1u;
    if (pointers) {
      for (std::size_t i = 0; i < count; ++i) write(body + i, follow(list.segment, list.at + i));
      return;
    }
    copy(list.segment, list.at, words, body);
    // What stands behind the last element in its word is nobody's, and must not make a difference.
    if (bits % 64 != 0) out_[body + words - 1] &= (std::uint64_t{1} << bits % 64) - 1;
  }

  kj::ArrayPtr<const Words> segments_;
  std::span<std::uint64_t> out_;
  std::size_t size_ = 0;
};

}  // namespace

std::size_t canonical_words_max(capnp::MessageBuilder& message) {
  std::size_t words = 1;
  for (const Words& segment : message.getSegmentsForOutput()) words += segment.size();
  return words;
}

std::size_t canonical_words(capnp::MessageBuilder& message, std::span<std::uint64_t> out) {
  return Flattener(message.getSegmentsForOutput(), out).run();
}

}  // namespace fodspor::events
