// Following the log into its live end.
#include <catch2/catch.hpp>
#include <thread>

#include "engine/ring.h"
#include "tests/engine/fixture.h"

using namespace fodspor::tests;
using namespace std::chrono_literals;

namespace {

Position followed(fodspor::engine::Feed& feed, std::chrono::milliseconds wait = 10'000ms) {
  auto event = feed.next(wait);
  if (!event) FAIL(event.error().message);
  return *event ? (*event)->position() : Position{};
}

}  // namespace

SCENARIO("a follower gets every event once, in order, from any position into the live end") {
  Place place;
  auto ledger = opened(place.path());
  for (std::uint32_t i = 1; i <= 20; ++i) accepted(*ledger, single("r" + std::to_string(i), 1, i));
  const bool reopened = GENERATE(false, true);
  const auto from = GENERATE(values<std::uint64_t>({0, 1, 7, 20, 21, 23}));
  if (reopened) {  // then the first twenty stand in the log alone
    ledger.reset();
    ledger = opened(place.path());
  }
  auto reader = opened(place.path(), reading());
  for (const Ledger* through : {static_cast<const Ledger*>(ledger.get()), static_cast<const Ledger*>(reader.get())}) {
    auto feed = through->follow({from});
    REQUIRE(feed);
    const std::uint64_t durable = ledger->durable().value;
    for (std::uint64_t p = std::max<std::uint64_t>(from, 1); p <= durable; ++p) REQUIRE(followed(*feed) == Position{p});
    CHECK(followed(*feed, 0ms) == Position{0});
    std::thread appending([&] {
      for (std::uint64_t p = durable + 1; p <= durable + 5; ++p) accepted(*ledger, single("r" + std::to_string(p), 2, 1));
    });
    for (std::uint64_t p = std::max(from, durable + 1); p <= durable + 5; ++p) CHECK(followed(*feed) == Position{p});
    appending.join();
    CHECK(followed(*feed, 0ms) == Position{0});
  }
}

SCENARIO("a follower that lags behind the ring reads the log, and nobody waits for it") {
  Place place;
  auto ledger = opened(place.path());
  accepted(*ledger, single("first", 1));
  auto slow = ledger->follow({1});
  auto quick = ledger->follow({1});
  REQUIRE(slow);
  REQUIRE(quick);
  CHECK(followed(*slow) == Position{1});
  // More than the ring keeps.
  std::uint64_t last = 1;
  std::size_t bytes = 0;
  for (std::uint32_t i = 0; bytes < 2 * fodspor::engine::Ring::bytes_max; ++i) {
    std::vector<Fact> facts(10'000, Fact{person(i), i + 1, {}});
    Batch made = batch("r" + std::to_string(i), facts);
    for (const Proposal& proposal : made.proposals) bytes += proposal.packed.size();
    last = accepted(*ledger, std::move(made)).last.value;
  }
  for (std::uint64_t p = 1; p <= last; ++p) REQUIRE(followed(*quick) == Position{p});
  for (std::uint64_t p = 2; p <= last; ++p) REQUIRE(followed(*slow) == Position{p});
  accepted(*ledger, single("last", 1));
  CHECK(followed(*slow) == Position{last + 1});
  CHECK(followed(*quick) == Position{last + 1});
}

SCENARIO("eight producers and a follower see one dense order") {
  Place place;
  auto ledger = opened(place.path());
  constexpr std::uint32_t producers = 8;
  constexpr std::uint32_t each = 200;
  std::vector<std::vector<Appended>> answers(producers);
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < producers; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint32_t i = 0; i < each; ++i) {
        auto appended = ledger->append(batch("r" + std::to_string(t) + "-" + std::to_string(i), {{person(t), i, {}}, {person(99), i, {}}}));
        if (appended) answers[t].push_back(*appended);
      }
    });
  }
  auto feed = ledger->follow({1});
  REQUIRE(feed);
  for (std::uint64_t p = 1; p <= producers * each * 2; ++p) REQUIRE(followed(*feed) == Position{p});
  for (std::thread& thread : threads) thread.join();

  std::vector<bool> taken(producers * each * 2 + 1);
  for (const auto& mine : answers) {
    REQUIRE(mine.size() == each);
    Position before;
    for (const Appended& answer : mine) {
      CHECK(answer.first > before);
      CHECK(answer.last.value == answer.first.value + 1);
      for (std::uint64_t p = answer.first.value; p <= answer.last.value; ++p) {
        CHECK_FALSE(taken.at(p));
        taken.at(p) = true;
      }
      before = answer.last;
    }
  }
  CHECK(*ledger->head(person(99)) == Version{producers * each});
  CHECK(positions(ledger->read_stream(person(99))).size() == producers * each);
}
