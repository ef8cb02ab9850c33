#include "server/bench/sockets.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "server/bench/bouts.h"
#include "server/bench/crowds.h"
#include "server/bench/following.h"
#include "server/bench/raw.h"
#include "server/bench/shapes.h"

namespace fodspor::server::bench {

namespace {

// Enough for seconds of work a run.
constexpr std::uint64_t single_events_max = 100'000;
constexpr std::uint64_t pipelined_events_max = 400'000;
constexpr std::uint64_t batched_events_max = 1'000'000;
constexpr std::size_t bare_writes = 2'000;
constexpr std::size_t bare_bytes = 4'096;
constexpr double seconds_at_half_load = 4;
constexpr std::uint64_t half_a_window = 16;

constexpr double wanted_of_pipelined = 150'000;
constexpr double where_raw_gives = 300'000;  // in batches of 100: on a slower machine the number above is not asked for

struct Contest {
  Asked asked;
  std::string key;
  Words ratio, ours, theirs;
  std::optional<double> wanted;
  std::uint32_t raw_batch = 0;  // of RocksDB alone; 0: it is not measured
};

struct Sides {
  Bouts ours, theirs;
  std::vector<double> ratios, raw, raw_ratios;
};

Asked asked_of(std::size_t lanes, std::size_t window, std::uint32_t events, std::uint64_t count) {
  Asked asked;
  asked.lanes = lanes;
  asked.events = events;
  asked.load.window = window;
  asked.load.requests = std::max<std::uint64_t>(count / events / lanes, 1);
  return asked;
}

Status one_pair(const Arena& arena, const Contest& contest, Sides& sides) {
  {
    FODSPOR_TRY(const auto served, arena.serve());
    FODSPOR_TRY(const Bout bout, bout_of_ours(arena, *served, contest.asked));
    sides.ours.add(bout);
  }
  if (arena.peer() != nullptr) {
    FODSPOR_TRY(const Bout bout, bout_of_peer(*arena.peer(), contest.asked));
    sides.theirs.add(bout);
    sides.ratios.push_back(sides.ours.last().rate / bout.rate);
  }
  if (contest.raw_batch > 0) {
    FODSPOR_TRY(const Outcome raw, in_child([&]() -> Result<std::vector<double>> {
                  FODSPOR_TRY(const double rate, raw_rate_of(arena.ledger(), arena.raw(), 2, contest.raw_batch));
                  return std::vector{rate};
                }));
    sides.raw.push_back(raw.values.front());
    sides.raw_ratios.push_back(sides.ours.last().rate / sides.raw.back());
  }
  return {};
}

std::optional<Wanted> at_least(std::optional<double> value) {
  if (!value) return std::nullopt;
  return Wanted{Wanted::Bound::at_least, *value};
}

void tell_sides(const Contest& contest, const Sides& sides, std::optional<double> wanted_rate, std::vector<Figure>& figures) {
  const std::uint64_t events = contest.asked.count();
  if (!sides.ratios.empty()) {
    figures.push_back({contest.key + "_ratio", contest.ratio, "×", spread_of(sides.ratios), events, at_least(contest.wanted)});
  }
  figures.push_back({contest.key, contest.ours, "ev/s", spread_of(sides.ours.rates()), events, at_least(wanted_rate)});
  sides.ours.tell_times(contest.key, times_of_ours, events, figures);
  if (sides.ratios.empty()) return;
  figures.push_back({contest.key + "_postgres", contest.theirs, "ev/s", spread_of(sides.theirs.rates()), events, {}});
  sides.theirs.tell_times(contest.key + "_postgres", times_of_peer, events, figures);
}

Status fill_pairs(const Arena& arena, const Contest& contest, const Options& options, Sides& sides) {
  for (std::size_t run = 1; run <= options.runs; ++run) {
    options.doing(std::string(contest.ours.en) + ", pair " + std::to_string(run) + " of " + std::to_string(options.runs));
    FODSPOR_DO(one_pair(arena, contest, sides));
  }
  return {};
}

// What a synced write costs that nobody shares: 4 KiB at the end of a file, one after another.
Result<std::vector<double>> bare_write_times(const std::filesystem::path& path) {
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return fail(Fault::unavailable, path.string() + ": " + std::strerror(errno));
  const std::string bytes(bare_bytes, 'x');
  Latencies latencies;
  bool good = true;
  for (std::size_t i = 0; good && i < bare_writes; ++i) {
    const auto began = std::chrono::steady_clock::now();
    good = pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(i * bytes.size())) == static_cast<ssize_t>(bytes.size()) &&
           fdatasync(file) == 0;
    latencies.add(std::chrono::steady_clock::now() - began);
  }
  close(file);
  unlink(path.c_str());
  if (!good) return fail(Fault::unavailable, path.string() + ": " + std::strerror(errno));
  return std::vector{latencies.at(0.99)};
}

// The rate at which requests come is given, and what is late counts from when it was due.
Result<Bout> at_half(const Arena& arena, double top_rate, std::uint64_t together, const Options& options, std::uint64_t& events) {
  Asked asked;
  asked.load.rate = top_rate / 2;
  asked.load.due_together = together;
  const double requests = std::min(asked.load.rate * seconds_at_half_load, static_cast<double>(options.events));
  asked.load.requests = std::max<std::uint64_t>(static_cast<std::uint64_t>(requests) / asked.lanes, 1);
  events = asked.count();
  FODSPOR_TRY(const auto served, arena.serve());
  return bout_of_ours(arena, *served, asked);
}

Status measure_half_load(const Arena& arena, const std::vector<double>& top_rates, const Options& options, std::vector<Figure>& figures) {
  std::vector<double> ratios, bare;
  Bouts handfuls, singles;
  std::uint64_t events = 0;
  for (std::size_t run = 0; run < top_rates.size(); ++run) {
    options.doing("half of the top load, run " + std::to_string(run + 1) + " of " + std::to_string(options.runs));
    FODSPOR_TRY(const Outcome alone, in_child([&] { return bare_write_times(arena.bare()); }));
    bare.push_back(alone.values.front());
    FODSPOR_TRY(const Bout handful, at_half(arena, top_rates[run], half_a_window, options, events));
    handfuls.add(handful);
    ratios.push_back(handful.took_ms[2] / bare.back());
    FODSPOR_TRY(const Bout single, at_half(arena, top_rates[run], 1, options, events));
    singles.add(single);
  }
  figures.push_back({"socket_half_p99_ratio",
                     {"p99 at half of the top load : p99 of a bare synced write", "p99 ved halv last : p99 af en synkroniseret skrivning"},
                     "×",
                     spread_of(ratios),
                     events,
                     Wanted{Wanted::Bound::at_most, 10}});
  figures.push_back({"socket_half",
                     {"  64 connections, each with 16 requests due at a time", "  64 forbindelser, hver med 16 forespørgsler ad gangen"},
                     "ev/s",
                     spread_of(handfuls.rates()),
                     events,
                     {}});
  handfuls.tell_times("socket_half", times_of_ours, events, figures);
  figures.push_back({"socket_half_singly",
                     {"  the same rate, each request due at a time of its own", "  det samme, hver forespørgsel til sin egen tid"},
                     "ev/s",
                     spread_of(singles.rates()),
                     events,
                     {}});
  singles.tell_times("socket_half_singly", times_of_ours, events, figures);
  figures.push_back({"socket_bare_p99",
                     {"    4 KiB written and synced by itself, p99", "    4 KiB skrevet og synkroniseret for sig selv, p99"},
                     "ms",
                     spread_of(bare),
                     bare_writes,
                     {}});
  return {};
}

Status measure_contests(const Arena& arena, const Options& options, std::vector<Figure>& figures) {
  const std::uint64_t singles = std::clamp<std::uint64_t>(options.events / 5, 64, single_events_max);
  const std::uint64_t pipelined = std::clamp<std::uint64_t>(options.events, 64 * 32, pipelined_events_max);
  const std::uint64_t batched = std::clamp<std::uint64_t>(options.events, 4'000, batched_events_max);
  const Contest one_each{
      asked_of(64, 1, 1, singles),
      "socket_single",
      {"64 connections, one request outstanding : PostgreSQL", "64 forbindelser, én forespørgsel undervejs : PostgreSQL"},
      {"  ours, one event a request, on disk and indexed", "  vores, én hændelse ad gangen"},
      {"  PostgreSQL, one prepared insert each, committed", "  PostgreSQL, en INSERT ad gangen"},
      5,
      0};
  const Contest many_each{
      asked_of(64, 32, 1, pipelined),
      "socket_pipelined",
      {"64 connections, 32 requests in flight : PostgreSQL pipelined", "64 forbindelser, 32 undervejs : PostgreSQL i pipeline"},
      {"  ours, 32 in flight on each of 64 connections", "  vores, 32 undervejs på hver"},
      {"  PostgreSQL, pipeline mode, each insert committed by itself", "  PostgreSQL, pipeline, hver INSERT for sig"},
      10,
      100};
  const Contest batches{asked_of(4, 4, 1'000, batched),
                        "socket_batch",
                        {"Batches of 1,000 over the socket : PostgreSQL", "Bundter på 1.000 over socket : PostgreSQL"},
                        {"  ours, 4 connections, 4 batches in flight on each", "  vores, 4 forbindelser, 4 bundter undervejs"},
                        {"  PostgreSQL, the same, an insert of 1,000 rows each", "  PostgreSQL, det samme, en INSERT af 1.000 rækker"},
                        {},
                        1'000};
  Sides single, pipeline, batch;
  FODSPOR_DO(fill_pairs(arena, one_each, options, single));
  tell_sides(one_each, single, {}, figures);

  FODSPOR_DO(fill_pairs(arena, many_each, options, pipeline));
  const Spread raw = spread_of(pipeline.raw);
  tell_sides(many_each, pipeline, raw.median >= where_raw_gives ? std::optional(wanted_of_pipelined) : std::nullopt, figures);
  figures.push_back({"socket_pipelined_raw",
                     {"  raw RocksDB, 2 threads, write batches of 100", "  RocksDB selv, 2 tråde, bundter på 100"},
                     "ev/s",
                     raw,
                     many_each.asked.count(),
                     {}});

  FODSPOR_DO(fill_pairs(arena, batches, options, batch));
  figures.push_back({"socket_batch_raw_ratio",
                     {"Batches of 1,000 over the socket : raw RocksDB", "Bundter på 1.000 over socket : RocksDB selv"},
                     "×",
                     spread_of(batch.raw_ratios),
                     batches.asked.count(),
                     Wanted{Wanted::Bound::at_least, 0.5}});
  tell_sides(batches, batch, {}, figures);
  figures.push_back({"socket_batch_raw",
                     {"  raw RocksDB, 2 threads, write batches of 1,000", "  RocksDB selv, 2 tråde, bundter på 1.000"},
                     "ev/s",
                     spread_of(batch.raw),
                     batches.asked.count(),
                     {}});
  return measure_half_load(arena, pipeline.ours.rates(), options, figures);
}

}  // namespace

Result<std::vector<Figure>> measure_sockets(const Options& options) {
  FODSPOR_TRY(const auto arena, Arena::open(options));
  if (arena->peer() == nullptr) options.doing("without PostgreSQL beside it: " + arena->without_peer());
  std::vector<Figure> figures;
  FODSPOR_DO(measure_contests(*arena, options, figures));
  FODSPOR_DO(measure_idle(*arena, options, figures));
  FODSPOR_DO(measure_followers(*arena, options, figures));
  FODSPOR_DO(measure_shapes(*arena, options, figures));
  return figures;
}

}  // namespace fodspor::server::bench
