// A token: a secret that its bearer shows once in a connection, and what is kept of it. The secret itself is told to one person, once, and
// kept nowhere; a token is found again by the secret's hash. Values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/access.h"

namespace fodspor::server {

using Hash = std::array<unsigned char, 32>;

std::string hex(std::span<const unsigned char> bytes);

class Secret {
 public:
  static constexpr std::string_view prefix = "fodspor_";  // so that a person, or a search for leaked secrets, knows one by sight

  explicit Secret(const std::array<unsigned char, 32>& bytes) : bytes_(bytes) {}
  static Secret random();                                     // from the system's source
  static std::optional<Secret> parse(std::string_view text);  // none: this is no token, whatever else it may be
  ~Secret();                                                  // wipes its bytes
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;

  std::string text() const;  // the prefix and 64 hexadecimal digits
  Hash hash() const;         // BLAKE2b-256: 32 random bytes cannot be guessed, so they need no slow hash

 private:
  std::array<unsigned char, 32> bytes_;
};

// Only the log tells these apart; whoever asks gets one sentence.
enum class Standing : std::uint8_t { valid, unknown, expired, revoked };
std::string_view name(Standing) noexcept;

struct Token {
  Hash hash{};
  std::string name;  // what it is for; never whom
  Role role = Role::witness;
  Programmes programmes = Programmes::all();
  bool microdata = false;
  Timestamp issued_at;
  std::optional<Timestamp> expires_at;  // from then on it is no longer good
  std::optional<Timestamp> revoked_at;
  bool operator==(const Token&) const = default;

  std::string id() const;  // public: the first 12 hexadecimal digits of the hash
  Grant grant() const;
  Standing standing(Timestamp now) const noexcept;
};

// Whether its name can be kept: UTF-8 without control characters, at most limits::token_name_bytes_max bytes, no token by mistake; and its
// grant makes sense. Fault::invalid.
Status check_token(const Token& token);

}  // namespace fodspor::server
