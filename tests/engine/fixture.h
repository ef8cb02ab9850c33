// What scenarios about the ledger share: a place of its own, batches of small facts, and a clock that stands still.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/ledger.h"

namespace fodspor::tests {

using namespace fodspor::events;
using engine::Appended;
using engine::Batch;
using engine::Expected;
using engine::Ledger;

// A directory that vanishes with it.
class Place {
 public:
  Place();
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline constexpr Timestamp noon{1'617'192'000'000'000};  // 2021-03-31T12:00:00Z

engine::Options writing(rocksdb::Env* env = nullptr);
engine::Options reading();
// What was asked for, or the failure as the reason for the scenario to end.
std::unique_ptr<Ledger> opened(const std::filesystem::path& directory, engine::Options options = writing());

StreamId person(std::uint64_t number);
StreamId enterprise(std::uint64_t number);
ProgrammeId programme(std::string_view slug);

// Each fact stands in one stream; `number` makes its content.
struct Fact {
  StreamId stream;
  std::uint32_t number = 1;
  std::optional<StreamId> about;       // an enterprise that it refers to
  std::string_view in = "kalundborg";  // empty: of no programme
};
Batch batch(std::string_view request_id, const std::vector<Fact>& facts, std::string_view client = "tester");
// One event for that person.
Batch single(std::string_view request_id, std::uint64_t person_number, std::uint32_t number = 1);

Appended accepted(Ledger& ledger, Batch batch);
// The fault that the append met; the scenario fails if it met none.
Failure refused(Ledger& ledger, Batch batch);

std::vector<Position> positions(engine::Cursor cursor);
std::vector<Position> positions(Result<engine::Cursor> cursor);
// The stored bytes of every event, in order.
std::vector<std::string> stored(const Ledger& ledger);

}  // namespace fodspor::tests
