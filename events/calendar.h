// Whole days, clamped month arithmetic, and windows and spells of days. Values; any thread.
//
// A date is a day of the proleptic Gregorian calendar from 1900-01-01 to 2399-12-31. Stored as days since 1899-12-31, so that 0 is
// absent.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/failure.h"
#include "events/ids.h"

namespace fodspor::events {

class Date {
 public:
  static constexpr std::int32_t days_min = 1;
  static constexpr std::int32_t days_max = 182'621;  // 2399-12-31

  // The default is the first day of the calendar.
  constexpr Date() = default;
  static Result<Date> from_ymd(int year, int month, int day);      // Fault::invalid for a day that does not exist
  static Result<Date> parse(std::string_view iso);                 // "2021-03-31", nothing else
  static std::optional<Date> stored(std::uint32_t days) noexcept;  // 0 or out of range: none
  static Date clamped(std::int64_t days) noexcept;                 // the nearest day of the calendar

  std::uint32_t stored() const noexcept { return static_cast<std::uint32_t>(days_); }
  std::int32_t days() const noexcept { return days_; }
  int year() const noexcept;
  int month() const noexcept;    // 1 to 12
  int day() const noexcept;      // 1 to 31
  int weekday() const noexcept;  // 1 Monday to 7 Sunday
  std::string text() const;      // "2021-03-31"

  Date plus_days(std::int64_t n) const noexcept { return clamped(days_ + n); }
  // The same day n months on, or the last day of that month if it has no such day: 31 August + 6 months is 28 or 29 February.
  Date plus_months(int n) const noexcept;

  friend std::int32_t operator-(Date a, Date b) noexcept { return a.days_ - b.days_; }
  auto operator<=>(const Date&) const = default;

 private:
  explicit constexpr Date(std::int32_t days) : days_(days) {}
  std::int32_t days_ = days_min;
};

// A length in the calendar's own units: "6 months", "13 weeks", "1 day", "28 days", "2 years". Months and days do not mix.
struct Period {
  std::int32_t months = 0;
  std::int32_t days = 0;
  bool operator==(const Period&) const = default;
  static Result<Period> parse(std::string_view text);
  std::string text() const;
  // The shortest and longest it can be, in days: for refusing what can never be met.
  std::int32_t days_at_least() const noexcept;
  std::int32_t days_at_most() const noexcept;
};
Date operator+(Date date, const Period& period) noexcept;
Date operator-(Date date, const Period& period) noexcept;

// A spell of days, half-open: [from, to). No `to`: it goes on.
struct Spell {
  Date from;
  std::optional<Date> to;
  bool contains(Date day) const noexcept { return from <= day && (!to || day < *to); }
  bool empty() const noexcept { return to && *to <= from; }
  bool operator==(const Spell&) const = default;
};

// A window of days, each end open or closed; as an interval of whole days it has a first and a last.
struct Window {
  Date from;
  Date to;
  bool from_closed = true;
  bool to_closed = true;
  Date first() const noexcept { return from_closed ? from : from.plus_days(1); }
  Date last() const noexcept { return to_closed ? to : to.plus_days(-1); }
  bool empty() const noexcept { return last() < first(); }
  bool contains(Date day) const noexcept { return first() <= day && day <= last(); }
};

// Timestamps as RFC 3339 in UTC, "2021-03-31T12:00:00.000001Z"; fractions optional on reading.
std::string text(Timestamp time);
Result<Timestamp> parse_timestamp(std::string_view text);

// The last µs of that day in an IANA zone ("Europe/Copenhagen"). Fault::invalid for an unknown zone.
Result<Timestamp> end_of_day(Date day, std::string_view zone);
// The day on which that moment falls in an IANA zone.
Result<Date> day_of(Timestamp time, std::string_view zone);

}  // namespace fodspor::events
