#include "server/place_lines.h"

#include <fmt/format.h>

#include <optional>

#include "events/json_text.h"
#include "server/bounds.h"
#include "server/cli/document.h"
#include "server/kept_file.h"

namespace fodspor::server {

namespace {

constexpr std::uint64_t format = 1;

std::string head_of(std::uint64_t places) {
  Document head;
  head["fodspor"] = "places";
  head["format"] = format;
  head["places"] = places;
  return head.text();
}

std::string line_of(const PlaceName& place, Position position) {
  Document line;
  line["client"] = place.client;
  line["name"] = place.name;
  line["position"] = position.value;
  line["sum"] = line_sum(line.text());
  return line.text();
}

tl::unexpected<Failure> damaged(std::string_view file, std::size_t line, std::string_view how) {
  return fail(Fault::corrupt,
              fmt::format("{}:{}: {}; restore the file from a backup, or move it away, and clients that go on from a kept place begin "
                          "at the first event",
                          file, line, how));
}

constexpr std::string_view not_as_written = "this line is not as it was written";

// How many lines follow.
Result<std::uint64_t> read_head(std::string_view line, std::string_view file) {
  const auto head = parse_json(line);
  if (!head || head->kind != JsonValue::Kind::object) return damaged(file, 1, not_as_written);
  const JsonValue* version = head->find("format");
  const JsonValue* places = head->find("places");
  if (version == nullptr || places == nullptr) return damaged(file, 1, not_as_written);
  if (version->kind == JsonValue::Kind::number && version->number > format) {
    return fail(Fault::unsupported,
                fmt::format("{}:1: a newer version of the program wrote this (format {}): use that one", file, version->number));
  }
  if (head_of(places->number) != line) return damaged(file, 1, not_as_written);
  return places->number;
}

// What is not read here, and any other byte that is wrong, shows when the line is written again.
std::optional<std::pair<PlaceName, Position>> place_of(std::string_view line) {
  const auto object = parse_json(line);
  if (!object || object->kind != JsonValue::Kind::object) return std::nullopt;
  const JsonValue* client = object->find("client");
  const JsonValue* name = object->find("name");
  const JsonValue* position = object->find("position");
  if (client == nullptr || name == nullptr || position == nullptr) return std::nullopt;
  std::pair<PlaceName, Position> place{{client->text, name->text}, {position->number}};
  if (line_of(place.first, place.second) != line) return std::nullopt;
  return place;
}

}  // namespace

std::string place_lines(const PlaceList& places) {
  std::string text = head_of(places.size()) + '\n';
  for (const auto& [place, position] : places) {
    const std::string line = line_of(place, position);
    FODSPOR_CHECK(line.size() < Bounds::place_line_bytes_max);
    text += line + '\n';
  }
  return text;
}

Result<PlaceList> read_place_lines(std::string_view text, std::string_view file) {
  PlaceList places;
  std::optional<std::uint64_t> wanted;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return damaged(file, number, "this line is cut short");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!wanted) {
      FODSPOR_TRY(wanted, read_head(line, file));
      continue;
    }
    auto place = place_of(line);
    if (!place) return damaged(file, number, not_as_written);
    if (!places.empty() && place->first <= places.rbegin()->first)
      return damaged(file, number, "this place does not come after the one before it");
    places.insert(places.end(), *std::move(place));
  }
  if (!wanted) return damaged(file, 1, "the file is empty");
  if (places.size() != *wanted) return damaged(file, 1, fmt::format("{} places were written and {} are there", *wanted, places.size()));
  return places;
}

}  // namespace fodspor::server
