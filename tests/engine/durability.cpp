// What stands after a failing disk, a power cut, and damage: nothing acknowledged is lost silently, and every refusal says what is lost.
#include <rocksdb/db.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <future>
#include <thread>

#include "engine/keys.h"
#include "engine/log_store.h"
#include "tests/engine/fixture.h"
#include "tests/support/fault_file_system.h"

using namespace fodspor::tests;
namespace files = std::filesystem;
using namespace std::chrono_literals;

namespace {

std::vector<files::path> with_ending(const files::path& directory, const std::string& ending) {
  std::vector<files::path> found;
  for (const auto& entry : files::directory_iterator(directory)) {
    if (entry.path().extension() == ending && entry.file_size() > 0) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void flip_bit(const files::path& path, std::uintmax_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  char byte = 0;
  file.get(byte);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(static_cast<char>(byte ^ 0x10));
  REQUIRE(file.good());
}

// As a kill -9 leaves it: the directory as it is while the ledger is open.
void copy_as_killed(const files::path& from, const files::path& to) {
  files::copy(from, to, files::copy_options::recursive);
}

// A ledger of `count` single events that was killed, so that all stand in the write-ahead log.
void killed_ledger(const files::path& to, std::uint32_t count) {
  Place alive;
  auto ledger = opened(alive.path());
  for (std::uint32_t i = 1; i <= count; ++i) accepted(*ledger, single("r" + std::to_string(i), i % 10, i));
  copy_as_killed(alive.path(), to);
}

Failure not_opened(const files::path& directory, fodspor::engine::Options options = writing()) {
  auto ledger = Ledger::open(directory, std::move(options));
  if (ledger) FAIL("it opened, at event " + std::to_string((*ledger)->durable().value));
  return ledger.error();
}

void write_log_format(const files::path& ledger, std::uint64_t format) {
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  rocksdb::DB* db = nullptr;
  REQUIRE(rocksdb::DB::Open({}, (ledger / "log").string(), {{"default", {}}, {"events", {}}}, &families, &db).ok());
  CHECK(db->Put({}, families[0], "format", fodspor::engine::number_value(format)).ok());
  for (rocksdb::ColumnFamilyHandle* family : families) db->DestroyColumnFamilyHandle(family);
  delete db;
}

}  // namespace

SCENARIO("after a sync that failed, the ledger writes no more until it is opened again") {
  Place place;
  FaultyMachine machine;
  auto ledger = opened(place.path(), writing(machine.env.get()));
  accepted(*ledger, single("a", 1));

  machine.files->fail_syncs(true, "/log/");
  const Failure first = refused(*ledger, single("b", 1));
  CHECK(first.fault == Fault::poisoned);
  CHECK_THAT(first.message, Catch::Contains("events from 2 on"));
  machine.files->fail_syncs(false);
  CHECK(refused(*ledger, single("c", 1)).fault == Fault::poisoned);
  CHECK(ledger->durable() == Position{1});
  CHECK(positions(ledger->read_log()) == std::vector<Position>{{1}});
  CHECK(positions(ledger->read_stream(person(1))) == std::vector<Position>{{1}});

  ledger.reset();
  ledger = opened(place.path());
  // Refused meant unknown: the same request finds out.
  const Appended again = accepted(*ledger, single("b", 1));
  CHECK(again.first == Position{2});
  CHECK(ledger->durable() == Position{2});
  CHECK(accepted(*ledger, single("c", 1)).first == Position{3});
}

SCENARIO("what was written during a sync that failed is refused with it, and asking again after opening finds out") {
  Place place;
  FaultyMachine machine;
  auto ledger = opened(place.path(), writing(machine.env.get()));
  accepted(*ledger, single("a", 1));
  std::vector<Fact> facts;
  for (std::uint32_t i = 0; i < 300; ++i) facts.push_back({person(2), i, {}});
  const Batch large = batch("c", facts);
  const auto log_bytes = [&] {
    std::uintmax_t bytes = 0;
    for (const files::path& wal : with_ending(place.path() / "log", ".log")) bytes += files::file_size(wal);
    return bytes;
  };

  machine.files->fail_syncs(true, "/log/");
  machine.files->hold_syncs("/log/");
  auto first = std::async(std::launch::async, [&] { return ledger->append(single("b", 1)); });
  machine.files->wait_for_held_sync();
  const std::uintmax_t before = log_bytes();
  auto second = std::async(std::launch::async, [&] { return ledger->append(large); });
  while (log_bytes() == before) std::this_thread::yield();
  machine.files->release_syncs();
  for (auto* answer : {&first, &second}) {
    const auto refusal = answer->get();
    REQUIRE_FALSE(refusal);
    CHECK(refusal.error().fault == Fault::poisoned);
    CHECK_THAT(refusal.error().message, Catch::Contains("events from 2 on"));
  }
  CHECK(ledger->durable() == Position{1});
  CHECK(positions(ledger->read_log()) == std::vector<Position>{{1}});
  ledger.reset();
  machine.files->fail_syncs(false);

  ledger = opened(place.path());
  CHECK(accepted(*ledger, single("b", 1)).first == Position{2});
  CHECK(accepted(*ledger, large).first == Position{3});
  CHECK(ledger->durable() == Position{302});
}

SCENARIO("nobody is told of a conflict with an append that was not kept") {
  Place place;
  FaultyMachine machine;
  auto ledger = opened(place.path(), writing(machine.env.get()));
  const auto first_of_person_2 = [](std::string_view request_id, std::uint32_t number) {
    Batch batch = single(request_id, 2, number);
    batch.expected.push_back({person(2), Expected::Kind::none, {}});
    return batch;
  };
  machine.files->hold_syncs("/log/");
  auto before = std::async(std::launch::async, [&] { return ledger->append(single("before", 1)); });
  machine.files->wait_for_held_sync();  // what comes now is written together, when that sync has ended
  std::promise<Result<Appended>> one, other;
  ledger->append(first_of_person_2("one", 1), [&](Result<Appended> answer) { one.set_value(std::move(answer)); });
  ledger->append(first_of_person_2("other", 2), [&](Result<Appended> answer) { other.set_value(std::move(answer)); });
  machine.files->fill_disk(true, "/log/");
  machine.files->release_syncs();
  CHECK(before.get());
  for (auto* promise : {&one, &other}) {
    const auto answer = promise->get_future().get();
    REQUIRE_FALSE(answer);
    CHECK(answer.error().fault == Fault::poisoned);
  }
  ledger.reset();
  machine.files->fill_disk(false);

  ledger = opened(place.path());
  CHECK(accepted(*ledger, first_of_person_2("other", 2)).first == Position{2});
  CHECK(refused(*ledger, first_of_person_2("one", 1)).fault == Fault::conflict);
}

SCENARIO("storage that is behind is waited for, and not for longer than was said") {
  Place place;
  FaultyMachine machine;
  auto log =
      fodspor::engine::LogStore::open({place.path() / "log", fodspor::engine::LogStore::Mode::write, machine.env.get(), nullptr, nullptr});
  REQUIRE(log);
  // Large events, so that a few blocks fill all the memory there is for what is in no table yet.
  fodspor::engine::Block block{{1}, {}, {}};
  for (int i = 0; i < 8; ++i) {
    block.bytes.append(1u << 20, static_cast<char>('a' + i));
    block.ends.push_back(block.bytes.size());
  }
  machine.files->hold_syncs(".sst");
  fodspor::events::Status wrote;
  while (wrote && block.first.value < 1'000) {
    wrote = (*log)->write(block, 0ms);
    if (wrote) block.first.value += block.size();
  }
  REQUIRE_FALSE(wrote);
  CHECK(wrote.error().fault == Fault::busy);
  CHECK(*(*log)->last() == Position{block.first.value - 1});

  auto patient = std::async(std::launch::async, [&] { return (*log)->write(block, 1min); });
  machine.files->release_syncs();
  CHECK(patient.get());
  CHECK(*(*log)->last() == block.last());
}

SCENARIO("a full disk is a clear refusal, and nothing acknowledged is lost") {
  Place place;
  FaultyMachine machine;
  auto ledger = opened(place.path(), writing(machine.env.get()));
  accepted(*ledger, single("a", 1));
  machine.files->fill_disk(true);
  const Failure failure = refused(*ledger, single("b", 1));
  CHECK(failure.fault == Fault::poisoned);
  CHECK_THAT(failure.message, Catch::Contains("the disk is full"));
  CHECK(positions(ledger->read_log()) == std::vector<Position>{{1}});
  ledger.reset();

  machine.files->fill_disk(false);
  ledger = opened(place.path());
  CHECK(ledger->durable().value >= 1);
  CHECK(accepted(*ledger, single("b", 1)).first == Position{2});
}

SCENARIO("indexes that cannot be written do not hold up appends, and are written later") {
  Place place;
  FaultyMachine machine;
  auto ledger = opened(place.path(), writing(machine.env.get()));
  machine.files->fill_disk(true, "/derived/");
  accepted(*ledger, single("a", 1));
  CHECK(ledger->settle().error().fault == Fault::unavailable);
  accepted(*ledger, single("b", 1));
  CHECK(positions(ledger->read_stream(person(1))) == std::vector<Position>{{1}, {2}});
  machine.files->fill_disk(false);
  CHECK(ledger->settle());
  CHECK(positions(ledger->read_stream(person(1))) == std::vector<Position>{{1}, {2}});
}

SCENARIO("a power cut takes nothing that was acknowledged") {
  const bool settled = GENERATE(false, true);
  Place place;
  FaultyMachine machine;
  auto ledger = opened(place.path(), writing(machine.env.get()));
  std::vector<std::string> before;
  for (std::uint32_t i = 1; i <= 20; ++i) accepted(*ledger, single("r" + std::to_string(i), i % 3, i));
  if (settled) REQUIRE(ledger->settle());
  for (std::uint32_t i = 21; i <= 30; ++i) accepted(*ledger, single("r" + std::to_string(i), i % 3, i));
  before = stored(*ledger);
  machine.files->cut_power();
  CHECK(refused(*ledger, single("late", 1)).fault == Fault::poisoned);
  ledger.reset();
  machine.files->restore_power();

  ledger = opened(place.path());
  CHECK(stored(*ledger) == before);
  CHECK(accepted(*ledger, single("r7", 1, 7)).first == Position{7});
  CHECK(positions(ledger->read_stream(person(0))).size() == 10);
}

SCENARIO("nobody sees an event before it is durable, in this process or another") {
  Place place;
  FaultyMachine machine;
  auto ledger = opened(place.path(), writing(machine.env.get()));
  accepted(*ledger, single("a", 1));
  auto reader = opened(place.path(), reading());

  machine.files->hold_syncs("/log/");
  auto pending = std::async(std::launch::async, [&] { return ledger->append(single("b", 1)); });
  machine.files->wait_for_held_sync();  // its bytes are in the file now, and not yet synced
  for (const Ledger* seen_by : {ledger.get(), reader.get()}) {
    CHECK(seen_by->durable() == Position{1});
    CHECK(*seen_by->head(person(1)) == Version{1});
    CHECK(positions(seen_by->read_log()) == std::vector<Position>{{1}});
    CHECK(positions(seen_by->read_stream(person(1))) == std::vector<Position>{{1}});
    CHECK(seen_by->read({2}).error().fault == Fault::not_found);
  }
  auto late_reader = opened(place.path(), reading());
  CHECK(positions(late_reader->read_log()) == std::vector<Position>{{1}});
  machine.files->release_syncs();
  REQUIRE(pending.get());
  for (const Ledger* seen_by : {ledger.get(), reader.get(), late_reader.get()}) {
    CHECK(seen_by->durable() == Position{2});
    CHECK(*seen_by->head(person(1)) == Version{2});
    CHECK(positions(seen_by->read_log()) == std::vector<Position>{{1}, {2}});
  }
}

SCENARIO("a torn last record is an append that nobody was told of") {
  Place place;
  const files::path copy = place.path() / "ledger";
  killed_ledger(copy, 20);
  files::remove(copy / "marks");  // as a power cut before any of them was noted might leave it
  const auto wals = with_ending(copy / "log", ".log");
  REQUIRE(wals.size() == 1);
  files::resize_file(wals[0], files::file_size(wals[0]) - 5);
  auto ledger = opened(copy);
  CHECK(ledger->durable() == Position{19});
  CHECK(accepted(*ledger, single("r20", 0, 20)).first == Position{20});
}

SCENARIO("a flipped bit in the middle of the write-ahead log is refused with the range that is lost") {
  Place place;
  const files::path copy = place.path() / "ledger";
  killed_ledger(copy, 100);
  const auto wals = with_ending(copy / "log", ".log");
  REQUIRE(wals.size() == 1);
  flip_bit(wals[0], files::file_size(wals[0]) / 2);
  const std::uintmax_t size = files::file_size(wals[0]);

  const Failure failure = not_opened(copy);
  CHECK(failure.fault == Fault::corrupt);
  CHECK_THAT(failure.message, Catch::Matches(".*events [0-9]+ to 100 cannot be read.*"));
  CHECK(files::file_size(wals[0]) == size);
  CHECK(not_opened(copy, reading()).message == failure.message);

  WHEN("somebody asks to read what stands before the damage") {
    fodspor::engine::Options options = reading();
    options.before_damage = true;
    auto before = opened(copy, options);
    const std::uint64_t last = before->durable().value;
    CHECK_THAT(failure.message, Catch::Contains("events " + std::to_string(last + 1) + " to 100"));
    CHECK(positions(before->read_log()).size() == last);
    CHECK(positions(before->read_stream(person(1))).size() == (last + 9) / 10);
  }
}

SCENARIO("a write-ahead log that was deleted is missed") {
  Place place;
  const files::path copy = place.path() / "ledger";
  killed_ledger(copy, 100);
  const auto wals = with_ending(copy / "log", ".log");
  REQUIRE(wals.size() == 1);
  const files::path aside = place.path() / "aside";
  files::rename(wals[0], aside);

  const Failure failure = not_opened(copy);
  CHECK(failure.fault == Fault::corrupt);
  CHECK_THAT(failure.message, Catch::Contains("events 1 to 100 cannot be read") && Catch::Contains("is missing"));
  CHECK(not_opened(copy, reading()).fault == Fault::corrupt);

  WHEN("it is put back") {
    files::rename(aside, wals[0]);
    CHECK(opened(copy)->durable() == Position{100});
  }
}

SCENARIO("a flipped byte in a table is refused where it is, and the rest is read") {
  Place place;
  bool whole_index = false;
  {
    auto ledger = opened(place.path());
    for (std::uint32_t i = 0; i < 40; ++i) {
      std::vector<Fact> facts;
      for (std::uint32_t j = 0; j < 50; ++j) facts.push_back({person(j), i * 50 + j, {}});
      accepted(*ledger, batch("r" + std::to_string(i), facts));
    }
    const bool indexed = GENERATE(true, false);
    if (indexed) REQUIRE(ledger->settle());
    whole_index = indexed;
  }
  const auto tables = with_ending(place.path() / "log", ".sst");
  const auto largest = std::ranges::max(tables, {}, [](const files::path& path) { return files::file_size(path); });
  flip_bit(largest, 100);  // in its first block of events

  if (!whole_index) {
    // Without an index of these events nobody can tell which version a stream has.
    const Failure failure = not_opened(place.path());
    CHECK(failure.fault == Fault::corrupt);
    CHECK_THAT(failure.message, Catch::Contains("event 1"));
    return;
  }
  auto ledger = opened(place.path());
  CHECK(ledger->durable() == Position{2000});
  const auto first = ledger->read({1});
  CHECK(first.error().fault == Fault::corrupt);
  CHECK_THAT(first.error().message, Catch::Contains("event 1"));
  CHECK(ledger->read({2000}));
  auto cursor = ledger->read_log();
  CHECK(cursor->next().error().fault == Fault::corrupt);
  CHECK(positions(ledger->read_log({1900})).size() == 101);
}

SCENARIO("a ledger of a newer or an older format is refused, and left as it is") {
  const std::uint64_t other = GENERATE(fodspor::engine::log_format - 1, fodspor::engine::log_format + 1);
  Place place;
  {
    auto ledger = opened(place.path());
    accepted(*ledger, single("a", 1));
  }
  write_log_format(place.path(), other);
  for (const auto& options : {writing(), reading()}) {
    const Failure failure = not_opened(place.path(), options);
    CHECK(failure.fault == Fault::unsupported);
    CHECK_THAT(failure.message, Catch::Contains("has format " + std::to_string(other)));
  }
  write_log_format(place.path(), fodspor::engine::log_format);
  CHECK(opened(place.path())->durable() == Position{1});
}

SCENARIO("a second writer is refused, and readers are not") {
  Place place;
  auto ledger = opened(place.path());
  const Failure failure = not_opened(place.path());
  CHECK(failure.fault == Fault::unavailable);
  CHECK_THAT(failure.message, Catch::Contains("in use by another writer"));
  auto reader = opened(place.path(), reading());
  accepted(*ledger, single("a", 1));
  CHECK(positions(reader->read_log()) == std::vector<Position>{{1}});
  CHECK(refused(*reader, single("b", 1)).fault == Fault::unavailable);
}

SCENARIO("what is no ledger is refused") {
  Place place;
  fodspor::engine::Options options = writing();
  options.create = false;
  CHECK(not_opened(place.path(), options).fault == Fault::not_found);
  CHECK(not_opened(place.path(), reading()).fault == Fault::not_found);
  std::ofstream(place.path() / "letter.txt") << "not a ledger";
  CHECK(not_opened(place.path()).fault == Fault::invalid);
  CHECK(not_opened(place.path() / "letter.txt").fault != Fault::corrupt);
}
