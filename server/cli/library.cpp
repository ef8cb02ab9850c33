#include "server/cli/library.h"

#include <fmt/format.h>

#include "server/cli/help.h"
#include "server/cli/input.h"

namespace fodspor::server {

std::string hex_of(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return out;
}

std::string_view name(projections::Unit unit) noexcept {
  switch (unit) {
    case projections::Unit::participation:
      return "participation";
    case projections::Unit::person:
      return "person";
    case projections::Unit::match:
      return "match";
    case projections::Unit::placement:
      return "placement";
    case projections::Unit::enterprise:
      return "enterprise";
    case projections::Unit::staff:
      return "staff";
  }
  return "";
}

Result<projections::Definition> find_definition(projections::Library& library, const std::string& text, const World& world) {
  if (text.ends_with(".toml")) {
    FODSPOR_TRY(const Input input, Input::read(text, world));
    return library.add(input.content(), input.name());
  }
  const std::size_t mark = text.find('@');
  const std::string id = text.substr(0, mark);
  const std::string version = mark == std::string::npos ? "" : text.substr(mark + 1);
  auto found = library.find(id, version);
  if (found) return found;
  if (found.error().message.find("did you mean") != std::string::npos) return found;
  const auto all = library.all();
  std::vector<std::string_view> ids;
  for (const auto& definition : all) ids.push_back(definition.id());
  const std::string meant = nearest(id, ids);
  if (!meant.empty() && meant != id) found.error().message += fmt::format("; did you mean '{}'?", meant);
  return found;
}

}  // namespace fodspor::server
