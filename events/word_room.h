// Memory for the words of many events that live and end together, so that decoding one takes nothing from the heap. Owned by whoever
// decodes them, and outlives them. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace fodspor::events {

class WordRoom {
 public:
  // So many words in a row. They are free again at the next call, but for those that are kept before it.
  std::span<std::uint64_t> offer(std::size_t words);
  // The first words of what was offered last.
  void keep(std::size_t words) noexcept { used_ += words; }
  // Everything is free again. No event may be left that lies here.
  void clear() noexcept;

 private:
  struct Block {
    std::unique_ptr<std::uint64_t[]> words;
    std::size_t size = 0;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0;  // the one that is being filled
  std::size_t used_ = 0;   // of it
};

}  // namespace fodspor::events
