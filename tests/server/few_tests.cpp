// Small cells, one line at a time; and what a connection has under way.
#include "server/cli/few.h"

#include <catch2/catch.hpp>

#include "server/under_way.h"

using namespace fodspor::server;

SCENARIO("a count of one to four is not shown, nor what gives it away in its line") {
  for (std::uint64_t count = 0; count < 8; ++count) {
    CAPTURE(count);
    CHECK(FewInLine(true).shows(count) == (count == 0 || count >= 5));
    CHECK(FewInLine(false).shows(count));
  }
  // 120 after a step and 117 after the next would tell of three.
  FewInLine line(true);
  CHECK(line.shows(120));
  CHECK(line.shows(120));
  CHECK_FALSE(line.shows(117));
  CHECK(line.shows(100));
  CHECK_FALSE(line.shows(96));
  CHECK_FALSE(line.shows(104));
  CHECK(line.shows(0));
}

SCENARIO("the parts of a whole are shown together or not at all") {
  const FewInLine line(true);
  CHECK(line.shows_parts(100, {40, 0}));
  CHECK(line.shows_parts(100, {100, 0}));
  CHECK_FALSE(line.shows_parts(100, {3, 0}));
  CHECK_FALSE(line.shows_parts(100, {40, 2}));
  CHECK_FALSE(line.shows_parts(100, {98, 0}));  // the two who do not count
  CHECK_FALSE(line.shows_parts(100, {60, 37}));
  CHECK_FALSE(line.shows_parts(4, {0, 0}));
  CHECK(line.shows_parts(0, {0, 0}));
  CHECK(FewInLine(false).shows_parts(4, {3, 1}));
}

SCENARIO("what is left out is null to programs, and says to people only that it is few") {
  CHECK(FewInLine::cell(3, false).show(Language::english) == "under 5");
  CHECK(FewInLine::cell(60, false).show(Language::english) == "–");
  for (const std::uint64_t count : {3u, 60u}) {
    CHECK(FewInLine::cell(count, false).value().is_null());
    CHECK(FewInLine::cell(count, false).csv().empty());
    CHECK(FewInLine::cell(count, true).csv() == std::to_string(count));
  }
}

SCENARIO("what is under way is cancelled once, by its own number, and all of it when the connection ends") {
  UnderWay under_way;
  int cancelled = 0;
  const auto count = [&] { ++cancelled; };
  REQUIRE(under_way.add(1, count));
  REQUIRE(under_way.add(2, count));
  CHECK(under_way.add(2, count).error().fault == Fault::invalid);
  CHECK(under_way.cancel(3).error().fault == Fault::not_found);
  CHECK(under_way.cancel(1));
  CHECK(cancelled == 1);
  CHECK(under_way.cancel(1).error().fault == Fault::not_found);
  REQUIRE(under_way.add(4, count));
  under_way.remove(4);
  under_way.remove(4);
  under_way.cancel_all();
  CHECK(cancelled == 2);
  REQUIRE(under_way.add(5, count));  // it came too late
  CHECK(cancelled == 3);
}
