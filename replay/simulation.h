// A history invented from a seed: the four programmes at the size of their documents times a scale, with what makes real data hard. People
// are numbers. The same seed, scale and rates give the same events on every machine.
//
// Nothing recorded is ever from before something that it refers to, and times of recording rise, so that the ledger can be read as it
// was known at any moment of the simulated years. Memory does not grow with the number of events (simulation/calendar.h). One thread
// calls; simulate() encodes there while the ledger's own writer appends.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "engine/ledger.h"
#include "replay/simulation/rates.h"

namespace fodspor::replay {

using namespace fodspor::events;

struct SimulationOptions {
  std::uint64_t seed = 1;
  std::uint32_t scale_thousandths = 1'000;  // participants; enterprises, staff and networks grow with its square root above 1
  simulation::Rates rates;                  // simulation::Rates::read
  // What registers the programmes, with frames and targets: each recorded shortly before its programme's start, or on its own day if that
  // is later. A programme that it does not register gets a bare frame.
  std::function<Result<std::vector<Draft>>()> opening;
  std::uint32_t batch_events = 1'000;  // at most; a batch also ends with its day
};

// The programmes, targets and definitions that ship, as `programmes apply` would append them to an empty ledger.
Result<std::vector<Draft>> shipped_opening();

// "2", "0.25", "1000" as thousandths. Fault::invalid for anything else, and past 100,000.
Result<std::uint32_t> parse_scale(std::string_view text);

// Events that belong in one append: all of one request, recorded at one time.
struct SimulatedBatch {
  Request request;
  Timestamp time;
  std::vector<Draft> drafts;
};

// done of about so many events.
using SimulationProgress = std::function<void(std::uint64_t done, std::uint64_t of)>;

// The batches of a history, in the order of recording. Ends early with the Failure of `take`. Pure but for what it calls.
Status invent(const SimulationOptions& options, const std::function<Status(SimulatedBatch&&)>& take,
              const SimulationProgress& progress = {});

struct SimulationReport {
  std::uint64_t events = 0;
  std::uint64_t batches = 0;
  std::uint64_t repeated = 0;  // batches that the ledger had from an earlier, interrupted run
  std::uint64_t participants = 0;
  std::uint64_t enterprises = 0;
  Timestamp first_recorded, last_recorded;
};

// Appends a history to a ledger. The ledger must be open with allow_clock_jump. An interrupted run goes on where it stopped when it is
// called again with the same options. Fault::conflict if the ledger holds anything else: times of recording only rise, so a simulated
// past can only stand in a new ledger.
Result<SimulationReport> simulate(const SimulationOptions& options, engine::Ledger& ledger, const SimulationProgress& progress = {});

}  // namespace fodspor::replay
