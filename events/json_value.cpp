#include "events/json_value.h"

#include <algorithm>
#include <cstring>

namespace fodspor::events::json {

using JsonKind = JsonValue::Kind;

namespace {

// Keys under which people put what belongs to a person. None of them is a field of any event.
bool personal_key(std::string_view key) {
  constexpr std::array<std::string_view, 24> keys{"address",    "birth_date", "birthdate",  "birthday", "comment",   "comments",
                                                  "contact",    "cpr",        "cpr_number", "cprnr",    "diagnosis", "email",
                                                  "first_name", "free_text",  "last_name",  "mail",     "mobile",    "name",
                                                  "note",       "notes",      "personal",   "phone",    "remarks",   "telephone"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

std::string Path::text() const {
  std::string result = above ? above->text() : std::string();
  if (key.empty()) return above ? result + "[" + std::to_string(index) + "]" : result;
  if (!result.empty()) result += '.';
  return result.append(key.substr(0, 60));
}

tl::unexpected<Failure> refuse(const Path& path, std::size_t offset, std::string_view why, Fault fault) {
  const std::string place = path.text();
  return fail(fault, (place.empty() ? std::string() : place + ": ") + std::string(why) + " (byte " + std::to_string(offset) + ")");
}

tl::unexpected<Failure> refuse(const Path& path, const JsonValue& value, std::string_view why) {
  return refuse(path, value.offset, why);
}

Status expect(const JsonValue& value, JsonKind kind, const Path& path, std::string_view wanted) {
  if (value.kind == kind) return {};
  return refuse(path, value, std::string(value.kind_name()) + " stands here, and " + std::string(wanted) + " should");
}

std::string listed(const std::vector<std::string>& names, std::size_t from) {
  std::string result;
  for (std::size_t i = from; i < names.size(); ++i) result += (i == from ? "" : ", ") + names[i];
  return result;
}

tl::unexpected<Failure> unknown_key(const JsonValue::Member& member, const Path& path, const std::string& known) {
  if (personal_key(member.key)) {
    return refuse(
        path, member.offset,
        "personal data are refused until they can be sealed: nothing that names or describes a person may enter the log in the clear; "
        "leave the field out",
        Fault::unsupported);
  }
  return refuse(path, member.offset, "there is no such field here" + (known.empty() ? "" : "; there are " + known));
}

Result<std::uint64_t> read_count(const JsonValue& value, std::uint64_t most, const Path& path) {
  FODSPOR_DO(expect(value, JsonKind::number, path, "an integer"));
  if (value.flag) return refuse(path, value, "a number below 0");
  if (value.number > most) return refuse(path, value, std::to_string(value.number) + " is too large: at most " + std::to_string(most));
  return value.number;
}

Result<std::uint64_t> read_decimal(const JsonValue& value, std::uint64_t most, const Path& path) {
  FODSPOR_DO(expect(value, JsonKind::text, path, "a decimal in quotes, as \"1.59\","));
  const std::string_view text = value.text;
  const auto bad = [&] {
    return refuse(path, value,
                  "\"" + std::string(text.substr(0, 40)) + "\" is not a decimal: write it as \"1.59\", with at most 6 decimals");
  };
  std::uint64_t millionths = 0;
  std::size_t whole = 0;
  std::size_t decimals = 0;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return bad();
    if (++(point ? decimals : whole) > (point ? 6u : 12u)) return bad();
    millionths = millionths * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (whole == 0 || (point && decimals == 0) || (whole > 1 && text.front() == '0')) return bad();
  for (; decimals < 6; ++decimals) millionths *= 10;
  if (millionths > most) return refuse(path, value, std::string(text) + " is too large");
  return millionths;
}

Result<std::uint16_t> read_choice(const JsonValue& value, const std::vector<std::string>& choices, const Path& path) {
  FODSPOR_DO(expect(value, JsonKind::text, path, "one of " + listed(choices, 1)));
  // What is not specified is left out, so its name is none of the choices.
  const auto found = std::find(choices.begin() + 1, choices.end(), value.text);
  if (found != choices.end()) return static_cast<std::uint16_t>(found - choices.begin());
  return refuse(path, value, "\"" + value.text.substr(0, 60) + "\" is none of " + listed(choices, 1));
}

Result<kj::StringPtr> read_text(const JsonValue& value, std::size_t bytes_max, const Path& path) {
  FODSPOR_DO(expect(value, JsonKind::text, path, "a string"));
  if (value.text.empty()) return refuse(path, value, "an empty string: leave the field out");
  if (value.text.size() > bytes_max)
    return refuse(path, value, "the text has " + std::to_string(value.text.size()) + " bytes, and may have " + std::to_string(bytes_max));
  if (value.text.find('\0') != std::string::npos) return refuse(path, value, "the text holds a zero byte");
  return kj::StringPtr(value.text.c_str(), value.text.size());
}

Result<std::array<unsigned char, 32>> read_hash(const JsonValue& value, const Path& path) {
  FODSPOR_DO(expect(value, JsonKind::text, path, "a hash"));
  const std::string_view text = value.text;
  std::array<unsigned char, 32> hash;
  if (text.size() == 64) {
    const auto first = Id::parse(text.substr(0, 32)), second = Id::parse(text.substr(32));
    if (first && second) {
      std::memcpy(hash.data(), first->bytes().data(), 16);
      std::memcpy(hash.data() + 16, second->bytes().data(), 16);
      return hash;
    }
  }
  return refuse(path, value, "a SHA-256 hash has 64 hexadecimal digits");
}

namespace {

// The values that parse from a string by a function of their own.
template <class Parse>
auto read_parsed(const JsonValue& value, const Path& path, std::string_view wanted, Parse parse) -> decltype(parse(std::string_view())) {
  FODSPOR_DO(expect(value, JsonKind::text, path, wanted));
  auto parsed = parse(value.text);
  if (!parsed) return refuse(path, value.offset, parsed.error().message, parsed.error().fault);
  return parsed;
}

}  // namespace

Result<Date> read_date(const JsonValue& value, const Path& path) {
  return read_parsed(value, path, "a date, as \"2021-03-31\",", [](std::string_view text) { return Date::parse(text); });
}
Result<Timestamp> read_moment(const JsonValue& value, const Path& path) {
  return read_parsed(value, path, "a point in time", [](std::string_view text) { return parse_timestamp(text); });
}
Result<Id> read_id(const JsonValue& value, const Path& path) {
  return read_parsed(value, path, "an id", [](std::string_view text) { return Id::parse(text); });
}
Result<StreamId> read_stream(const JsonValue& value, const Path& path) {
  return read_parsed(value, path, "a stream, as \"participant/…\",", [](std::string_view text) { return StreamId::parse(text); });
}
Result<ProgrammeId> read_programme(const JsonValue& value, const Path& path) {
  return read_parsed(value, path, "a programme's short name", [](std::string_view text) { return ProgrammeId::parse(text); });
}
Result<EventId> read_event_id(const JsonValue& value, const Path& path) {
  return read_parsed(value, path, "an event's id", [](std::string_view text) { return EventId::parse(text); });
}

}  // namespace fodspor::events::json
