#include "server/bench/shapes.h"

#include <algorithm>

#include "server/bench/following.h"

namespace fodspor::server::bench {

namespace {

constexpr std::uint64_t events_max = 100'000;
constexpr std::size_t before_lane = 1'024;  // what stands in the ledger before comes from lanes of its own
constexpr std::size_t catching_up = 4;

struct Shaped {
  std::string key;
  Words ours, theirs;
  Streams::Shape shape;
  unsigned reads_of_ten;
};

Asked asked_of(const Shaped& shaped, const Options& options) {
  Asked asked;
  asked.shape = shaped.shape;
  asked.reads_of_ten = shaped.reads_of_ten;
  asked.load.window = shaped.reads_of_ten > 0 ? 4 : 32;
  asked.load.requests = std::max<std::uint64_t>(std::min(options.events / 4, events_max) / asked.lanes, 1);
  return asked;
}

// As many appends as will be asked for, before the time runs: so there is something to read.
Status fill(const Arena& arena, const Served& served, Asked asked) {
  asked.first_lane = before_lane;
  asked.reads_of_ten = 0;
  FODSPOR_TRY([[maybe_unused]] const Bout bout, bout_of_ours(arena, served, asked));
  return {};
}

Status measure_shaped(const Arena& arena, const Shaped& shaped, const Options& options, std::vector<Figure>& figures) {
  const Asked asked = asked_of(shaped, options);
  Bouts ours, theirs;
  for (std::size_t run = 1; run <= options.runs; ++run) {
    options.doing(std::string(shaped.ours.en) + ", run " + std::to_string(run) + " of " + std::to_string(options.runs));
    FODSPOR_TRY(const auto served, arena.serve());
    if (asked.reads_of_ten > 0) FODSPOR_DO(fill(arena, *served, asked));
    FODSPOR_TRY(const Bout bout, bout_of_ours(arena, *served, asked));
    ours.add(bout);
    if (asked.reads_of_ten > 0 || arena.peer() == nullptr) continue;
    FODSPOR_TRY(const Bout peer, bout_of_peer(*arena.peer(), asked));
    theirs.add(peer);
  }
  const std::string_view unit = asked.reads_of_ten > 0 ? "req/s" : "ev/s";
  figures.push_back({shaped.key, shaped.ours, unit, spread_of(ours.rates()), asked.count(), {}});
  ours.tell_times(shaped.key, times_of_ours, asked.count(), figures);
  if (theirs.rates().empty()) return {};
  figures.push_back({shaped.key + "_postgres", shaped.theirs, unit, spread_of(theirs.rates()), asked.count(), {}});
  theirs.tell_times(shaped.key + "_postgres", times_of_peer, asked.count(), figures);
  return {};
}

Status measure_catching_up(const Arena& arena, const Options& options, std::vector<Figure>& figures) {
  const Asked asked = asked_of({{}, {}, {}, Streams::Shape::spread, 0}, options);
  Bouts writers;
  std::vector<double> rates;
  for (std::size_t run = 1; run <= options.runs; ++run) {
    options.doing("subscribers that catch up, run " + std::to_string(run) + " of " + std::to_string(options.runs));
    FODSPOR_TRY(const auto served, arena.serve());
    FODSPOR_DO(fill(arena, *served, asked));
    FODSPOR_TRY(const auto followers, Followers::start(arena.socket(), catching_up, 0, 1));
    FODSPOR_TRY(const Bout bout, bout_of_ours(arena, *served, asked));
    FODSPOR_TRY(const auto told, followers->finish());
    writers.add(bout);
    rates.push_back(told.events / told.seconds);
  }
  figures.push_back({"socket_catch_up",
                     {"Appends while 4 subscribers catch up from the start", "Skrivninger, mens 4 følgere indhenter fra starten"},
                     "ev/s",
                     spread_of(writers.rates()),
                     asked.count(),
                     {}});
  writers.tell_times("socket_catch_up", times_of_ours, asked.count(), figures);
  figures.push_back({"socket_catch_up_rate",
                     {"  events brought to the four together", "  hændelser bragt til de fire tilsammen"},
                     "ev/s",
                     spread_of(rates),
                     asked.count(),
                     {}});
  return {};
}

}  // namespace

Status measure_shapes(const Arena& arena, const Options& options, std::vector<Figure>& figures) {
  const Words peer{"  PostgreSQL, the same, pipelined", "  PostgreSQL, det samme, i pipeline"};
  const std::array<Shaped, 5> all{{
      {"socket_small_streams",
       {"Many small streams: each event a new one", "Mange små strømme: en ny til hver hændelse"},
       peer,
       Streams::Shape::fresh,
       0},
      {"socket_hot_streams", {"Eight hot streams take all", "Otte travle strømme får alt"}, peer, Streams::Shape::hot, 0},
      {"socket_zipf",
       {"10,000 streams, as popular as Zipf's law has it", "10.000 strømme, fordelt efter Zipfs lov"},
       peer,
       Streams::Shape::zipf,
       0},
      {"socket_mixed_70_30",
       {"70 appends to 30 reads of a stream, Zipf", "70 skrivninger til 30 læsninger af en strøm, Zipf"},
       {},
       Streams::Shape::zipf,
       3},
      {"socket_mixed_30_70",
       {"30 appends to 70 reads of a stream, Zipf", "30 skrivninger til 70 læsninger af en strøm, Zipf"},
       {},
       Streams::Shape::zipf,
       7},
  }};
  for (const Shaped& shaped : all) FODSPOR_DO(measure_shaped(arena, shaped, options, figures));
  return measure_catching_up(arena, options, figures);
}

}  // namespace fodspor::server::bench
