#include "server/bench/crowds.h"

#include <algorithm>

#include "server/bench/wire_connection.h"

namespace fodspor::server::bench {

namespace {

constexpr std::uint64_t events_max = 400'000;
constexpr std::size_t idle_max = 5'000;

using Crowd = std::vector<std::unique_ptr<WireConnection>>;

// Each has been welcomed, has asked something and got its answer.
Status gather(const std::filesystem::path& socket, std::size_t count, Crowd& crowd) {
  crowd.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    FODSPOR_TRY(crowd.emplace_back(), WireConnection::open(socket));
    crowd.back()->outgoing() = ping_frame(2);
    FODSPOR_TRY([[maybe_unused]] const bool gone, crowd.back()->flush());
    FODSPOR_DO(crowd.back()->wait([](server::wire::Answer::Reader answer) -> Status {
      FODSPOR_CHECK(answer.isPong());
      return {};
    }));
  }
  return {};
}

// Counted in a server that nothing was appended to: memory that appends had used and given back would hide some of it.
Result<double> kib_of_idle(const Arena& arena, const Served& served, std::size_t count) {
  FODSPOR_TRY(const Outcome grown, in_child([&]() -> Result<std::vector<double>> {
                raise_open_files();
                FODSPOR_TRY(const double before, served.resident_bytes());
                Crowd crowd;
                FODSPOR_DO(gather(arena.socket(), count, crowd));
                FODSPOR_TRY(const double after, served.resident_bytes());
                return std::vector{(after - before) / static_cast<double>(count) / 1024};
              }));
  return grown.values.front();
}

}  // namespace

Status measure_idle(const Arena& arena, const Options& options, std::vector<Figure>& figures) {
  // So few only where the bench itself is tried.
  const std::size_t idle = std::min<std::size_t>(idle_max, options.events / 20);
  Asked asked;
  asked.load.window = 32;
  asked.load.requests = std::max<std::uint64_t>(std::min(options.events, events_max) / asked.lanes, 1);
  Bouts without, with;
  std::vector<double> ratios, kib_each;
  for (std::size_t run = 1; run <= options.runs; ++run) {
    options.doing(std::to_string(idle) + " idle connections, pair " + std::to_string(run) + " of " + std::to_string(options.runs));
    {
      FODSPOR_TRY(const auto served, arena.serve());
      FODSPOR_TRY(const Bout bout, bout_of_ours(arena, *served, asked));
      without.add(bout);
    }
    {
      FODSPOR_TRY(const auto served, arena.serve());
      FODSPOR_TRY(const double each, kib_of_idle(arena, *served, idle));
      kib_each.push_back(each);
      Crowd crowd;
      FODSPOR_TRY(const Bout bout, bout_of_ours(arena, *served, asked, [&] { return gather(arena.socket(), idle, crowd); }));
      with.add(bout);
    }
    ratios.push_back(with.last().rate / without.last().rate);
  }
  const std::uint64_t events = asked.count();
  figures.push_back(
      {"socket_idle_ratio",
       {"64 busy connections beside a crowd that idles : without it", "64 travle forbindelser ved siden af ledige : uden de ledige"},
       "×",
       spread_of(ratios),
       events,
       Wanted{Wanted::Bound::at_least, 0.9}});
  figures.push_back({"socket_idle", {"  beside the crowd", "  ved siden af de ledige"}, "ev/s", spread_of(with.rates()), events, {}});
  with.tell_times("socket_idle", times_of_ours, events, figures);
  figures.push_back({"socket_no_idle", {"  without it", "  uden de ledige"}, "ev/s", spread_of(without.rates()), events, {}});
  const double crowd = static_cast<double>(idle);
  figures.push_back({"socket_idle_crowd", {"  connections that idle", "  ledige forbindelser"}, "", spread_of({crowd}), events, {}});
  figures.push_back({"socket_idle_kib",
                     {"Memory of the server for an idle connection", "Serverens hukommelse til en ledig forbindelse"},
                     "KiB",
                     spread_of(kib_each),
                     events,
                     Wanted{Wanted::Bound::at_most, 32}});
  return {};
}

}  // namespace fodspor::server::bench
