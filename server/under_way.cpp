#include "server/under_way.h"

#include <string>
#include <utility>

namespace fodspor::server {

Status UnderWay::add(std::uint64_t id, std::function<void()> cancel) {
  {
    const std::lock_guard lock(mutex_);
    if (!ended_) {
      const auto [at, is_new] = cancels_.emplace(id, std::move(cancel));
      if (!is_new) return fail(Fault::invalid, "id: request " + std::to_string(id) + " is still under way; each has a number of its own");
      return {};
    }
  }
  cancel();
  return {};
}

void UnderWay::remove(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  cancels_.erase(id);
}

Status UnderWay::cancel(std::uint64_t id) {
  std::function<void()> cancel;
  {
    const std::lock_guard lock(mutex_);
    const auto found = cancels_.find(id);
    if (found == cancels_.end()) {
      return fail(Fault::not_found, "nothing is under way as request " + std::to_string(id) + " that could be cancelled; it may be done");
    }
    cancel = std::move(found->second);
    cancels_.erase(found);
  }
  // Without the lock: what is cancelled may say so by remove().
  cancel();
  return {};
}

void UnderWay::cancel_all() {
  std::map<std::uint64_t, std::function<void()>> cancels;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    cancels.swap(cancels_);
  }
  for (const auto& [id, cancel] : cancels) cancel();
}

}  // namespace fodspor::server
