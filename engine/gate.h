// A gate that opens once: any number of threads wait before it, and one call lets them all through. Whoever opens it wakes only a few, and
// each of those wakes a few more, so that the one who opens it goes on at once. Outlives whoever waits.
#pragma once

#include <atomic>
#include <cstdint>

namespace fodspor::engine {

class Gate {
 public:
  void wait() noexcept;
  void open() noexcept;

 private:
  std::atomic<std::uint32_t> open_{0};     // a futex: 0, then 1
  std::atomic<std::uint32_t> waiting_{0};  // who may be asleep, and nobody has been told to wake

  void wake_some() noexcept;
};

}  // namespace fodspor::engine
