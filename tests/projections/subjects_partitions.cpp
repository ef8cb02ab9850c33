#include <unistd.h>

#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "projections/partitions.h"

using namespace fodspor::projections;

namespace {

struct Put {
  std::size_t rank;
  std::uint64_t hash;
  std::string bytes;
};

// A few hashes hold much, most hold little.
std::vector<Put> random_entries(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> hashes(count / 6 + 1);
  for (auto& hash : hashes) hash = random();
  hashes[0] = 0;
  hashes.back() = ~std::uint64_t{0};
  std::vector<Put> all;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t hash = random() % 5 == 0 ? hashes[random() % 3] : hashes[random() % hashes.size()];
    all.push_back({random() % 3, hash, std::to_string(i) + std::string(random() % 300, static_cast<char>('a' + i % 26))});
  }
  return all;
}

std::filesystem::path folder(std::string_view name) {
  return std::filesystem::temp_directory_path() / ("fodspor-partitions-" + std::string(name) + "-" + std::to_string(::getpid()));
}

}  // namespace

SCENARIO("partitions give back every group whole and in order, in memory and in files, however few there were") {
  for (const std::size_t memory : {std::size_t{1} << 30, std::size_t{256} << 10, std::size_t{16} << 10}) {
    for (const std::size_t start : {1u, 7u}) {
      const std::uint64_t seed = 5 + memory + start;
      INFO("seed " << seed);
      const auto all = random_entries(seed, 6'000);
      const auto path = folder("whole");
      {
        Scratch scratch(path);
        Partitions partitions(scratch, {start, 1, start}, memory);
        for (const Put& put : all) REQUIRE(partitions.add(put.rank, {put.hash, put.bytes}).has_value());
        REQUIRE(partitions.settle().has_value());
        CHECK(partitions.in_files() == (memory < std::size_t{1} << 30));
        for (std::size_t rank = 0; rank < 3; ++rank) {
          std::map<std::uint64_t, std::vector<const Put*>> expected;
          for (const Put& put : all) {
            if (put.rank == rank) expected[put.hash].push_back(&put);
          }
          for (const bool last_time : {false, true}) {
            auto next = expected.begin();
            const Status visited = partitions.each_group(rank, last_time, [&](std::span<const Entry> group) -> Status {
              REQUIRE(next != expected.end());
              REQUIRE(group.size() == next->second.size());
              for (std::size_t i = 0; i < group.size(); ++i) {
                REQUIRE(group[i].hash == next->first);
                REQUIRE(group[i].bytes == next->second[i]->bytes);
              }
              ++next;
              return {};
            });
            REQUIRE(visited.has_value());
            CHECK(next == expected.end());
          }
        }
      }
      CHECK_FALSE(std::filesystem::exists(path));
    }
  }
}

SCENARIO("a folder that was there before is left there, empty") {
  const auto path = folder("kept");
  std::filesystem::create_directories(path);
  {
    Scratch scratch(path);
    Partitions partitions(scratch, {1}, 16 << 10);
    const std::string bytes(100, 'x');
    for (std::uint64_t i = 0; i < 500; ++i) REQUIRE(partitions.add(0, {i, bytes}).has_value());
    CHECK(partitions.in_files());
    CHECK(std::filesystem::is_empty(path));
  }
  CHECK(std::filesystem::is_empty(path));
  std::filesystem::remove(path);
}
