#include "server/bench/producers.h"

#include <chrono>
#include <latch>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace fodspor::server::bench {

Result<double> seconds_of_all(std::size_t threads, const std::function<Status(std::size_t thread)>& work) {
  std::latch ready(static_cast<std::ptrdiff_t>(threads) + 1);
  std::mutex mutex;
  std::optional<Failure> failure;
  std::vector<std::jthread> running;
  running.reserve(threads);
  for (std::size_t thread = 0; thread < threads; ++thread) {
    running.emplace_back([&, thread] {
      ready.arrive_and_wait();
      auto status = work(thread);
      if (status) return;
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::move(status).error();
    });
  }
  ready.arrive_and_wait();
  const auto start = std::chrono::steady_clock::now();
  running.clear();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (failure) return tl::make_unexpected(*failure);
  return seconds;
}

}  // namespace fodspor::server::bench
