// How long requests took, each of them kept: exact percentiles by nth_element, so no histogram rounds them. One thread; threads join
// theirs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace fodspor::server::bench {

class Latencies {
 public:
  void reserve(std::size_t requests) { nanoseconds_.reserve(requests); }
  void add(std::chrono::steady_clock::duration took) {
    nanoseconds_.push_back(std::chrono::duration_cast<std::chrono::nanoseconds>(took).count());
  }
  void join(const Latencies& others) { nanoseconds_.insert(nanoseconds_.end(), others.nanoseconds_.begin(), others.nanoseconds_.end()); }
  std::size_t count() const noexcept { return nanoseconds_.size(); }

  // The least time within which that part of all requests was answered, in ms: 0.99 of 1,000 is the 990th, 1 the slowest. At least one
  // must have been added.
  double at(double part);

 private:
  std::vector<std::int64_t> nanoseconds_;
};

}  // namespace fodspor::server::bench
