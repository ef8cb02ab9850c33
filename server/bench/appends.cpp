#include "server/bench/appends.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <system_error>

#include "server/bench/child.h"
#include "server/bench/producers.h"
#include "server/bench/raw.h"
#include "server/bench/workload.h"

namespace fodspor::server::bench {

namespace {

// Enough for seconds of work a run; more would say nothing new.
constexpr std::uint64_t single_events_max = 400'000;
constexpr std::uint64_t batched_events_max = 2'000'000;

struct Shape {
  std::size_t producers;
  bool waiting;  // each on a thread of its own, which waits for the answer
  std::size_t raw_threads;
  std::uint32_t events_a_batch;
  std::uint64_t events;
  std::string_view ratio_key, ours_key, raw_key;
  Words ratio, ours, raw;
  std::optional<double> wanted;
};

Result<double> append_waiting(engine::Ledger& ledger, const Shape& shape, std::uint64_t batches) {
  return seconds_of_all(shape.producers, [&](std::size_t producer) -> Status {
    for (std::uint64_t number = 0; number < batches; ++number) {
      FODSPOR_TRY(auto batch, batch_of(producer, number, shape.events_a_batch));
      FODSPOR_TRY(const auto appended, ledger.append(std::move(batch)));
      FODSPOR_CHECK(!appended.repeated);
    }
    return {};
  });
}

// As the connections of a server append.
Result<double> append_in_turns(engine::Ledger& ledger, const Shape& shape, std::uint64_t batches) {
  return seconds_of_turns(shape.producers, batches, [&](std::size_t producer, std::uint64_t number, Answered answered) {
    auto batch = batch_of(producer, number, shape.events_a_batch);
    if (!batch) return answered(tl::make_unexpected(std::move(batch).error()));
    ledger.append(*std::move(batch), [answered = std::move(answered)](Result<engine::Appended> appended) {
      if (!appended) return answered(tl::make_unexpected(std::move(appended).error()));
      FODSPOR_CHECK(!appended->repeated);
      answered({});
    });
  });
}

// Drafting, encoding, ordering and writing are all in the time, which runs until every index has caught up.
Result<std::vector<double>> append_ours(const std::filesystem::path& directory, const Shape& shape) {
  engine::Options options;
  options.create = true;
  FODSPOR_TRY(const auto ledger, engine::Ledger::open(directory, options));
  const std::uint64_t batches = shape.events / shape.events_a_batch / shape.producers;
  FODSPOR_TRY(const double appending, shape.waiting ? append_waiting(*ledger, shape, batches) : append_in_turns(*ledger, shape, batches));
  const auto start = std::chrono::steady_clock::now();
  FODSPOR_DO(ledger->settle());
  const std::chrono::duration<double> settling = std::chrono::steady_clock::now() - start;
  return std::vector{static_cast<double>(ledger->durable().value) / (appending + settling.count())};
}

Result<std::vector<double>> append_raw(const std::filesystem::path& ours, const std::filesystem::path& directory, const Shape& shape) {
  FODSPOR_TRY(const double rate, raw_rate_of(ours, directory, shape.raw_threads, shape.events_a_batch));
  return std::vector{rate};
}

Status measure_shape(const Shape& shape, const Options& options, std::vector<Figure>& figures) {
  const auto ours_directory = options.directory / "append";
  const auto raw_directory = options.directory / "raw";
  const auto remove = [&] {
    std::error_code error;
    std::filesystem::remove_all(ours_directory, error);
    std::filesystem::remove_all(raw_directory, error);
  };
  std::vector<double> ours, raw, ratios;
  for (std::size_t run = 1; run <= options.runs; ++run) {
    remove();
    options.doing(std::string(shape.ours.en) + ", pair " + std::to_string(run) + " of " + std::to_string(options.runs));
    FODSPOR_TRY(const Outcome mine, in_child([&] { return append_ours(ours_directory, shape); }));
    FODSPOR_TRY(const Outcome theirs, in_child([&] { return append_raw(ours_directory, raw_directory, shape); }));
    ours.push_back(mine.values.front());
    raw.push_back(theirs.values.front());
    ratios.push_back(ours.back() / raw.back());
  }
  remove();
  const std::uint64_t events = shape.events / shape.events_a_batch / shape.producers * shape.producers * shape.events_a_batch;
  std::optional<Wanted> wanted;
  if (shape.wanted) wanted = Wanted{Wanted::Bound::at_least, *shape.wanted};
  figures.push_back({std::string(shape.ratio_key), shape.ratio, "×", spread_of(ratios), events, wanted});
  figures.push_back({std::string(shape.ours_key), shape.ours, "ev/s", spread_of(ours), events, {}});
  figures.push_back({std::string(shape.raw_key), shape.raw, "ev/s", spread_of(raw), events, {}});
  return {};
}

}  // namespace

Result<std::vector<Figure>> measure_appends(const Options& options) {
  const std::uint64_t single_events = std::max<std::uint64_t>(std::min(options.events / 5, single_events_max), 64);
  const Words raw_singles{"  raw RocksDB, 64 threads, one synced put each", "  RocksDB selv, 64 tråde, en synkroniseret skrivning hver"};
  const Shape singles{64,
                      false,
                      64,
                      1,
                      single_events,
                      "append_single_ratio",
                      "append_single",
                      "append_single_raw",
                      {"64 producers of single events : raw RocksDB", "64 afsendere af enkelte hændelser : RocksDB selv"},
                      {"  64 producers, one event under way each, encoded and indexed", "  64 afsendere, hver med én hændelse undervejs"},
                      raw_singles,
                      2.0};
  const Shape waiting{64,
                      true,
                      64,
                      1,
                      single_events,
                      "append_waiting_ratio",
                      "append_waiting",
                      "append_waiting_raw",
                      {"The same from 64 threads that wait : raw RocksDB", "Det samme fra 64 tråde, der venter : RocksDB selv"},
                      {"  64 threads, each waits for its event's answer", "  64 tråde, hver venter på svar på sin hændelse"},
                      raw_singles,
                      {}};
  // Fewer threads are more for RocksDB here: it is measured where it is fastest.
  const Shape batches{4,
                      false,
                      2,
                      1'000,
                      std::max<std::uint64_t>(std::min(options.events, batched_events_max), 2'000),
                      "append_batch_ratio",
                      "append_batch",
                      "append_batch_raw",
                      {"Batches of 1,000 : raw RocksDB", "Bundter på 1.000 : RocksDB selv"},
                      {"  4 producers, one batch under way each, encoded and indexed", "  4 afsendere, hver med ét bundt undervejs"},
                      {"  raw RocksDB, 2 threads, write batches of 1,000", "  RocksDB selv, 2 tråde, bundter på 1.000"},
                      0.6};
  std::vector<Figure> figures;
  FODSPOR_DO(measure_shape(singles, options, figures));
  FODSPOR_DO(measure_shape(waiting, options, figures));
  FODSPOR_DO(measure_shape(batches, options, figures));
  return figures;
}

}  // namespace fodspor::server::bench
