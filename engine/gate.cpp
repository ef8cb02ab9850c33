#include "engine/gate.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace fodspor::engine {
namespace {

constexpr std::uint32_t woken_at_once = 3;

void futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) noexcept {
  static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));
  ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation | FUTEX_PRIVATE_FLAG, value, nullptr, nullptr, 0);
}

}  // namespace

// A sleeper is counted before it looks at the gate for the last time, and the gate is open before anybody is woken: whoever is not
// counted here finds the gate open and does not sleep.
void Gate::wake_some() noexcept {
  std::uint32_t waiting = waiting_.load();
  std::uint32_t now = 0;
  do {
    now = std::min(waiting, woken_at_once);
    if (now == 0) return;
  } while (!waiting_.compare_exchange_weak(waiting, waiting - now));
  futex(open_, FUTEX_WAKE, now);
}

void Gate::wait() noexcept {
  if (open_.load() != 0) return;
  waiting_.fetch_add(1);
  while (open_.load() == 0) futex(open_, FUTEX_WAIT, 0);
  wake_some();
}

void Gate::open() noexcept {
  open_.store(1);
  wake_some();
}

}  // namespace fodspor::engine
