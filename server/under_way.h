// What one connection has under way that can be cancelled, by the ids of its requests: questions, subscriptions. Held by its Caller; any
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

#include "events/failure.h"

namespace fodspor::server {

using namespace fodspor::events;

class UnderWay {
 public:
  // `cancel` is called at most once, on a thread of whoever cancels, and must not block: at once if everything was cancelled already.
  // Fault::invalid if another request of that id is under way.
  Status add(std::uint64_t id, std::function<void()> cancel);
  // It is done; what is not there any more is no mistake.
  void remove(std::uint64_t id);
  // Fault::not_found if nothing of that id is under way: never asked, or answered already.
  Status cancel(std::uint64_t id);
  // When the connection ends: everything, and whatever is added later.
  void cancel_all();

 private:
  std::mutex mutex_;  // over what is below
  std::map<std::uint64_t, std::function<void()>> cancels_;
  bool ended_ = false;
};

}  // namespace fodspor::server
