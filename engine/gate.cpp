#include "engine/gate.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fodspor::engine {
namespace {

constexpr std::uint32_t woken_at_once = 3;

void futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) noexcept {
  static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));
  ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation | FUTEX_PRIVATE_FLAG, value, nullptr, nullptr, 0);
}

}  // namespace

void Gate::wait() noexcept {
  std::uint32_t seen = state_.load(std::memory_order_acquire);
  if (seen == 2) return;
  while (seen != 2) {
    if (seen == 0 && !state_.compare_exchange_weak(seen, 1, std::memory_order_acquire)) continue;
    futex(state_, FUTEX_WAIT, 1);
    seen = state_.load(std::memory_order_acquire);
  }
  futex(state_, FUTEX_WAKE, woken_at_once);
}

void Gate::open() noexcept {
  if (state_.exchange(2, std::memory_order_acq_rel) == 1) futex(state_, FUTEX_WAKE, woken_at_once);
}

}  // namespace fodspor::engine
