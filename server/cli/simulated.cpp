#include "server/cli/simulated.h"

#include <fmt/format.h>

#include <algorithm>

namespace fodspor::server {

Result<Simulated> simulate_into_new(Console& console, replay::SimulationOptions options) {
  FODSPOR_DO(console.no_file_in_its_place());
  options.opening = replay::shipped_opening;
  engine::Options opening;
  opening.create = true;
  opening.now = console.world().now;
  opening.allow_clock_jump = true;  // the simulated years are past
  const auto& folder = console.settings().ledger;
  auto ledger = engine::Ledger::open(folder, opening);
  if (!ledger) {
    if (ledger.error().fault == Fault::not_found || ledger.error().fault == Fault::unsupported) ledger.error().fault = Fault::unavailable;
    return tl::make_unexpected(std::move(ledger).error());
  }
  Simulated simulated;
  simulated.ledger = std::move(*ledger);
  Meter meter(console, {"simulating", "simulerer"});
  const Timestamp before = console.world().now();
  auto report = replay::simulate(options, *simulated.ledger, meter.function());
  if (!report) {
    if (report.error().fault == Fault::conflict) {
      report.error().message = fmt::format(
          "{} holds other events than this simulation's ({}): a simulated past can only stand in a new ledger, "
          "so name another folder with --ledger",
          folder.string(), report.error().message);
    }
    return tl::make_unexpected(std::move(report).error());
  }
  simulated.report = *report;
  const std::int64_t micros = std::max<std::int64_t>(1, console.world().now().micros - before.micros);
  simulated.events_a_second = static_cast<std::int64_t>(report->events) * 1'000'000 / micros;
  return simulated;
}

}  // namespace fodspor::server
