#include "server/cli/language.h"

#include <fmt/format.h>

#include <cstdlib>

namespace fodspor::server {

std::optional<Language> find_language(std::string_view name) {
  const std::string_view code = name.substr(0, name.find_first_of("_.@-"));
  if (code == "da") return Language::danish;
  if (code == "en" || code == "C" || code == "POSIX") return Language::english;
  return std::nullopt;
}

Language language_of_locale(const std::function<std::optional<std::string>(const char*)>& variable) {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const auto value = variable(name);
    if (value && !value->empty()) return find_language(*value).value_or(Language::english);
  }
  return Language::english;
}

std::string grouped(std::int64_t number, Language language) {
  const std::string digits = fmt::format("{}", number);
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  std::string text = digits.substr(0, first);
  for (std::size_t i = first; i < digits.size(); ++i) {
    if (i > first && (digits.size() - i) % 3 == 0) text += language == Language::danish ? '.' : ',';
    text += digits[i];
  }
  return text;
}

std::string percent(std::uint64_t numerator, std::uint64_t denominator, Language language) {
  if (denominator == 0) return "–";
  // Tenths of a per cent in whole numbers, so that no binary fraction decides which way a half goes. Counts are far below 2^53.
  const std::uint64_t tenths = (numerator * 2000 + denominator) / (denominator * 2);
  return fmt::format("{}{}{} %", tenths / 10, language == Language::danish ? ',' : '.', tenths % 10);
}

std::string decimal(std::int64_t millionths, Language language) {
  const std::int64_t whole = std::abs(millionths / 1'000'000);
  std::string fraction = fmt::format("{:06}", std::abs(millionths % 1'000'000));
  fraction.erase(fraction.find_last_not_of('0') + 1);
  const std::string sign = millionths < 0 ? "-" : "";
  if (fraction.empty()) return sign + fmt::format("{}", whole);
  return fmt::format("{}{}{}{}", sign, whole, language == Language::danish ? ',' : '.', fraction);
}

std::string as_called(std::string_view text, std::string_view called) {
  constexpr std::string_view written = "`fodspor";
  std::string out;
  while (!text.empty()) {
    const std::size_t at = text.find(written);
    out += text.substr(0, at);
    if (at == std::string_view::npos) break;
    out += '`';
    out += called;
    text.remove_prefix(at + written.size());
  }
  return out;
}

}  // namespace fodspor::server
