// The mend that loses least, and only when a person has asked for it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "engine/doctor.h"
#include "tests/engine/fixture.h"

using namespace fodspor::tests;
using fodspor::engine::diagnose;
using fodspor::engine::recover;
namespace files = std::filesystem;

namespace {

// A ledger of 100 single events as a kill leaves it.
void killed_ledger(const files::path& to) {
  Place alive;
  auto ledger = opened(alive.path());
  for (std::uint32_t i = 1; i <= 100; ++i) accepted(*ledger, single("r" + std::to_string(i), i % 10, i));
  files::copy(alive.path(), to, files::copy_options::recursive);
}

files::path the_wal(const files::path& ledger) {
  for (const auto& entry : files::directory_iterator(ledger / "log")) {
    if (entry.path().extension() == ".log" && entry.file_size() > 0) return entry.path();
  }
  FAIL("there is no write-ahead log");
  return {};
}

void flip_bit_in_the_middle(const files::path& path) {
  const auto at = static_cast<std::streamoff>(files::file_size(path) / 2);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(at);
  const int byte = file.get();
  file.seekp(at);
  file.put(static_cast<char>(byte ^ 1));
}

}  // namespace

SCENARIO("a sound ledger has no findings, and recovering it loses nothing") {
  Place place;
  const files::path ledger = place.path() / "ledger";
  killed_ledger(ledger);
  const auto diagnosis = diagnose(ledger);
  REQUIRE(diagnosis);
  CHECK(diagnosis->sound());
  CHECK(diagnosis->readable_to == Position{100});
  const auto recovery = recover(ledger, {100});
  REQUIRE(recovery);
  CHECK(recovery->lost == std::nullopt);
  CHECK(opened(ledger)->durable() == Position{100});
}

SCENARIO("recovery keeps what stands before the damage, names what is lost, and puts the rest aside") {
  Place place;
  const files::path ledger = place.path() / "ledger";
  killed_ledger(ledger);
  std::vector<std::string> before;
  {
    const files::path copy = place.path() / "copy";
    files::copy(ledger, copy, files::copy_options::recursive);
    before = stored(*opened(copy));
  }
  flip_bit_in_the_middle(the_wal(ledger));

  const auto diagnosis = diagnose(ledger);
  REQUIRE(diagnosis);
  REQUIRE(diagnosis->findings.size() == 1);
  CHECK(diagnosis->expected_to == Position{100});
  const Position kept = diagnosis->readable_to;
  CHECK(kept > Position{20});
  CHECK(kept < Position{80});
  CHECK_THAT(diagnosis->findings[0].what, Catch::Contains("events " + std::to_string(kept.value + 1) + " to 100"));

  CHECK(recover(ledger, {kept.value + 1}).error().fault == Fault::conflict);
  const auto recovery = recover(ledger, kept);
  REQUIRE(recovery);
  CHECK(recovery->kept_to == kept);
  CHECK(recovery->lost == Position{100});
  CHECK(files::exists(recovery->aside / "CURRENT"));

  auto mended = opened(ledger);
  before.resize(kept.value);
  CHECK(stored(*mended) == before);
  CHECK(diagnose(ledger)->sound());
  CHECK(accepted(*mended, single("new", 1)).first == Position{kept.value + 1});
}

SCENARIO("a log that cannot be opened at all is said to be damaged, and no empty one takes its place") {
  Place place;
  {
    auto ledger = opened(place.path());
    for (std::uint32_t i = 0; i < 50; ++i) accepted(*ledger, single("r" + std::to_string(i), i % 10, i));
  }
  const files::path log = place.path() / "log";
  GIVEN("it was removed") {
    files::remove_all(log);
  }
  GIVEN("it lost the file that every other is found by") {
    files::remove(log / "CURRENT");
  }
  GIVEN("its tables lost their ends") {
    for (const auto& entry : files::directory_iterator(log)) {
      if (entry.path().extension() == ".sst") files::resize_file(entry.path(), 100);
    }
  }
  GIVEN("its tables are gone") {
    std::vector<files::path> tables;
    for (const auto& entry : files::directory_iterator(log)) {
      if (entry.path().extension() == ".sst") tables.push_back(entry.path());
    }
    REQUIRE_FALSE(tables.empty());
    for (const files::path& table : tables) files::remove(table);
  }
  for (const bool creating : {false, true}) {
    fodspor::engine::Options options = writing();
    options.create = creating;
    const auto refused = Ledger::open(place.path(), options);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fault == Fault::corrupt);
  }
  const auto read = Ledger::open(place.path(), reading());
  REQUIRE_FALSE(read);
  CHECK(read.error().fault == Fault::corrupt);

  const auto diagnosis = diagnose(place.path());
  REQUIRE(diagnosis);
  REQUIRE_FALSE(diagnosis->sound());
  CHECK(diagnosis->readable_to == Position{0});
  CHECK(diagnosis->expected_to == Position{50});
  CHECK_THAT(diagnosis->findings[0].what, !Catch::Contains("fodspor doctor"));
  CHECK_THAT(diagnosis->findings[0].mend, Catch::Contains("restore a backup"));
  CHECK_FALSE(recover(place.path(), {0}));
}

SCENARIO("no store keeps a log of RocksDB's own, which ends the process on a full disk") {
  Place place;
  {
    auto ledger = opened(place.path());
    accepted(*ledger, single("r", 1));
    REQUIRE(ledger->settle());
  }
  static_cast<void>(opened(place.path(), reading()));
  for (const auto& entry : files::recursive_directory_iterator(place.path())) {
    CHECK_FALSE(entry.path().filename().string().starts_with("LOG"));
  }
}

SCENARIO("an index that is damaged or gone is built anew, and answers the same") {
  Place place;
  std::vector<std::vector<Position>> before;
  const auto answers = [](const Ledger& ledger) {
    std::vector<std::vector<Position>> all;
    for (std::uint64_t i = 0; i < 10; ++i) all.push_back(positions(ledger.read_stream(person(i))));
    all.push_back(positions(ledger.read_type(EventType::course_started)));
    all.push_back(positions(ledger.read_subject(enterprise(3))));
    return all;
  };
  {
    auto ledger = opened(place.path());
    for (std::uint32_t i = 0; i < 50; ++i) accepted(*ledger, batch("r" + std::to_string(i), {{person(i % 10), i, enterprise(i % 5)}}));
    REQUIRE(ledger->settle());
    before = answers(*ledger);
  }
  GIVEN("it was removed") {
    files::remove_all(place.path() / "derived");
  }
  GIVEN("its list of files is garbage") {
    for (const auto& entry : files::directory_iterator(place.path() / "derived")) {
      if (entry.path().filename().string().starts_with("MANIFEST")) std::ofstream(entry.path()) << "garbage";
    }
  }
  GIVEN("it knows more than the log, as after a restored backup of the log alone") {
    Place shorter;
    {
      auto ledger = opened(shorter.path());
      for (std::uint32_t i = 0; i < 20; ++i) accepted(*ledger, batch("r" + std::to_string(i), {{person(i % 10), i, enterprise(i % 5)}}));
      before = answers(*ledger);
    }
    for (const char* part : {"log", "marks"}) {
      files::remove_all(place.path() / part);
      files::copy(shorter.path() / part, place.path() / part, files::copy_options::recursive);
    }
  }
  CHECK(answers(*opened(place.path(), reading())) == before);
  auto ledger = opened(place.path());
  CHECK(answers(*ledger) == before);
  CHECK(accepted(*ledger, batch("r3", {{person(3), 3, enterprise(3)}})).first == Position{4});
}
