#include "server/http_target.h"

#include <optional>

#include "events/json_text.h"

namespace fodspor::server {

namespace {

std::optional<unsigned> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

enum class Plus : bool { is_plus, is_space };

Result<std::string> decoded(std::string_view text, Plus plus) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const auto high = i + 2 < text.size() ? digit(text[i + 1]) : std::nullopt;
      const auto low = high ? digit(text[i + 2]) : std::nullopt;
      if (!low) return fail(Fault::invalid, "the address has a % that two hexadecimal digits do not follow");
      c = static_cast<char>(*high * 16 + *low);
      i += 2;
    } else if (c == '+' && plus == Plus::is_space) {
      c = ' ';
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return fail(Fault::invalid, "the address has a control character in it");
    out += c;
  }
  if (!valid_utf8(out)) return fail(Fault::invalid, "the address is not UTF-8 when its escapes are taken back");
  return out;
}

// Calls `take` with each part between the separators; empty ones are left out.
template <class Take>
Status each_part(std::string_view text, char separator, const Take& take) {
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    if (const auto part = text.substr(0, end); !part.empty()) FODSPOR_DO(take(part));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace

Result<HttpTarget> HttpTarget::parse(std::string_view target) {
  if (!target.starts_with('/')) return fail(Fault::invalid, "the address of a request begins with a slash, as /v1/ping");
  HttpTarget parsed;
  const std::size_t question = target.find('?');
  FODSPOR_DO(each_part(target.substr(0, question), '/', [&](std::string_view part) -> Status {
    FODSPOR_TRY(parsed.steps.emplace_back(), decoded(part, Plus::is_plus));
    return {};
  }));
  if (question == std::string_view::npos) return parsed;
  FODSPOR_DO(each_part(target.substr(question + 1), '&', [&](std::string_view part) -> Status {
    const std::size_t equals = part.find('=');
    FODSPOR_TRY(std::string key, decoded(part.substr(0, equals), Plus::is_space));
    FODSPOR_TRY(std::string value, decoded(equals == std::string_view::npos ? "" : part.substr(equals + 1), Plus::is_space));
    parsed.options.emplace_back(std::move(key), std::move(value));
    return {};
  }));
  return parsed;
}

}  // namespace fodspor::server
