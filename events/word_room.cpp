#include "events/word_room.h"

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
  return {blocks_[block_].words.get() + used_, words};
}

void WordRoom::clear() noexcept {
  if (blocks_.size() > blocks_kept) blocks_.resize(blocks_kept);
  block_ = 0;
  used_ = 0;
}

}  // namespace fodspor::events
