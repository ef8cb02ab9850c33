#include "server/cli/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "replay/clocks.h"
#include "server/cli/help.h"

namespace fodspor::server {

Mistake take(const Option& option, const std::vector<std::string>& values) {
  for (const auto& value : values) {
    if (option.choices.empty() || std::find(option.choices.begin(), option.choices.end(), value) != option.choices.end()) continue;
    const std::string meant = nearest(value, option.choices);
    return fmt::format("{}: '{}' is not one of {}{}", option.name, value, fmt::join(option.choices, ", "),
                       meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant));
  }
  if (auto* const* flag = std::get_if<bool*>(&option.target)) {
    for (const auto& value : values) {
      if (value != "true") return fmt::format("{} takes no value; leave '={}' out", option.name, value);
    }
    **flag = true;
  } else if (auto* const* text = std::get_if<std::string*>(&option.target)) {
    **text = values.back();
  } else if (auto* const* maybe = std::get_if<std::optional<std::string>*>(&option.target)) {
    **maybe = values.back();
  } else if (auto* const* list = std::get_if<std::vector<std::string>*>(&option.target)) {
    **list = values;
  } else if (auto* const* number = std::get_if<std::optional<std::uint64_t>*>(&option.target)) {
    std::uint64_t parsed = 0;
    const std::string& value = values.back();
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (error != std::errc() || end != value.data() + value.size()) {
      return fmt::format("{}: '{}' is not a whole number", option.name, value);
    }
    **number = parsed;
  } else if (auto* const* date = std::get_if<std::optional<Date>*>(&option.target)) {
    const auto parsed = Date::parse(values.back());
    if (!parsed) return fmt::format("{}: {}", option.name, parsed.error().message);
    **date = *parsed;
  } else if (auto* const* programme = std::get_if<std::optional<ProgrammeId>*>(&option.target)) {
    const auto parsed = ProgrammeId::parse(values.back());
    if (!parsed) return fmt::format("{}: {}", option.name, parsed.error().message);
    **programme = *parsed;
  } else if (auto* const* known_at = std::get_if<std::optional<KnownAt>*>(&option.target)) {
    if (const auto checked = replay::check_known_at(values.back()); !checked) return "--" + checked.error().message;
    **known_at = KnownAt{values.back()};
  }
  return std::nullopt;
}

}  // namespace fodspor::server
