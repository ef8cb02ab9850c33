// Days in IANA zones. The zones are the system's (Debian's tzdata); the standard library of g++ 12 has none.
#include <date/tz.h>

#include <chrono>
#include <stdexcept>

#include "events/calendar.h"

namespace fodspor::events {

namespace {

using Micros = std::chrono::microseconds;

Result<const date::time_zone*> find_zone(std::string_view zone) {
  try {
    return date::locate_zone(zone);
  } catch (const std::runtime_error&) {
    return fail(Fault::invalid,
                "\"" + std::string(zone.substr(0, 40)) + "\" is not a time zone: write its IANA name, as Europe/Copenhagen");
  }
}

date::local_days local(Date day) {
  // Date counts from 1899-12-31, the clock from 1970-01-01.
  return date::local_days{date::days{day.days() - 25'568}};
}
static_assert(date::sys_days{date::year{1899} / 12 / 31}.time_since_epoch() == date::days{-25'568});

}  // namespace

Result<Timestamp> end_of_day(Date day, std::string_view zone) {
  FODSPOR_TRY(const date::time_zone* const where, find_zone(zone));
  // The next day begins at its midnight; where the clocks skip midnight, at the jump; where they repeat it, at the first of the two.
  const auto next = where->to_sys(date::local_time<Micros>{local(day) + date::days{1}}, date::choose::earliest);
  return Timestamp{next.time_since_epoch().count() - 1};
}

Result<Date> day_of(Timestamp time, std::string_view zone) {
  FODSPOR_TRY(const date::time_zone* const where, find_zone(zone));
  const auto day = date::floor<date::days>(where->to_local(date::sys_time<Micros>{Micros{time.micros}}));
  return Date::clamped(day.time_since_epoch().count() + 25'568);
}

}  // namespace fodspor::events
