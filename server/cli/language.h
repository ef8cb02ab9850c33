// Words in the two languages that titles and column heads come in, and how each writes its numbers. Plain values; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fodspor::server {

enum class Language : std::uint8_t { english, danish };

// Text that stands in the source: both languages, each for the whole life of the program.
struct Words {
  std::string_view en;
  std::string_view da;
  constexpr std::string_view in(Language language) const noexcept { return language == Language::danish && !da.empty() ? da : en; }
};

// "da", "da_DK.UTF-8", "en": none for a language that there are no titles in.
std::optional<Language> find_language(std::string_view name);
// What the locale's variables say, in their order of standing (LC_ALL, LC_MESSAGES, LANG); English if they say nothing.
Language language_of_locale(const std::function<std::optional<std::string>(const char*)>& variable);

// 13940281 → "13,940,281" and "13.940.281".
std::string grouped(std::int64_t number, Language language);
// 31 of 120 → "25.8 %" and "25,8 %", rounded half up; "–" of nothing.
std::string percent(std::uint64_t numerator, std::uint64_t denominator, Language language);
// Millionths as a decimal number without trailing zeros: 1590000 → "1.59" and "1,59".
std::string decimal(std::int64_t millionths, Language language);

// Commands in a sentence, between backticks, as the user can type them: "`fodspor kpi`" → "`./fodspor kpi`".
std::string as_called(std::string_view text, std::string_view called);

}  // namespace fodspor::server
