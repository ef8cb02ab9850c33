// What is promised of the places that clients keep: what was answered is there after any restart, and damage is told and not overwritten.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "server/bounds.h"
#include "server/places.h"
#include "tests/server/follow_fixture.h"
#include "tests/support/must.h"
#include "tests/support/scratch.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

Status keep(Client& client, const std::string& name, std::uint64_t position) {
  return client.ask(
      [&](wire::Request::Builder request) {
        auto keep = request.initKeep();
        keep.setName(name);
        keep.setPosition(position);
      },
      [&](wire::Answer::Reader answer) -> Status {
        CHECK(answer.getKept().getPosition() == position);
        return {};
      });
}

Follow::Options after(const std::string& name) {
  Follow::Options options;
  options.kept = name;
  options.form = wire::Form::PACKED;
  return options;
}

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

SCENARIO("a place that was answered is there after a restart, and belongs to the token's name") {
  Served served;
  enrol(*served.admin(), 1, 20);
  must(keep(*served.admin(), "reader", 12));
  must(keep(*served.admin(), "other", 5));
  must(keep(*served.admin(), "other", 0));
  served.end();
  served.begin();
  CHECK(must(Follow::begin(*served.admin(), after("reader")))->begun_at() == Position{12});
  CHECK(must(Follow::begin(*served.admin(), after("other")))->begun_at() == Position{0});
  // The token that replaces another has its name, and goes on; one of another name has places of its own.
  const auto successor = served.client(served.token(Role::admin, {}, true, "tests"));
  CHECK(must(Follow::begin(*successor, after("reader")))->begun_at() == Position{12});
  const auto stranger = served.client(served.token(Role::admin, {}, true, "another"));
  CHECK(must(Follow::begin(*stranger, after("reader")))->begun_at() == Position{0});
}

SCENARIO("a follower that is killed again and again goes on from its kept place and has the rest exactly once") {
  Served served;
  std::thread writer([&] { enrol(*served.admin(), 1, 2'000); });
  std::vector<std::uint64_t> had;
  for (int life = 0; had.size() < 2'002; ++life) {
    const auto client = served.admin();
    const auto follow = must(Follow::begin(*client, after("one")));
    REQUIRE(follow->begun_at().value == had.size());
    // It dies with events on their way to it and its place kept.
    for (int piece = 0; piece <= life % 3 && had.size() < 2'002; ++piece) {
      const auto came = must(follow->next([&](wire::Event::Reader event) -> Status {
        had.push_back(event.getPosition());
        return {};
      }));
      must(follow->keep("one", came.through));
    }
  }
  writer.join();
  CHECK(had == range(1, 2'002));
}

SCENARIO("a place beyond the end, without a name, or one too many is refused") {
  Served served;
  const auto client = served.admin();
  const auto fault = [&](const std::string& name, std::uint64_t position) {
    const auto kept = keep(*client, name, position);
    return kept ? std::optional<Fault>() : kept.error().fault;
  };
  CHECK(fault("a", 3) == Fault::invalid);
  CHECK(fault("", 1) == Fault::invalid);
  CHECK(fault(std::string(Bounds::place_name_bytes_max + 1, 'a'), 1) == Fault::invalid);
  CHECK(fault("two\nlines", 1) == Fault::invalid);
  for (std::size_t i = 0; i < Bounds::places_of_one_max; ++i) must(keep(*client, std::to_string(i), 1));
  CHECK(fault("one more", 1) == Fault::too_large);
  must(keep(*client, "7", 0));
  must(keep(*client, "one more", 1));
  const auto manager = served.client(served.token(Role::manager, {"roskilde"}));
  const auto denied = keep(*manager, "a", 1);
  REQUIRE_FALSE(denied);
  CHECK(denied.error().fault == Fault::denied);
}

SCENARIO("places that many keep at once are all on disk when they are answered") {
  const auto folder = fodspor::tests::new_scratch_directory("places");
  constexpr std::size_t clients = 8, each = 40;
  {
    const auto places = must(Places::open(folder));
    std::atomic<std::size_t> answered{0};
    std::vector<std::thread> threads;
    for (std::size_t client = 0; client < clients; ++client) {
      threads.emplace_back([&, client] {
        for (std::size_t i = 1; i <= each; ++i) {
          places->keep({std::to_string(client), "place " + std::to_string(i % 10)}, {i}, [&](const Status& status) {
            if (status) answered.fetch_add(1);
          });
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    while (answered.load() < clients * each) std::this_thread::yield();
    const auto read = must(read_place_lines(content(places_file(folder)), "places"));
    CHECK(read.size() == clients * 10);
    CHECK(read.at({"3", "place 0"}) == Position{each});
  }
  CHECK(must(Places::open(folder))->find({"7", "place 9"}) == Position{39});
  std::filesystem::remove_all(folder);
}

SCENARIO("damage of any byte of the places is told with file and line, and nothing is overwritten") {
  const auto folder = fodspor::tests::new_scratch_directory("places");
  const std::string whole = place_lines({{{"tests", "a"}, {7}}, {{"tests", "b \"quoted\""}, {12'345}}});
  CHECK(must(read_place_lines(whole, "places")).size() == 2);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    const auto read = read_place_lines(damaged, "places");
    REQUIRE_FALSE(read);
    CHECK(read.error().message.find("places:") == 0);
  }
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(read_place_lines(whole.substr(0, size), "places"));

  std::string damaged = whole;
  damaged[damaged.size() - 5] = '!';
  std::ofstream(places_file(folder)) << damaged;
  const auto opened = Places::open(folder);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().fault == Fault::corrupt);
  CHECK(opened.error().message.find(places_file(folder).string() + ":3:") == 0);
  CHECK(content(places_file(folder)) == damaged);
  std::filesystem::remove_all(folder);
}

}  // namespace fodspor::server::tests
