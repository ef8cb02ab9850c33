#include <catch2/catch.hpp>
#include <limits>
#include <random>

#include "projections/contribution_codec.h"
#include "projections/kpi_row.h"
#include "projections/row_codec.h"
#include "projections/view_store.h"

using namespace fodspor::projections;

namespace {

EventId event(std::uint64_t number) {
  return {{Id{number, ~number}}, static_cast<std::uint32_t>(number % 7)};
}

}  // namespace

SCENARIO("what a row says is read back as it was written, to the ends of its numbers") {
  std::string bytes;
  const Moment moment{*Date::from_ymd(2021, 3, 31), event(9)};
  RowWriter(bytes)
      .number(0)
      .number(127)
      .number(128)
      .number(std::numeric_limits<std::uint64_t>::max())
      .signed_number(-1)
      .signed_number(std::numeric_limits<std::int64_t>::min())
      .signed_number(std::numeric_limits<std::int64_t>::max())
      .text("")
      .text(std::string_view("a\0b", 3))
      .moment(moment)
      .moment(std::nullopt)
      .date(std::nullopt);
  RowReader reader(bytes);
  CHECK(reader.number() == 0);
  CHECK(reader.number() == 127);
  CHECK(reader.number() == 128);
  CHECK(reader.number() == std::numeric_limits<std::uint64_t>::max());
  CHECK(reader.signed_number() == -1);
  CHECK(reader.signed_number() == std::numeric_limits<std::int64_t>::min());
  CHECK(reader.signed_number() == std::numeric_limits<std::int64_t>::max());
  CHECK(reader.text().empty());
  CHECK(reader.text() == std::string_view("a\0b", 3));
  const auto back = reader.moment();
  REQUIRE(back.has_value());
  CHECK(back->on == moment.on);
  CHECK(back->because == moment.because);
  CHECK_FALSE(reader.moment().has_value());
  CHECK_FALSE(reader.date().has_value());
  CHECK(reader.finish("test").has_value());
}

SCENARIO("a row that is cut anywhere is damage, never another value") {
  std::string bytes;
  RowWriter(bytes).number(300).text("four").event(event(3)).date(*Date::from_ymd(2020, 2, 29));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    RowReader reader(std::string_view(bytes).substr(0, size));
    static_cast<void>(reader.number());
    static_cast<void>(reader.text());
    static_cast<void>(reader.event());
    static_cast<void>(reader.date());
    const auto finished = reader.finish("test");
    REQUIRE_FALSE(finished.has_value());
    CHECK(finished.error().fault == Fault::corrupt);
  }
}

SCENARIO("what a subject contributed can be taken back to the last number") {
  std::mt19937_64 random(20);
  for (int round = 0; round < 50; ++round) {
    Contribution given;
    for (std::uint64_t i = 0, rows = random() % 5; i < rows; ++i) given.rows.emplace_back("row-" + std::to_string(i), "v");
    for (std::uint64_t i = 0, sums = random() % 12; i < sums; ++i) {
      given.sums.emplace_back("sum-" + std::to_string(random() % 6), static_cast<std::int64_t>(random() % 5) - 2);
    }
    std::map<std::string, std::int64_t> totals;
    for (const auto& [key, value] : given.sums) totals[key] += value;
    std::erase_if(totals, [](const auto& one) { return one.second == 0; });
    normalise(given);
    std::string bytes;
    keep(given, bytes);
    const auto kept = read_kept(bytes);
    REQUIRE(kept.has_value());
    CHECK(kept->row_keys.size() == given.rows.size());
    CHECK(std::map<std::string, std::int64_t>(kept->sums.begin(), kept->sums.end()) == totals);
    CHECK(kept->sums.size() == totals.size());
    if (!bytes.empty()) CHECK_FALSE(read_kept(std::string_view(bytes).substr(0, bytes.size() - 1)).has_value());
  }
}

SCENARIO("a kpi row keeps each verdict, and the event that decided each of its clauses") {
  Verdict first;
  first.unit_number = 3;
  first.steps_passed = 2;
  first.in_population = true;
  first.in_denominator = Truth::yes;
  first.met = Truth::unknown;
  first.censored = true;
  first.reasons = {{0, Truth::yes, event(1)}, {4, Truth::unknown, {}}, {5, Truth::no, event(1)}};
  Verdict second;
  second.excluded = true;
  second.reasons = {{1, Truth::yes, event(2)}};
  KpiRowWriter row;
  row.add(0, first);
  row.add(7, second);
  const auto back = decode_kpi_row(row.finish());
  REQUIRE(back.has_value());
  REQUIRE(back->size() == 2);
  CHECK((*back)[1].target == 7);
  CHECK((*back)[1].verdict.excluded);
  const Verdict& read = (*back)[0].verdict;
  CHECK(read.unit_number == 3);
  CHECK(read.steps_passed == 2);
  CHECK(read.in_population);
  CHECK(read.in_denominator == Truth::yes);
  CHECK(read.met == Truth::unknown);
  CHECK(read.censored);
  REQUIRE(read.reasons.size() == 3);
  CHECK(read.reasons[0].because == event(1));
  CHECK_FALSE(read.reasons[1].because);
  CHECK(read.reasons[2].truth == Truth::no);
  CHECK(read.reasons[2].because == event(1));
}

SCENARIO("a checkpoint keeps where its view stopped, and why") {
  Checkpoint checkpoint;
  checkpoint.position = {41};
  checkpoint.anchor = event(41);
  checkpoint.view_version = 7;
  checkpoint.rows = 12;
  checkpoint.stopped = Poison{event(42), {42}, "not known here"};
  const auto back = Checkpoint::decode(checkpoint.encoded());
  REQUIRE(back.has_value());
  CHECK(back->position == checkpoint.position);
  CHECK(back->anchor == checkpoint.anchor);
  CHECK(back->view_version == 7);
  CHECK(back->rows == 12);
  REQUIRE(back->stopped.has_value());
  CHECK(back->stopped->event == event(42));
  CHECK(back->stopped->reason == "not known here");
}
