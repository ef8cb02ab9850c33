#include "server/bench/histories.h"

#include <algorithm>
#include <chrono>
#include <system_error>

#include "projections/runner.h"
#include "replay/simulation.h"
#include "server/bench/child.h"
#include "server/bench/workload.h"

namespace fodspor::server::bench {

namespace {

// A ledger's bytes an event are the same from here on; more events would only take longer.
constexpr std::uint64_t sized_events_max = 1'000'000;
// Before each kill the ledger takes so many events a run more, so that the kills find its last files in different states.
constexpr std::uint64_t events_before_kill = 60'000;

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// The scale at which a simulation has at least so many events: asked of a small one, as participants are what grows.
Result<replay::SimulationOptions> simulation_of(std::uint64_t events) {
  replay::SimulationOptions options;
  FODSPOR_TRY(options.rates, replay::simulation::Rates::read());
  options.opening = replay::shipped_opening;
  std::uint64_t told = 0;
  FODSPOR_DO(replay::invent(options, [&](replay::SimulatedBatch&& batch) -> Status {
    told += batch.drafts.size();
    return {};
  }));
  // Some more, as what does not grow with participants has a larger part in a small history.
  const std::uint64_t thousandths = events * 1'060 / told + 1;
  options.scale_thousandths = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(thousandths, 1, 100'000'000));
  return options;
}

engine::Options for_writing(bool create) {
  engine::Options options;
  options.create = create;
  options.allow_clock_jump = true;  // the simulated years are past
  return options;
}

// A new ledger of that history: its events, and the seconds until they are recorded and indexed.
Result<std::vector<double>> tell(const std::filesystem::path& directory, std::uint64_t events, std::uint32_t events_a_batch) {
  FODSPOR_TRY(auto simulation, simulation_of(events));
  simulation.batch_events = events_a_batch;
  FODSPOR_TRY(const auto ledger, engine::Ledger::open(directory, for_writing(true)));
  const Stopwatch watch;
  FODSPOR_TRY(const auto report, replay::simulate(simulation, *ledger));
  FODSPOR_DO(ledger->settle());
  return std::vector{static_cast<double>(report.events), watch.seconds()};
}

void clear(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::remove_all(directory, error);
}

// Everything that stands in the directory, whatever it is.
std::uint64_t bytes_under(const std::filesystem::path& directory) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

std::string numbered(std::string_view what, std::size_t run, std::size_t runs) {
  return std::string(what) + ", run " + std::to_string(run) + " of " + std::to_string(runs);
}

// The shared history; the seconds that it took, or nothing if it was there. It is told under another name, so that one that was cut
// short is not taken for whole.
Status make_history(const Options& options) {
  const auto whole = history_directory(options);
  if (std::filesystem::exists(whole)) return {};
  auto partial = whole;
  partial += ".new";
  clear(partial);
  options.doing("a history of " + std::to_string(options.events) + " simulated events");
  FODSPOR_TRY(const Outcome told, in_child([&] { return tell(partial, options.events, 1'000); }));
  std::error_code error;
  std::filesystem::rename(partial, whole, error);
  if (error) return fail(Fault::unavailable, whole.string() + ": " + error.message());
  return {};
}

Result<std::vector<double>> fold_all(const std::filesystem::path& directory, std::size_t memory_bytes) {
  FODSPOR_DO(stay_on_one_core());
  engine::Options reading;
  reading.access = engine::Access::read;
  FODSPOR_TRY(const auto ledger, engine::Ledger::open(directory, reading));
  FODSPOR_TRY(const auto runner, projections::Runner::open(*ledger, projections::Runner::Mode::write));
  projections::RebuildOptions options;
  options.memory_bytes = memory_bytes;
  const double processor_before = processor_seconds();
  const Stopwatch watch;
  FODSPOR_DO(runner->rebuild(options));
  const double seconds = watch.seconds();
  const double processor = processor_seconds() - processor_before;
  for (const auto& state : runner->states()) {
    if (state.stopped) return fail(Fault::stopped, "the view " + state.name + " stopped: " + state.stopped->reason);
  }
  return std::vector{static_cast<double>(ledger->durable().value), seconds, processor};
}

Result<std::vector<double>> open_and_close(const std::filesystem::path& directory) {
  const Stopwatch watch;
  FODSPOR_TRY(const auto ledger, engine::Ledger::open(directory, for_writing(false)));
  return std::vector{watch.seconds(), static_cast<double>(ledger->durable().value)};
}

// Appends until it is killed, and says so when it has appended enough.
Status append_on(const std::filesystem::path& directory, std::uint64_t enough, const std::function<void()>& ready) {
  FODSPOR_TRY(const auto ledger, engine::Ledger::open(directory, for_writing(false)));
  // The ledger's length is a number that no run before had, so no batch is a repetition.
  const std::uint64_t producer = ledger->durable().value;
  for (std::uint64_t number = 0;; ++number) {
    FODSPOR_TRY(auto batch, batch_of(producer, number, 100));
    FODSPOR_TRY(const auto appended, ledger->append(std::move(batch)));
    if (number == enough / 100) ready();
    FODSPOR_CHECK(!appended.repeated);
  }
}

}  // namespace

std::filesystem::path history_directory(const Options& options) {
  return options.directory / ("history-" + std::to_string(options.events));
}

Result<std::vector<Figure>> measure_simulation(const Options& options) {
  std::vector<double> speeds;
  std::uint64_t events = 0;
  const auto directory = options.directory / "simulated";
  for (std::size_t run = 1; run <= options.runs; ++run) {
    clear(directory);
    options.doing(numbered("simulating", run, options.runs));
    FODSPOR_TRY(const Outcome told, in_child([&] { return tell(directory, options.events, 1'000); }));
    events = static_cast<std::uint64_t>(told.values.at(0));
    speeds.push_back(told.values.at(0) / told.values.at(1));
  }
  // The last one is the history that rebuilds and openings ask for.
  clear(history_directory(options));
  std::error_code error;
  std::filesystem::rename(directory, history_directory(options), error);
  if (error) return fail(Fault::unavailable, directory.string() + ": " + error.message());
  return std::vector<Figure>{{"simulate",
                              {"Simulated, recorded and indexed", "Simuleret, registreret og indekseret"},
                              "ev/s",
                              spread_of(speeds),
                              events,
                              Wanted{Wanted::Bound::at_least, 200'000}}};
}

Result<std::vector<Figure>> measure_sizes(const Options& options) {
  const auto directory = options.directory / "sized";
  const std::uint64_t wanted_events = std::min(options.events, sized_events_max);
  const auto bytes_an_event = [&](std::uint32_t events_a_batch) -> Result<std::pair<double, std::uint64_t>> {
    clear(directory);
    options.doing("a history in batches of " + std::to_string(events_a_batch));
    FODSPOR_TRY(const Outcome told, in_child([&] { return tell(directory, wanted_events, events_a_batch); }));
    const double bytes = static_cast<double>(bytes_under(directory));
    clear(directory);
    return std::pair{bytes / told.values.at(0), static_cast<std::uint64_t>(told.values.at(0))};
  };
  FODSPOR_TRY(const auto hundreds, bytes_an_event(100));
  FODSPOR_TRY(const auto ones, bytes_an_event(1));
  return std::vector<Figure>{{"bytes_batch_100",
                              {"All files, an event, in batches of 100", "Alle filer pr. hændelse, i bundter på 100"},
                              "bytes",
                              spread_of({hundreds.first}),
                              hundreds.second,
                              Wanted{Wanted::Bound::at_most, 160}},
                             {"bytes_batch_1",
                              {"All files, an event, in batches of one", "Alle filer pr. hændelse, én ad gangen"},
                              "bytes",
                              spread_of({ones.first}),
                              ones.second,
                              Wanted{Wanted::Bound::at_most, 260}}};
}

Result<std::vector<Figure>> measure_rebuilds(const Options& options) {
  FODSPOR_DO(make_history(options));
  std::vector<double> speeds, wall_speeds, peaks;
  std::uint64_t events = 0;
  for (std::size_t run = 1; run <= options.runs; ++run) {
    options.doing(numbered("rebuilding all views", run, options.runs));
    FODSPOR_TRY(const Outcome folded, in_child([&] { return fold_all(history_directory(options), options.memory_bytes); }));
    events = static_cast<std::uint64_t>(folded.values.at(0));
    wall_speeds.push_back(folded.values.at(0) / folded.values.at(1));
    speeds.push_back(folded.values.at(0) / folded.values.at(2));
    peaks.push_back(static_cast<double>(folded.peak_bytes_held) / (1 << 20));
  }
  const double memory_mib = static_cast<double>(options.memory_bytes) / (1 << 20);
  return std::vector<Figure>{{"rebuild",
                              {"All views rebuilt, a second of one core", "Alle visninger genopbygget, pr. sekund af en kerne"},
                              "ev/s",
                              spread_of(speeds),
                              events,
                              Wanted{Wanted::Bound::at_least, 500'000}},
                             {"rebuild_wall",
                              {"  by the clock, kept to one core", "  efter uret, holdt til en kerne"},
                              "ev/s",
                              spread_of(wall_speeds),
                              events,
                              {}},
                             {"rebuild_peak",
                              {"  the most memory that it held", "  den mest hukommelse, den brugte"},
                              "MiB",
                              spread_of(peaks),
                              events,
                              Wanted{Wanted::Bound::at_most, memory_mib}}};
}

Result<std::vector<Figure>> measure_openings(const Options& options) {
  FODSPOR_DO(make_history(options));
  const auto directory = history_directory(options);
  // The first opening closes cleanly, whatever state the history was left in, and is not counted.
  FODSPOR_TRY(Outcome opened, in_child([&] { return open_and_close(directory); }));
  std::vector<double> clean, killed;
  for (std::size_t run = 1; run <= options.runs; ++run) {
    options.doing(numbered("opening after a clean close and after a kill", run, options.runs));
    FODSPOR_TRY(opened, in_child([&] { return open_and_close(directory); }));
    clean.push_back(opened.values.at(0));
    FODSPOR_DO(killed_at_work([&](const auto& ready) { return append_on(directory, events_before_kill * run, ready); }));
    FODSPOR_TRY(opened, in_child([&] { return open_and_close(directory); }));
    killed.push_back(opened.values.at(0));
  }
  const auto events = static_cast<std::uint64_t>(opened.values.at(1));
  return std::vector<Figure>{{"open_clean",
                              {"Opened after a clean close", "Åbnet efter ordentlig lukning"},
                              "s",
                              spread_of(clean),
                              events,
                              Wanted{Wanted::Bound::at_most, 1.0}},
                             {"open_killed",
                              {"Opened after kill -9 in the middle of appends", "Åbnet efter kill -9 midt i skrivning"},
                              "s",
                              spread_of(killed),
                              events,
                              Wanted{Wanted::Bound::at_most, 1.0}}};
}

}  // namespace fodspor::server::bench
