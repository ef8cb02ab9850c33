#include "engine/watch.h"

namespace fodspor::engine {

Watch Watchers::add(std::function<void()> moved) {
  const std::lock_guard lock(mutex_);
  watching_.emplace(++last_, std::move(moved));
  return Watch(*this, last_);
}

void Watchers::remove(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  watching_.erase(number);
}

void Watchers::tell() {
  const std::lock_guard lock(mutex_);
  for (const auto& [number, moved] : watching_) moved();
}

}  // namespace fodspor::engine
