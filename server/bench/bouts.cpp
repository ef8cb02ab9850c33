#include "server/bench/bouts.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <system_error>

#include "server/bench/frames.h"
#include "server/bench/wire_connection.h"
#include "server/bench/workload.h"

namespace fodspor::server::bench {

namespace {

Bout bout_of(const std::vector<double>& values) {
  Bout bout;
  bout.rate = values.front();
  std::copy(values.begin() + 1, values.end(), bout.took_ms.begin());
  return bout;
}

std::vector<double> values_of(Driven& driven, std::uint64_t events, double seconds_after) {
  std::vector<double> values{static_cast<double>(events) / (driven.seconds + seconds_after)};
  for (const double part : bout_parts) values.push_back(driven.latencies.at(part));
  return values;
}

}  // namespace

const std::array<Words, 5> times_of_ours{{{"    a request of ours, p50", "    en forespørgsel hos os, p50"},
                                          {"    p90", "    p90"},
                                          {"    p99", "    p99"},
                                          {"    p99.9", "    p99,9"},
                                          {"    the slowest", "    den langsomste"}}};
const std::array<Words, 5> times_of_peer{{{"    a request of PostgreSQL's, p50", "    en forespørgsel hos PostgreSQL, p50"},
                                          {"    p90", "    p90"},
                                          {"    p99", "    p99"},
                                          {"    p99.9", "    p99,9"},
                                          {"    the slowest", "    den langsomste"}}};

Result<std::unique_ptr<Arena>> Arena::open(const Options& options) {
  std::unique_ptr<Arena> arena(new Arena);
  arena->directory_ = options.directory;
  std::error_code error;
  std::string pattern = (std::filesystem::temp_directory_path(error) / "fodspor-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return fail(Fault::unavailable, pattern + ": " + std::strerror(errno));
  arena->sockets_ = pattern;
  // PostgreSQL's user must get through to its own folder below.
  std::filesystem::permissions(arena->sockets_, std::filesystem::perms(0755), error);
  arena->remove();
  options.doing("PostgreSQL makes a cluster");
  // Not being able to hold the socket against it is no reason not to measure the socket.
  if (auto postgres = Postgres::start(options.directory / "postgres", arena->sockets_ / "p"); postgres) {
    arena->postgres_ = *std::move(postgres);
  } else {
    arena->without_peer_ = postgres.error().message;
  }
  return arena;
}

Arena::~Arena() {
  postgres_.reset();
  remove();
  std::error_code error;
  std::filesystem::remove_all(sockets_, error);
}

void Arena::remove() const {
  std::error_code error;
  for (const auto& folder : {ledger(), raw(), bare()}) std::filesystem::remove_all(folder, error);
}

Result<std::unique_ptr<Served>> Arena::serve() const {
  remove();
  return Served::start(ledger(), socket());
}

Result<Bout> bout_of_ours(const Arena& arena, const Served& served, const Asked& asked, const std::function<Status()>& beside) {
  FODSPOR_TRY(const Outcome outcome, in_child([&]() -> Result<std::vector<double>> {
                raise_open_files();
                if (beside) FODSPOR_DO(beside());
                const Streams streams(asked.shape, asked.lanes);
                FODSPOR_TRY(const AppendFrames appends, AppendFrames::make(streams, asked.events));
                const ReadFrames reads(streams);
                Conversations conversations;
                for (std::size_t lane = 0; lane < asked.lanes; ++lane) {
                  FODSPOR_TRY(conversations.emplace_back(),
                              wire_conversation(arena.socket(), [&, lane = asked.first_lane + lane](std::uint64_t number, std::string& to) {
                                const bool read = drawn(number * asked.lanes + lane, 10) < asked.reads_of_ten;
                                read ? reads.write(lane, number, to) : appends.write(lane, number, to);
                              }));
                }
                FODSPOR_TRY(Driven driven, drive(conversations, asked.load));
                const auto answered = std::chrono::steady_clock::now();
                FODSPOR_DO(served.settle());
                const std::chrono::duration<double> settling = std::chrono::steady_clock::now() - answered;
                return values_of(driven, asked.count(), settling.count());
              }));
  return bout_of(outcome.values);
}

Result<Bout> bout_of_peer(const Postgres& peer, const Asked& asked) {
  FODSPOR_TRY(const Outcome outcome, in_child([&]() -> Result<std::vector<double>> {
                FODSPOR_DO(peer.make_table());
                const Postgres::Inserts inserts{Streams(asked.shape, asked.lanes), asked.lanes, asked.events, asked.load.window > 1};
                Conversations conversations;
                for (std::size_t lane = 0; lane < asked.lanes; ++lane) {
                  FODSPOR_TRY(conversations.emplace_back(), peer.conversation(lane, inserts));
                }
                FODSPOR_TRY(Driven driven, drive(conversations, asked.load));
                return values_of(driven, asked.count(), 0);
              }));
  return bout_of(outcome.values);
}

std::vector<double> Bouts::rates() const {
  std::vector<double> rates;
  for (const Bout& bout : bouts_) rates.push_back(bout.rate);
  return rates;
}

void Bouts::tell_times(const std::string& key, const std::array<Words, 5>& what, std::uint64_t events, std::vector<Figure>& figures) const {
  constexpr std::array<std::string_view, 5> names{"_p50", "_p90", "_p99", "_p999", "_max"};
  for (std::size_t part = 0; part < names.size(); ++part) {
    std::vector<double> times;
    for (const Bout& bout : bouts_) times.push_back(bout.took_ms.at(part));
    figures.push_back({key + std::string(names.at(part)), what.at(part), "ms", spread_of(std::move(times)), events, {}});
  }
}

}  // namespace fodspor::server::bench
