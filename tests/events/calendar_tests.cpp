#include "events/calendar.h"

#include <array>
#include <catch2/catch.hpp>
#include <limits>

namespace fodspor::events::tests {

namespace {

Date day(std::string_view iso) {
  const auto date = Date::parse(iso);
  if (!date) FAIL(date.error().message);
  return *date;
}

}  // namespace

SCENARIO("every day of the calendar is written and read as itself, in order") {
  // Counted by hand, one day after another, beside the arithmetic.
  int year = 1900, month = 1, dom = 1, weekday = 1;
  for (std::uint32_t stored = 1; stored <= static_cast<std::uint32_t>(Date::days_max); ++stored) {
    const auto date = Date::stored(stored);
    REQUIRE(date);
    const bool same = date->year() == year && date->month() == month && date->day() == dom && date->weekday() == weekday &&
                      Date::from_ymd(year, month, dom) == *date && Date::parse(date->text()) == *date;
    if (!same) FAIL(date->text());
    const bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
    const std::array<int, 12> lengths{31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    weekday = weekday % 7 + 1;
    if (++dom > lengths[static_cast<std::size_t>(month - 1)]) {
      dom = 1;
      if (++month > 12) {
        month = 1;
        ++year;
      }
    }
  }
  CHECK(year == 2400);
  CHECK(month == 1);
  CHECK(dom == 1);
  CHECK_FALSE(Date::stored(0));
  CHECK_FALSE(Date::stored(static_cast<std::uint32_t>(Date::days_max) + 1));
}

SCENARIO("a day that does not exist is refused") {
  for (const char* bad : {"2021-02-29", "1900-02-29", "2021-04-31", "2021-00-10", "2021-13-01", "2021-01-00", "1899-12-31", "2400-01-01",
                          "2021-1-01", "2021/01/01", "21-01-01", "2021-01-01 ", "", "2021-01-0a"}) {
    CAPTURE(bad);
    const auto date = Date::parse(bad);
    REQUIRE_FALSE(date);
    CHECK(date.error().fault == Fault::invalid);
  }
  CHECK(Date::parse("2000-02-29"));
}

SCENARIO("months later is the same day, or the last day of a month that has no such day") {
  CHECK(day("2020-08-31").plus_months(6) == day("2021-02-28"));
  CHECK(day("2019-08-31").plus_months(6) == day("2020-02-29"));
  CHECK(day("2021-03-31").plus_months(-1) == day("2021-02-28"));
  CHECK(day("2021-01-31").plus_months(1).plus_months(-1) == day("2021-01-28"));  // clamping forgets
  CHECK(day("2021-12-15").plus_months(1) == day("2022-01-15"));
  CHECK(day("2021-01-15").plus_months(-13) == day("2019-12-15"));
  CHECK(day("2020-02-29").plus_months(12) == day("2021-02-28"));
  CHECK(day("2399-12-01").plus_months(1) == day("2399-12-31"));
  CHECK(day("1900-01-20").plus_months(-1) == day("1900-01-01"));
  CHECK(day("2021-01-01").plus_days(-400'000) == day("1900-01-01"));
  CHECK(day("2021-03-01") - day("2021-02-01") == 28);
}

SCENARIO("a length of time is months or days, in the calendar's own units") {
  const auto period = [](std::string_view text) {
    const auto parsed = Period::parse(text);
    if (!parsed) FAIL(parsed.error().message);
    return *parsed;
  };
  CHECK(period("6 months") == Period{6, 0});
  CHECK(period("1 month") == Period{1, 0});
  CHECK(period("2 years") == Period{24, 0});
  CHECK(period("13 weeks") == Period{0, 91});
  CHECK(period("1 day") == Period{0, 1});
  CHECK(period("0 days") == Period{});
  for (const char* text : {"6 months", "1 month", "91 days", "1 day", "0 days"}) CHECK(period(text).text() == text);
  CHECK(period("2 years").text() == "24 months");
  for (const char* bad :
       {"", "6", "months", "6months", "6  months", "-6 months", "06 months", "6 fortnights", "1.5 years", "999999999 days", "6 months "}) {
    CAPTURE(bad);
    CHECK_FALSE(Period::parse(bad));
  }
  CHECK(day("2020-08-31") + period("6 months") == day("2021-02-28"));
  CHECK(day("2021-03-31") - period("13 weeks") == day("2020-12-30"));

  THEN("what it can be in days is known at both ends") {
    CHECK(period("28 days").days_at_least() == 28);
    CHECK(period("28 days").days_at_most() == 28);
    CHECK(period("1 month").days_at_least() == 28);
    CHECK(period("1 month").days_at_most() == 31);
    CHECK(period("6 months").days_at_least() == 181);  // 31 August to 28 February; and 1 September to 1 March
    CHECK(period("6 months").days_at_most() == 184);
    CHECK(period("12 months").days_at_least() == 365);
    CHECK(period("12 months").days_at_most() == 366);
    CHECK(period("4 years").days_at_least() == 1460);  // around 1900 or 2100
    CHECK(period("4 years").days_at_most() == 1461);
  }
}

SCENARIO("a window says at each end whether that day counts") {
  const Date from = day("2021-03-01"), to = day("2021-03-28");
  CHECK(Window{from, to}.contains(from));
  CHECK(Window{from, to}.contains(to));
  CHECK_FALSE(Window{from, to, false, true}.contains(from));
  CHECK(Window{from, to, false, true}.first() == day("2021-03-02"));
  CHECK_FALSE(Window{from, to, true, false}.contains(to));
  CHECK(Window{from, to, true, false}.last() == day("2021-03-27"));
  CHECK_FALSE(Window{from, from}.empty());
  CHECK(Window{from, from, true, false}.empty());
  CHECK(Window{to, from}.empty());
}

SCENARIO("a spell holds its first day and not the day it ends") {
  const Spell spell{day("2021-03-01"), day("2021-04-01")};
  CHECK(spell.contains(day("2021-03-01")));
  CHECK(spell.contains(day("2021-03-31")));
  CHECK_FALSE(spell.contains(day("2021-04-01")));
  CHECK_FALSE(spell.contains(day("2021-02-28")));
  CHECK(Spell{day("2021-03-01"), {}}.contains(day("2399-12-31")));
  CHECK(Spell{day("2021-03-01"), day("2021-03-01")}.empty());
  CHECK_FALSE(spell.empty());
}

SCENARIO("a moment is written in UTC, to the microsecond if it has any") {
  const auto moment = [](std::string_view text) {
    const auto time = parse_timestamp(text);
    if (!time) FAIL(time.error().message);
    return *time;
  };
  CHECK(moment("1970-01-01T00:00:00Z").micros == 0);
  CHECK(moment("2021-03-31T12:00:00.000001Z").micros == 1'617'192'000'000'001);
  CHECK(moment("2021-03-31T12:00:00.5Z").micros == 1'617'192'000'500'000);
  CHECK(moment("1969-12-31T23:59:59.999999Z").micros == -1);
  for (const char* text : {"2021-03-31T12:00:00Z", "2021-03-31T12:00:00.000001Z", "1969-12-31T23:59:59.999999Z", "2000-02-29T23:59:59Z"}) {
    CHECK(text == events::text(moment(text)));
  }
  for (const char* bad : {"", "2021-03-31", "2021-03-31T12:00Z", "2021-03-31T12:00:00", "2021-03-31T12:00:00+00:00", "2021-03-31 12:00:00Z",
                          "2021-03-31T24:00:00Z", "2021-03-31T12:60:00Z", "2021-03-31T12:00:60Z", "2021-02-30T12:00:00Z",
                          "2021-03-31T12:00:00.Z", "2021-03-31T12:00:00.0000001Z", "2021-03-31T12:00:00,5Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_timestamp(bad));
  }
  CHECK_FALSE(events::text(Timestamp{std::numeric_limits<std::int64_t>::min()}).empty());
  CHECK_FALSE(events::text(Timestamp{std::numeric_limits<std::int64_t>::max()}).empty());
}

SCENARIO("a day ends when it ends where the programme is, summer time or not") {
  const auto end = [](std::string_view date, std::string_view zone) {
    const auto time = end_of_day(day(date), zone);
    if (!time) FAIL(time.error().message);
    return text(*time);
  };
  CHECK(end("2021-01-15", "Europe/Copenhagen") == "2021-01-15T22:59:59.999999Z");
  CHECK(end("2021-07-15", "Europe/Copenhagen") == "2021-07-15T21:59:59.999999Z");
  // The days on which the clocks change: 23 and 25 hours long.
  CHECK(end("2021-03-27", "Europe/Copenhagen") == "2021-03-27T22:59:59.999999Z");
  CHECK(end("2021-03-28", "Europe/Copenhagen") == "2021-03-28T21:59:59.999999Z");
  CHECK(end("2021-10-30", "Europe/Copenhagen") == "2021-10-30T21:59:59.999999Z");
  CHECK(end("2021-10-31", "Europe/Copenhagen") == "2021-10-31T22:59:59.999999Z");
  CHECK(end("2021-01-15", "America/Nuuk") == "2021-01-16T02:59:59.999999Z");
  // In Lebanon midnight itself was skipped: the 28th began at one.
  CHECK(end("2021-03-27", "Asia/Beirut") == "2021-03-27T21:59:59.999999Z");

  THEN("the last microsecond of a day is of that day, and the next of the next") {
    for (Date date = day("2021-01-01"); date < day("2022-01-01"); date = date.plus_days(1)) {
      const auto last = end_of_day(date, "Europe/Copenhagen");
      REQUIRE(last);
      REQUIRE(day_of(*last, "Europe/Copenhagen") == date);
      REQUIRE(day_of({last->micros + 1}, "Europe/Copenhagen") == date.plus_days(1));
    }
  }
  THEN("a zone that there is not is refused by name") {
    const auto nowhere = end_of_day(day("2021-01-01"), "Europe/Roskilde");
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().fault == Fault::invalid);
    CHECK_THAT(nowhere.error().message, Catch::Contains("Europe/Roskilde"));
    CHECK_FALSE(day_of({0}, ""));
  }
}

}  // namespace fodspor::events::tests
