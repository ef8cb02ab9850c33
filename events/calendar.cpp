#include "events/calendar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <stdexcept>

namespace fodspor::events {

namespace {

constexpr int year_min = 1900;
constexpr int year_max = 2399;
constexpr std::int64_t micros_a_day = 86'400'000'000;

constexpr bool leap(int year) noexcept {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int month_length(int year, int month) noexcept {
  constexpr std::array<int, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : lengths[static_cast<std::size_t>(month - 1)];
}

// Days since 0000-03-01. Years begin in March here, so that the leap day comes last and months have a regular rhythm of 153 days in five.
constexpr std::int64_t since_year_zero(std::int64_t year, int month, int day) noexcept {
  const std::int64_t y = month > 2 ? year : year - 1;
  const int m = (month + 9) % 12;
  return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
}

// Date's own count: days since 1899-12-31.
constexpr std::int64_t days_from_civil(std::int64_t year, int month, int day) noexcept {
  return since_year_zero(year, month, day) - since_year_zero(1899, 12, 31);
}

constexpr std::int64_t unix_epoch_days = days_from_civil(1970, 1, 1);

struct Civil {
  int year;
  int month;
  int day;
};

// For days from year 0 on.
constexpr Civil civil_from_days(std::int64_t days) noexcept {
  const std::int64_t since = days + since_year_zero(1899, 12, 31);
  const std::int64_t cycle = since / 146'097;  // 400 years
  const std::int64_t in_cycle = since % 146'097;
  const std::int64_t year_in_cycle = (in_cycle - in_cycle / 1'460 + in_cycle / 36'524 - in_cycle / 146'096) / 365;
  const auto in_year = static_cast<int>(in_cycle - (365 * year_in_cycle + year_in_cycle / 4 - year_in_cycle / 100));
  const int m = (5 * in_year + 2) / 153;
  const int day = in_year - (153 * m + 2) / 5 + 1;
  const int month = m < 10 ? m + 3 : m - 9;
  return {static_cast<int>(cycle * 400 + year_in_cycle) + (month <= 2 ? 1 : 0), month, day};
}

static_assert(days_from_civil(1900, 1, 1) == Date::days_min);
static_assert(days_from_civil(year_max, 12, 31) == Date::days_max);
static_assert(civil_from_days(Date::days_max).year == year_max && civil_from_days(Date::days_max).day == 31);

void put_number(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

// Exactly `width` digits at `at`, or -1.
int number_at(std::string_view text, std::size_t at, std::size_t width) noexcept {
  if (at + width > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::string excerpt(std::string_view text) {
  return "\"" + std::string(text.substr(0, 40)) + (text.size() > 40 ? "…\"" : "\"");
}

}  // namespace

Result<Date> Date::from_ymd(int year, int month, int day) {
  const bool exists = year >= year_min && year <= year_max && month >= 1 && month <= 12 && day >= 1 && day <= month_length(year, month);
  if (!exists) {
    return fail(Fault::invalid, "year " + std::to_string(year) + ", month " + std::to_string(month) + ", day " + std::to_string(day) +
                                    " is not a day from 1900-01-01 to 2399-12-31");
  }
  return Date(static_cast<std::int32_t>(days_from_civil(year, month, day)));
}

Result<Date> Date::parse(std::string_view iso) {
  const bool shaped = iso.size() == 10 && iso[4] == '-' && iso[7] == '-';
  const int year = number_at(iso, 0, 4), month = number_at(iso, 5, 2), day = number_at(iso, 8, 2);
  if (!shaped || year < 0 || month < 0 || day < 0) {
    return fail(Fault::invalid, excerpt(iso) + " is not a date: write year-month-day, as 2021-03-31");
  }
  return from_ymd(year, month, day);
}

std::optional<Date> Date::stored(std::uint32_t days) noexcept {
  if (days < static_cast<std::uint32_t>(days_min) || days > static_cast<std::uint32_t>(days_max)) return std::nullopt;
  return Date(static_cast<std::int32_t>(days));
}

Date Date::clamped(std::int64_t days) noexcept {
  return Date(static_cast<std::int32_t>(std::clamp<std::int64_t>(days, days_min, days_max)));
}

int Date::year() const noexcept {
  return civil_from_days(days_).year;
}
int Date::month() const noexcept {
  return civil_from_days(days_).month;
}
int Date::day() const noexcept {
  return civil_from_days(days_).day;
}
int Date::weekday() const noexcept {
  return (days_ - 1) % 7 + 1;
}  // 1900-01-01 was a Monday

std::string Date::text() const {
  const Civil civil = civil_from_days(days_);
  std::string result;
  result.reserve(10);
  put_number(result, civil.year, 4);
  result += '-';
  put_number(result, civil.month, 2);
  result += '-';
  put_number(result, civil.day, 2);
  return result;
}

Date Date::plus_months(int n) const noexcept {
  const Civil civil = civil_from_days(days_);
  const std::int64_t months = std::int64_t{civil.year} * 12 + (civil.month - 1) + n;
  if (months < std::int64_t{year_min} * 12) return clamped(days_min);
  if (months >= std::int64_t{year_max + 1} * 12) return clamped(days_max);
  const auto year = static_cast<int>(months / 12);
  const int month = static_cast<int>(months % 12) + 1;
  return Date(static_cast<std::int32_t>(days_from_civil(year, month, std::min(civil.day, month_length(year, month)))));
}

Result<Period> Period::parse(std::string_view text) {
  std::int32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const auto digits = static_cast<std::size_t>(end - text.data());
  const bool counted = error == std::errc{} && digits > 0 && text.front() != '-' && (digits == 1 || text.front() != '0');
  std::string_view unit = text.substr(digits);
  if (counted && unit.starts_with(' ')) {
    unit.remove_prefix(1);
    if (unit.ends_with('s')) unit.remove_suffix(1);
    constexpr std::int32_t months_max = (year_max - year_min + 1) * 12;
    if (unit == "day" && count <= Date::days_max) return Period{0, count};
    if (unit == "week" && count <= Date::days_max / 7) return Period{0, count * 7};
    if (unit == "month" && count <= months_max) return Period{count, 0};
    if (unit == "year" && count <= months_max / 12) return Period{count * 12, 0};
  }
  return fail(Fault::invalid, excerpt(text) + " is not a length of time: write a number and days, weeks, months or years, as \"6 months\"");
}

std::string Period::text() const {
  const auto counted = [](std::int32_t n, std::string_view unit) {
    return std::to_string(n) + " " + std::string(unit) + (n == 1 ? "" : "s");
  };
  if (months == 0) return counted(days, "day");
  if (days == 0) return counted(months, "month");
  return counted(months, "month") + " " + counted(days, "day");
}

namespace {

// Whole months in days, from each first or last day of a month in the calendar's 400-year cycle.
std::int32_t months_in_days(std::int32_t months, bool longest) noexcept {
  std::int32_t best = longest ? 0 : Date::days_max;
  for (Date first; first.year() < year_min + 400; first = first.plus_months(1)) {
    const Date start = longest ? first : first.plus_months(1).plus_days(-1);
    const Date end = start.plus_months(months);
    if (end == Date::clamped(Date::days_max)) break;  // the calendar ends here, and clamps
    best = longest ? std::max(best, end - start) : std::min(best, end - start);
  }
  return best;
}

}  // namespace

std::int32_t Period::days_at_least() const noexcept {
  return (months == 0 ? 0 : months_in_days(months, false)) + days;
}
std::int32_t Period::days_at_most() const noexcept {
  return (months == 0 ? 0 : months_in_days(months, true)) + days;
}

Date operator+(Date date, const Period& period) noexcept {
  return date.plus_months(period.months).plus_days(period.days);
}
Date operator-(Date date, const Period& period) noexcept {
  return date.plus_months(-period.months).plus_days(-period.days);
}

std::string text(Timestamp time) {
  std::int64_t days = time.micros / micros_a_day;
  std::int64_t rest = time.micros % micros_a_day;
  if (rest < 0) {
    rest += micros_a_day;
    --days;
  }
  // Before year 0 there is nothing to say; a timestamp there is not one of ours, and is shown as the earliest that can be said.
  const std::int64_t earliest = days_from_civil(1, 1, 1);
  const Civil civil = civil_from_days(std::max(days + unix_epoch_days, earliest));
  std::string result;
  result.reserve(27);
  put_number(result, civil.year, 4);
  result += '-';
  put_number(result, civil.month, 2);
  result += '-';
  put_number(result, civil.day, 2);
  result += 'T';
  const std::int64_t seconds = rest / 1'000'000;
  put_number(result, seconds / 3600, 2);
  result += ':';
  put_number(result, seconds / 60 % 60, 2);
  result += ':';
  put_number(result, seconds % 60, 2);
  if (const std::int64_t micros = rest % 1'000'000; micros != 0) {
    result += '.';
    put_number(result, micros, 6);
  }
  result += 'Z';
  return result;
}

Result<Timestamp> parse_timestamp(std::string_view text) {
  const auto refuse = [&]() -> Result<Timestamp> {
    return fail(Fault::invalid, excerpt(text) + " is not a point in time: write it in UTC, as 2021-03-31T12:00:00Z");
  };
  if (text.size() < 20 || text.size() > 27 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text.back() != 'Z') return refuse();
  const int hour = number_at(text, 11, 2), minute = number_at(text, 14, 2), second = number_at(text, 17, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return refuse();
  std::int64_t micros = 0;
  if (text.size() > 20) {
    const std::size_t places = text.size() - 21;
    const int fraction = text[19] == '.' && places >= 1 ? number_at(text, 20, places) : -1;
    if (fraction < 0) return refuse();
    micros = fraction;
    for (std::size_t i = places; i < 6; ++i) micros *= 10;
  }
  const auto date = Date::parse(text.substr(0, 10));
  if (!date) return refuse();
  const std::int64_t seconds = (std::int64_t{hour} * 60 + minute) * 60 + second;
  return Timestamp{(date->days() - unix_epoch_days) * micros_a_day + seconds * 1'000'000 + micros};
}

}  // namespace fodspor::events
