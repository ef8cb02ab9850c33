#include "server/bench/bench.h"

#include <algorithm>
#include <system_error>

#include "server/bench/appends.h"
#include "server/bench/histories.h"
#include "server/bench/sockets.h"

namespace fodspor::server::bench {

Spread spread_of(std::vector<double> runs) {
  FODSPOR_CHECK(!runs.empty());
  std::sort(runs.begin(), runs.end());
  const std::size_t half = runs.size() / 2;
  const double median = runs.size() % 2 == 1 ? runs[half] : (runs[half - 1] + runs[half]) / 2;
  return {median, runs.front(), runs.back()};
}

bool Figure::met() const noexcept {
  if (!wanted) return true;
  return wanted->bound == Wanted::Bound::at_least ? measured.median >= wanted->value : measured.median <= wanted->value;
}

Result<std::vector<Figure>> measure(Subject subject, const Options& options) {
  FODSPOR_CHECK(options.runs > 0 && options.doing);
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) return fail(Fault::unavailable, options.directory.string() + ": " + error.message());
  switch (subject) {
    case Subject::append:
      return measure_appends(options);
    case Subject::size:
      return measure_sizes(options);
    case Subject::simulate:
      return measure_simulation(options);
    case Subject::rebuild:
      return measure_rebuilds(options);
    case Subject::open:
      return measure_openings(options);
    case Subject::socket:
      return measure_sockets(options);
  }
  return fail(Fault::invalid, "there is nothing of that name to measure");
}

}  // namespace fodspor::server::bench
