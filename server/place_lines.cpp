#include "server/place_lines.h"

#include <fmt/format.h>

#include <optional>

#include "events/json_text.h"
#include "server/bounds.h"
#include "server/cli/document.h"
#include "server/kept_file.h"
#include "server/kept_lines.h"

namespace fodspor::server {

namespace {

constexpr KeptLines kept_lines("places", 1, "move it away, and clients that go on from a kept place begin at the first event");

std::string line_of(const PlaceName& place, Position position) {
  Document line;
  line["client"] = place.client;
  line["name"] = place.name;
  line["position"] = position.value;
  line["sum"] = line_sum(line.text());
  return line.text();
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
  std::string text = kept_lines.head(places.size()) + '\n';
  for (const auto& [place, position] : places) {
    const std::string line = line_of(place, position);
    FODSPOR_CHECK(line.size() < Bounds::place_line_bytes_max);
    text += line + '\n';
  }
  return text;
}

Result<PlaceList> read_place_lines(std::string_view text, std::string_view file) {
  PlaceList places;
  FODSPOR_DO(kept_lines.read(text, file, [&](std::string_view line) -> std::string {
    auto place = place_of(line);
    if (!place) return std::string(not_as_written);
    if (!places.empty() && place->first <= places.rbegin()->first) return "this place does not come after the one before it";
    places.insert(places.end(), *std::move(place));
    return {};
  }));
  return places;
}

}  // namespace fodspor::server
