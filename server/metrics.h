// What a server counts of itself since it began, and how it tells it: Prometheus' text, version 0.0.4. Numbers alone, nothing of anybody.
// Owned by the dispatch; any thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "events/failure.h"
#include "server/frames.h"

namespace fodspor::server {

class Metrics {
 public:
  // A request of the wire, by its place in the union there.
  static constexpr std::size_t kinds = 12;  // the last: of no kind that is known
  static std::size_t kind_of(Frame& request) noexcept;

  // Of each answer, framed as it goes out.
  void answered(std::size_t kind, std::span<const std::byte> answer, std::chrono::nanoseconds took) noexcept;
  void connection_refused() noexcept { count(refused_); }
  void connection_dropped() noexcept { count(dropped_); }
  void token_refused() noexcept { count(tokens_refused_); }

  // A sync failed, and until the ledger is opened again nothing can be appended.
  bool poisoned() const noexcept;

  // What others know, at the moment of asking.
  struct Gauges {
    std::uint64_t position = 0;
    std::uint64_t log_bytes = 0;
    std::uint64_t derived_bytes = 0;
    std::size_t connections = 0;
    std::size_t connections_max = 0;
    std::size_t held_bytes = 0;
    std::size_t held_bytes_max = 0;
    bool draining = false;
    std::string software;
  };
  std::string text(const Gauges& gauges) const;

 private:
  using Count = std::atomic<std::uint64_t>;
  static void count(Count& counter, std::uint64_t by = 1) noexcept { counter.fetch_add(by, std::memory_order_relaxed); }

  static constexpr std::size_t faults = 13;  // 0: none
  // Upper bounds of the histogram's buckets; what is above the last is in +Inf alone.
  static constexpr std::array<std::chrono::microseconds, 12> bucket_bounds{
      std::chrono::microseconds(100),       std::chrono::microseconds(250),       std::chrono::microseconds(500),
      std::chrono::microseconds(1'000),     std::chrono::microseconds(2'500),     std::chrono::microseconds(5'000),
      std::chrono::microseconds(10'000),    std::chrono::microseconds(50'000),    std::chrono::microseconds(250'000),
      std::chrono::microseconds(1'000'000), std::chrono::microseconds(5'000'000), std::chrono::microseconds(30'000'000)};

  std::array<std::array<Count, faults>, kinds> requests_{};
  std::array<Count, bucket_bounds.size() + 1> took_{};
  Count took_nanoseconds_{0};
  Count appended_{0}, refused_{0}, dropped_{0}, tokens_refused_{0};
};

}  // namespace fodspor::server
