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
  std::atomic<std::uint32_t> state_{0};  // 0: closed, 1: closed and somebody waits, 2: open
};

}  // namespace fodspor::engine
