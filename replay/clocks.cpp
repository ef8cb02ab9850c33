#include "replay/clocks.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace fodspor::replay {

namespace {

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

Failure not_understood(std::string_view known_at) {
  return {Fault::invalid, "known-at '" + std::string(known_at) +
                              "' is not understood; give a position (1200), a day (2021-03-31) or a moment (2021-03-31T12:00:00Z)"};
}

}  // namespace

Status check_known_at(std::string_view text) {
  if (whole_number(text) || Date::parse(text) || parse_timestamp(text)) return {};
  return tl::make_unexpected(not_understood(text));
}

Result<Position> last_recorded_by(const engine::Ledger& ledger, Timestamp moment) {
  // Times of recording never go back, so the log can be halved.
  std::uint64_t known = 0;
  std::uint64_t beyond = ledger.durable().value + 1;
  while (beyond - known > 1) {
    const std::uint64_t middle = known + (beyond - known) / 2;
    FODSPOR_TRY(const Event event, ledger.read({middle}));
    (event.placement().recorded_at <= moment ? known : beyond) = middle;
  }
  return Position{known};
}

Result<Position> resolve_known_at(const engine::Ledger& ledger, std::string_view text, std::string_view zone) {
  if (const auto position = whole_number(text)) {
    if (Position{*position} > ledger.durable()) {
      return fail(Fault::invalid, "known-at " + std::string(text) + " lies past the end of the log, which is " +
                                      std::to_string(ledger.durable().value) + "; give a position up to that, or a date");
    }
    return Position{*position};
  }
  if (const Result<Date> day = Date::parse(text)) {
    FODSPOR_TRY(const Timestamp end, end_of_day(*day, zone));
    return last_recorded_by(ledger, end);
  }
  if (const Result<Timestamp> moment = parse_timestamp(text)) return last_recorded_by(ledger, *moment);
  return tl::make_unexpected(not_understood(text));
}

Result<projections::AsOf> resolve_as_of(const engine::Ledger& ledger, std::string_view known_at, std::string_view valid_at,
                                        std::string_view zone) {
  projections::AsOf as_of;
  if (!known_at.empty()) {
    FODSPOR_TRY(as_of.known, resolve_known_at(ledger, known_at, zone));
  }
  if (!valid_at.empty()) {
    const Result<Date> day = Date::parse(valid_at);
    if (!day) return fail(Fault::invalid, "valid-at '" + std::string(valid_at) + "' is not a day; give one as 2021-03-31");
    as_of.valid = *day;
  }
  return as_of;
}

}  // namespace fodspor::replay
