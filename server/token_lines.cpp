#include "server/token_lines.h"

#include <fmt/format.h>
#include <sodium/utils.h>

#include <set>

#include "events/calendar.h"
#include "events/json_text.h"
#include "events/limits.h"
#include "server/cli/document.h"
#include "server/kept_file.h"
#include "server/kept_lines.h"

namespace fodspor::server {

namespace {

constexpr KeptLines kept_lines("tokens", 1, "remove it and issue all tokens anew");

std::string line_of(const Token& token) {
  Document line;
  if (token.expires_at) line["expires_at"] = text(*token.expires_at);
  line["hash"] = hex(token.hash);
  line["id"] = token.id();
  line["issued_at"] = text(token.issued_at);
  line["microdata"] = token.microdata;
  line["name"] = token.name;
  if (token.programmes.are_all()) {
    line["programmes"] = "all";
  } else {
    for (const ProgrammeId programme : token.programmes.named()) line["programmes"].push(programme.slug());
  }
  if (token.revoked_at) line["revoked_at"] = text(*token.revoked_at);
  line["role"] = name(token.role);
  line["sum"] = line_sum(line.text());
  return line.text();
}

const std::string* text_of(const JsonValue& object, std::string_view key) {
  const JsonValue* value = object.find(key);
  return value != nullptr && value->kind == JsonValue::Kind::text ? &value->text : nullptr;
}

std::optional<Timestamp> time_of(const JsonValue& object, std::string_view key) {
  const std::string* text = text_of(object, key);
  if (text == nullptr) return std::nullopt;
  const auto time = parse_timestamp(*text);
  return time ? std::optional(*time) : std::nullopt;
}

std::optional<Programmes> programmes_of(const JsonValue& object) {
  const JsonValue* value = object.find("programmes");
  if (value == nullptr) return std::nullopt;
  if (value->kind == JsonValue::Kind::text) return Programmes::all();
  std::vector<ProgrammeId> named;
  for (const JsonValue& item : value->items) {
    const auto programme = ProgrammeId::parse(item.text);
    if (!programme) return std::nullopt;
    named.push_back(*programme);
  }
  if (named.empty()) return std::nullopt;
  return Programmes::only(std::move(named));
}

// The token of which this is the line. What is not read here, and any other byte that is wrong, shows when the line is written again.
std::optional<Token> token_of(std::string_view line) {
  const auto object = parse_json(line);
  if (!object || object->kind != JsonValue::Kind::object) return std::nullopt;
  const std::string* hash = text_of(*object, "hash");
  const std::string* called = text_of(*object, "name");
  const std::string* role_name = text_of(*object, "role");
  const auto issued_at = time_of(*object, "issued_at");
  auto programmes = programmes_of(*object);
  const JsonValue* microdata = object->find("microdata");
  if (hash == nullptr || called == nullptr || role_name == nullptr || !issued_at || !programmes || microdata == nullptr)
    return std::nullopt;
  const auto role = find_role(*role_name);
  if (!role) return std::nullopt;
  Token token;
  std::size_t read = 0;
  if (sodium_hex2bin(token.hash.data(), token.hash.size(), hash->data(), hash->size(), nullptr, &read, nullptr) != 0) return std::nullopt;
  token.name = *called;
  token.role = *role;
  token.programmes = *std::move(programmes);
  token.microdata = microdata->flag;
  token.issued_at = *issued_at;
  token.expires_at = time_of(*object, "expires_at");
  token.revoked_at = time_of(*object, "revoked_at");
  if (line_of(token) != line) return std::nullopt;
  return token;
}

}  // namespace

std::string token_lines(const std::vector<Token>& tokens) {
  std::string text = kept_lines.head(tokens.size()) + '\n';
  for (const Token& token : tokens) {
    const std::string line = line_of(token);
    FODSPOR_CHECK(line.size() < limits::token_line_bytes_max);
    text += line + '\n';
  }
  return text;
}

Result<std::vector<Token>> read_token_lines(std::string_view text, std::string_view file) {
  std::vector<Token> tokens;
  std::set<std::string> ids;
  FODSPOR_DO(kept_lines.read(text, file, [&](std::string_view line) -> std::string {
    auto token = token_of(line);
    if (!token) return std::string(not_as_written);
    if (!ids.insert(token->id()).second) return "this token stands there twice";
    tokens.push_back(*std::move(token));
    return {};
  }));
  return tokens;
}

}  // namespace fodspor::server
