#include "engine/ring.h"

#include <algorithm>

namespace fodspor::engine {

void Ring::push(std::shared_ptr<const Block> block) {
  {
    const std::lock_guard lock(mutex_);
    FODSPOR_CHECK(block->first.value == last_.value + 1);
    last_ = block->last();
    bytes_ += block->bytes.size();
    blocks_.push_back(std::move(block));
    while (bytes_ > bytes_max && blocks_.size() > 1) {
      bytes_ -= blocks_.front()->bytes.size();
      blocks_.pop_front();
    }
  }
  grown_.notify_all();
  watchers_.tell();
}

std::shared_ptr<const Block> Ring::find(Position position) const {
  const std::lock_guard lock(mutex_);
  const auto after = std::ranges::upper_bound(blocks_, position, {}, [](const auto& block) { return block->first; });
  if (after == blocks_.begin()) return nullptr;
  const auto& block = *std::prev(after);
  return position <= block->last() ? block : nullptr;
}

bool Ring::wait_for(Position position, std::chrono::steady_clock::time_point deadline) const {
  std::unique_lock lock(mutex_);
  return grown_.wait_until(lock, deadline, [&] { return last_ >= position; });
}

}  // namespace fodspor::engine
