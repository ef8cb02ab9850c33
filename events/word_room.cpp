#include "events/word_room.h"

#include <sanitizer/asan_interface.h>

#include <algorithm>

namespace fodspor::events {

namespace {

// Most histories fit the first block, which stays in the processor's cache from one history to the next.
constexpr std::size_t block_words = 16'384;
// Blocks beyond the first few are a rare long history's, and are not kept for the short ones that follow.
constexpr std::size_t blocks_kept = 64;

}  // namespace

std::span<std::uint64_t> WordRoom::offer(std::size_t words) {
  while (block_ < blocks_.size() && blocks_[block_].size - used_ < words) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    const std::size_t size = std::max(words, block_words);
    blocks_.push_back({std::make_unique_for_overwrite<std::uint64_t[]>(size), size});
  }
  const std::span<std::uint64_t> offered(blocks_[block_].words.get() + used_, words);
  ASAN_UNPOISON_MEMORY_REGION(offered.data(), offered.size_bytes());
  return offered;
}

void WordRoom::clear() noexcept {
  if (blocks_.size() > blocks_kept) blocks_.resize(blocks_kept);
  block_ = 0;
  used_ = 0;
  // An event that outlived its room is then found out by AddressSanitizer; in other builds these are nothing.
  for (const Block& block : blocks_) ASAN_POISON_MEMORY_REGION(block.words.get(), block.size * sizeof(std::uint64_t));
}

}  // namespace fodspor::events
