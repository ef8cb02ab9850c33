#include "server/token.h"

#include <fmt/format.h>
#include <sodium/core.h>
#include <sodium/crypto_generichash.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>

#include <algorithm>

#include "events/json_text.h"
#include "events/limits.h"

namespace fodspor::server {

namespace {

constexpr std::size_t id_bytes = 6;

}  // namespace

std::string hex(std::span<const unsigned char> bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();  // the zero that it ends with
  return text;
}

Secret Secret::random() {
  FODSPOR_CHECK(sodium_init() >= 0);
  Secret secret{std::array<unsigned char, 32>{}};
  randombytes_buf(secret.bytes_.data(), secret.bytes_.size());
  return secret;
}

std::optional<Secret> Secret::parse(std::string_view text) {
  Secret secret{std::array<unsigned char, 32>{}};
  if (!text.starts_with(prefix) || text.size() != prefix.size() + secret.bytes_.size() * 2) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::size_t read = 0;
  const bool digits = sodium_hex2bin(secret.bytes_.data(), secret.bytes_.size(), text.data(), text.size(), nullptr, &read, nullptr) == 0;
  if (!digits || read != secret.bytes_.size()) return std::nullopt;
  return secret;
}

Secret::~Secret() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

std::string Secret::text() const {
  return std::string(prefix) + hex(bytes_);
}

Hash Secret::hash() const {
  Hash hash{};
  FODSPOR_CHECK(crypto_generichash(hash.data(), hash.size(), bytes_.data(), bytes_.size(), nullptr, 0) == 0);
  return hash;
}

std::string_view name(Standing standing) noexcept {
  switch (standing) {
    case Standing::valid:
      return "valid";
    case Standing::unknown:
      return "unknown";
    case Standing::expired:
      return "expired";
    case Standing::revoked:
      return "revoked";
  }
  return "unknown";
}

std::string Token::id() const {
  return hex(std::span(hash).first<id_bytes>());
}

Grant Token::grant() const {
  return {id(), role, programmes, microdata, name.empty() ? id() : name};
}

Standing Token::standing(Timestamp now) const noexcept {
  // Whoever revoked it meant it: that it has expired as well is no news.
  if (revoked_at) return Standing::revoked;
  if (expires_at && now >= *expires_at) return Standing::expired;
  return Standing::valid;
}

Status check_token(const Token& token) {
  if (token.name.size() > limits::token_name_bytes_max) {
    return fail(Fault::invalid, fmt::format("the name has {} bytes, and {} at most fit", token.name.size(), limits::token_name_bytes_max));
  }
  const bool controls =
      std::any_of(token.name.begin(), token.name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (controls || !valid_utf8(token.name)) return fail(Fault::invalid, "the name has characters that cannot be shown: write plain text");
  if (token.name == "local") {
    return fail(Fault::invalid, "the name local stands for what is appended on the ledger's own machine: give the token another");
  }
  if (token.name.find(Secret::prefix) != std::string::npos) {
    return fail(Fault::invalid, "the name holds a token's text, which must not be kept: say what the token is for");
  }
  if (token.programmes.named().size() > limits::token_programmes_max) {
    return fail(Fault::invalid, fmt::format("a token names {} programmes at most, and this one {}: make it one for all, or several",
                                            limits::token_programmes_max, token.programmes.named().size()));
  }
  return check_grant(token.grant());
}

}  // namespace fodspor::server
