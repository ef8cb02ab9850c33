#include "server/token_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>

#include "events/limits.h"
#include "server/token_lines.h"

namespace fodspor::server {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t id_digits_least = 4;

// One change at a time: the folder itself is locked, as the token file is another one after each change, and `lock` is the ledger's
// writer's.
template <class Change>
Status change_tokens(const fs::path& ledger, Change change) {
  const Descriptor folder(ledger, O_RDONLY | O_DIRECTORY);
  if (!folder.open()) return unavailable_file(ledger, folder.error());
  while (::flock(*folder, LOCK_EX) != 0) {
    if (errno != EINTR) return unavailable_file(ledger, errno);
  }
  FODSPOR_TRY(TokenList list, read_tokens(ledger));
  FODSPOR_TRY(const bool changed, change(list.tokens));
  if (!changed) return {};
  return replace_kept(token_file(ledger), token_lines(list.tokens), folder);
}

Result<std::size_t> find_meant(const std::vector<Token>& tokens, std::string_view which) {
  const auto secret = Secret::parse(which);
  const auto is_meant = [&](const Token& token) {
    if (secret) return token.hash == secret->hash();
    return which.size() >= id_digits_least && token.id().starts_with(which);
  };
  std::vector<std::size_t> meant;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (is_meant(tokens[i])) meant.push_back(i);
  }
  if (meant.empty()) {
    return fail(Fault::not_found,
                fmt::format("there is no such token: `fodspor token list` shows the ids, of which {} or more of the first "
                            "digits are enough",
                            id_digits_least));
  }
  if (meant.size() > 1) {
    return fail(Fault::invalid, fmt::format("{} tokens have ids that begin so: give more of the digits", meant.size()));
  }
  return meant.front();
}

}  // namespace

fs::path token_file(const fs::path& ledger) {
  return ledger / "tokens";
}

Result<std::optional<FileStamp>> stamp_of(const fs::path& ledger) {
  return stamp_at(token_file(ledger));
}

Result<TokenList> read_tokens(const fs::path& ledger) {
  const fs::path path = token_file(ledger);
  FODSPOR_TRY(const KeptText kept, read_kept(path, limits::token_file_bytes_max));
  if (!kept.stamp) return TokenList{};
  FODSPOR_TRY(auto tokens, read_token_lines(kept.text, path.string()));
  return TokenList{std::move(tokens), kept.stamp};
}

Status add_token(const fs::path& ledger, const Token& token) {
  FODSPOR_DO(check_token(token));
  return change_tokens(ledger, [&](std::vector<Token>& tokens) -> Result<bool> {
    if (tokens.size() >= limits::tokens_max) {
      return fail(Fault::too_large,
                  fmt::format("a ledger keeps {} tokens at most, revoked ones with them, and has as many: remove its file "
                              "`tokens` and issue those in use anew",
                              limits::tokens_max));
    }
    const auto taken = [&](const Token& other) { return other.id() == token.id(); };
    if (std::any_of(tokens.begin(), tokens.end(), taken)) return fail(Fault::conflict, "a token with this id is there: try again");
    tokens.push_back(token);
    return true;
  });
}

Result<Revoked> revoke_token(const fs::path& ledger, std::string_view which, Timestamp now) {
  Revoked revoked;
  const auto revoke = [&](std::vector<Token>& tokens) -> Result<bool> {
    FODSPOR_TRY(const std::size_t index, find_meant(tokens, which));
    Token& token = tokens[index];
    revoked.before = token.revoked_at.has_value();
    if (!revoked.before) token.revoked_at = now;
    revoked.token = token;
    return !revoked.before;
  };
  FODSPOR_DO(change_tokens(ledger, revoke));
  return revoked;
}

}  // namespace fodspor::server
