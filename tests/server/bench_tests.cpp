// `fodspor bench`, as the process that it has to be, at a size that says nothing about speed.
#include <sys/wait.h>

#include <array>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "server/bench/bench.h"
#include "server/bench/latencies.h"
#include "server/bench/postgres.h"
#include "server/bench/streams.h"
#include "tests/server/cli_fixture.h"

using namespace fodspor::server;

namespace {

struct Ran {
  std::string out;
  int status;
};

Ran run_bench(const std::string& arguments) {
  const std::string line = FODSPOR_BINARY_DIR "/fodspor bench " + arguments;
  Ran ran{{}, -1};
  FILE* pipe = popen(line.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) ran.out.append(buffer.data(), got);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) ran.status = WEXITSTATUS(status);
  return ran;
}

double number(const boost::json::value& figure, const char* key) {
  return std::stod(std::string(figure.at(key).as_string()));
}

}  // namespace

SCENARIO("the bench measures everything that is wanted, and leaves only a history that can be measured again") {
  tests::Program program;  // for its folder
  const auto folder = program.folder() / "bench";
  // PostgreSQL runs as a user of its own where this runs as root.
  std::filesystem::permissions(program.folder(), std::filesystem::perms(0755));
  const std::string options = " --events 10000 --runs 1 --quiet --json --dir " + folder.string();
  const Ran all = run_bench("all" + options);
  REQUIRE(all.status == 0);
  const auto answer = boost::json::parse(all.out);
  REQUIRE(answer.at("raw_options").as_string().find("sync=true") != boost::json::string::npos);

  std::set<std::string> wanted;
  for (const auto& figure : answer.at("figures").as_array()) {
    INFO(boost::json::serialize(figure));
    REQUIRE(number(figure, "median") > 0);
    REQUIRE(number(figure, "low") <= number(figure, "median"));
    REQUIRE(number(figure, "median") <= number(figure, "high"));
    REQUIRE(figure.at("events").to_number<std::int64_t>() >= 2'000 / 64 * 64);
    const std::string name(figure.at("figure").as_string());
    // Whether it is held against PostgreSQL, and against a number, is up to what is installed and to the machine.
    const bool depends = name == "socket_single_ratio" || name == "socket_pipelined_ratio" || name == "socket_pipelined";
    if (!figure.at("wanted").is_null() && !depends) wanted.emplace(name);
  }
  REQUIRE(wanted == std::set<std::string>{"append_single_ratio", "append_batch_ratio", "bytes_batch_100", "bytes_batch_1", "simulate",
                                          "rebuild", "rebuild_peak", "open_clean", "open_killed", "socket_batch_raw_ratio",
                                          "socket_half_p99_ratio", "socket_idle_ratio", "socket_idle_kib", "socket_followed_ratio"});

  // Where PostgreSQL is, the socket is held against it.
  const bool beside_postgres = all.out.find("socket_pipelined_ratio") != std::string::npos;
  REQUIRE(beside_postgres == !bench::Postgres::programs().empty());

  std::set<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) left.insert(entry.path().filename().string());
  REQUIRE(left == std::set<std::string>{"history-10000"});
  // Openings were killed in the middle of appends, and what they left is a ledger that can be folded.
  REQUIRE(run_bench("rebuild" + options).status == 0);
}

SCENARIO("times are told exactly: the least within which that part of the requests was answered") {
  bench::Latencies latencies;
  for (int i = 1'000; i > 0; --i) latencies.add(std::chrono::milliseconds(i));
  REQUIRE(latencies.at(0.5) == 500);
  REQUIRE(latencies.at(0.99) == 990);
  REQUIRE(latencies.at(0.999) == 999);
  REQUIRE(latencies.at(1) == 1'000);
  bench::Latencies one;
  one.add(std::chrono::microseconds(7));
  REQUIRE(one.at(0.5) == 0.007);
  latencies.join(one);
  REQUIRE(latencies.count() == 1'001);
  REQUIRE(latencies.at(0.0001) == 0.007);
}

SCENARIO("loads have the shapes that they are named after") {
  using Streams = bench::Streams;
  const auto shares = [](Streams::Shape shape) {
    const Streams streams(shape, 64);
    std::map<std::uint64_t, int> counts;
    for (std::uint64_t event = 0; event < 200; ++event) {
      for (std::size_t lane = 0; lane < 64; ++lane) ++counts[streams.at(lane, event)];
    }
    return counts;
  };
  REQUIRE(shares(Streams::Shape::fresh).size() == 12'800);
  REQUIRE(shares(Streams::Shape::hot).size() == 8);
  REQUIRE(shares(Streams::Shape::spread).size() > 12'000);
  auto zipf = shares(Streams::Shape::zipf);
  // The first takes a share of 1 / (1 + 1/2 + … + 1/10000): 10.2 %.
  REQUIRE(zipf[0] > 1'100);
  REQUIRE(zipf[0] < 1'500);
  REQUIRE(zipf[0] > zipf[1]);
  REQUIRE(zipf[1] > zipf[9]);
}

SCENARIO("the bench refuses what it cannot measure") {
  REQUIRE(run_bench("speed 2>/dev/null").status == 2);
  REQUIRE(run_bench("--runs 0 2>/dev/null").status == 2);
  REQUIRE(run_bench("simulate --events 10000 --dir /dev/null/bench 2>/dev/null").status == 4);
}

SCENARIO("a figure is the middle one of its runs, held against what is wanted") {
  const auto odd = bench::spread_of({3, 1, 2});
  REQUIRE((odd.median == 2 && odd.low == 1 && odd.high == 3));
  REQUIRE(bench::spread_of({4, 1, 2, 3}).median == 2.5);
  REQUIRE(bench::spread_of({7}).low == 7);

  bench::Figure figure{"ratio", {"Ratio", {}}, "×", {2.0, 1.5, 3.0}, 100, bench::Wanted{bench::Wanted::Bound::at_least, 2.0}};
  REQUIRE(figure.met());
  figure.wanted->value = 2.1;
  REQUIRE_FALSE(figure.met());
  figure.wanted = bench::Wanted{bench::Wanted::Bound::at_most, 2.0};
  REQUIRE(figure.met());
  figure.wanted->value = 1.9;
  REQUIRE_FALSE(figure.met());
}
