#include "server/bench/latencies.h"

#include <algorithm>
#include <cmath>

#include "events/failure.h"

namespace fodspor::server::bench {

double Latencies::at(double part) {
  FODSPOR_CHECK(!nanoseconds_.empty() && part > 0 && part <= 1);
  // Decimals like 0.999 lie a hair beside what they say; without the margin 0.999 of 1,000 could become the 1,000th.
  const double rank = std::ceil(part * static_cast<double>(nanoseconds_.size()) - 1e-6);
  const auto nth = nanoseconds_.begin() + std::max<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(rank) - 1, 0);
  std::nth_element(nanoseconds_.begin(), nth, nanoseconds_.end());
  return static_cast<double>(*nth) / 1e6;
}

}  // namespace fodspor::server::bench
