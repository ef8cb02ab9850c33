// What a listener does with its connections, whatever they speak. Lives on the network's thread, and there only.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

namespace fodspor::server {

class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~Connection() = default;
  // `ended` is called once, when nothing of it is under way any more.
  virtual void start(std::function<void()> ended) = 0;
  // Looks at the deadlines; four times a second.
  virtual void tick(Clock::time_point now) = 0;
  // Takes no further request; ends when those that were taken are answered.
  virtual void drain() = 0;
  // Ends at once.
  virtual void drop(std::string_view reason) = 0;
};

}  // namespace fodspor::server
