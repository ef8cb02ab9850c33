// Being told that the durable end has moved, and reading what is new.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/engine/fixture.h"

using namespace fodspor::tests;

SCENARIO("who watches the end is told of each append, and never after it has let go") {
  Place place;
  auto ledger = opened(place.path());
  std::atomic<std::uint64_t> seen{0}, told{0};
  {
    const auto watch = ledger->watch([&] {
      seen.store(ledger->durable().value);
      told.fetch_add(1);
    });
    for (std::uint32_t i = 1; i <= 20; ++i) {
      const auto appended = accepted(*ledger, single("r" + std::to_string(i), 1, i));
      // It is told before the append is answered.
      CHECK(seen.load() >= appended.last.value);
    }
    CHECK(told.load() == 20);
    // A request that is only repeated moves nothing.
    accepted(*ledger, single("r1", 1, 1));
    CHECK(told.load() == 20);
  }
  accepted(*ledger, single("after", 1));
  CHECK(told.load() == 20);
}

SCENARIO("watches come and go on many threads while others append") {
  Place place;
  auto ledger = opened(place.path());
  std::atomic<bool> done{false};
  std::vector<std::thread> watchers;
  for (int t = 0; t < 4; ++t) {
    watchers.emplace_back([&] {
      while (!done.load()) {
        bool alive = true;
        std::atomic<int> after{0};
        {
          const auto watch = ledger->watch([&] {
            if (!alive) after.fetch_add(1);
          });
          std::this_thread::yield();
        }
        alive = false;
        if (after.load() != 0) std::abort();
      }
    });
  }
  for (std::uint32_t i = 1; i <= 200; ++i) accepted(*ledger, single("r" + std::to_string(i), 1, i));
  done.store(true);
  for (std::thread& thread : watchers) thread.join();
  CHECK(ledger->durable() == Position{200});
}

SCENARIO("a stretch of the log reads the same whether it is still in memory, on disk, or partly both") {
  Place place;
  auto ledger = opened(place.path());
  for (std::uint32_t i = 1; i <= 30; ++i) accepted(*ledger, single("r" + std::to_string(i), 1, i));
  // Opened again, the first thirty are on disk alone, and those after them in memory as well.
  ledger.reset();
  ledger = opened(place.path());
  for (std::uint32_t i = 31; i <= 60; ++i) accepted(*ledger, single("r" + std::to_string(i), 1, i));
  const auto reader = opened(place.path(), reading());
  const auto bytes = [](const Ledger& of, std::uint64_t from, std::uint64_t to) {
    std::vector<std::string> all;
    auto cursor = of.read_log({from}, Position{to});
    REQUIRE(cursor);
    for (;;) {
      auto next = cursor->next();
      REQUIRE(next);
      if (!*next) break;
      CHECK((*next)->placement.position.value == std::max<std::uint64_t>(from, 1) + all.size());
      all.emplace_back(reinterpret_cast<const char*>((*next)->bytes.data()), (*next)->bytes.size());
    }
    return all;
  };
  for (const std::uint64_t from : {0u, 1u, 15u, 30u, 31u, 45u, 60u, 61u}) {
    for (const std::uint64_t to : {0u, 14u, 30u, 31u, 50u, 60u, 99u}) {
      const auto written = bytes(*ledger, from, to);
      CHECK(written == bytes(*reader, from, to));
      const std::uint64_t first = std::max<std::uint64_t>(from, 1), last = std::min<std::uint64_t>(to, 60);
      CHECK(written.size() == (last >= first ? last - first + 1 : 0));
    }
  }
}
