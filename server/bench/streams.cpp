#include "server/bench/streams.h"

#include <algorithm>

#include "server/bench/workload.h"

namespace fodspor::server::bench {

namespace {

constexpr std::uint64_t hot_streams = 8;
constexpr std::size_t zipf_streams = 10'000;

}  // namespace

Streams::Streams(Shape shape, std::size_t lanes) : shape_(shape), lanes_(lanes) {
  FODSPOR_CHECK(lanes > 0);
  if (shape != Shape::zipf) return;
  double all = 0;
  for (std::size_t i = 1; i <= zipf_streams; ++i) shares_.push_back(all += 1.0 / static_cast<double>(i));
}

std::uint64_t Streams::at(std::size_t lane, std::uint64_t event) const {
  const std::uint64_t seed = event * lanes_ + lane;
  switch (shape_) {
    case Shape::spread:
      return drawn(seed, people);
    case Shape::fresh:
      return people + seed;
    case Shape::hot:
      return drawn(seed, hot_streams);
    case Shape::zipf:
      break;
  }
  constexpr std::uint64_t steps = std::uint64_t{1} << 53;
  const double share = static_cast<double>(drawn(seed, steps)) / static_cast<double>(steps) * shares_.back();
  return static_cast<std::uint64_t>(std::upper_bound(shares_.begin(), shares_.end(), share) - shares_.begin());
}

}  // namespace fodspor::server::bench
