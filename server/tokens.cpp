#include "server/tokens.h"

#include <sodium/utils.h>

#include <mutex>

namespace fodspor::server {

Result<std::unique_ptr<Tokens>> Tokens::open(const std::filesystem::path& ledger) {
  std::unique_ptr<Tokens> tokens(new Tokens(ledger));
  FODSPOR_TRY(TokenList list, read_tokens(ledger));
  tokens->hold(std::move(list));
  return tokens;
}

void Tokens::hold(TokenList list) {
  list_ = std::move(list);
  by_id_.clear();
  for (std::size_t i = 0; i < list_.tokens.size(); ++i) by_id_.emplace(list_.tokens[i].id(), i);
}

const Token* Tokens::find_locked(std::string_view text) const {
  const auto secret = Secret::parse(text);
  if (!secret) return nullptr;
  const Hash hash = secret->hash();
  const Token* found = nullptr;
  // All of them, wherever the right one stands.
  for (const Token& token : list_.tokens) {
    if (sodium_memcmp(token.hash.data(), hash.data(), hash.size()) == 0) found = &token;
  }
  return found;
}

Result<Grant> Tokens::find(std::string_view text, Timestamp now) const {
  const std::shared_lock lock(mutex_);
  const Token* token = find_locked(text);
  if (token == nullptr || token->standing(now) != Standing::valid) {
    return fail(Fault::denied,
                "this token is not accepted: it may be mistyped, expired or revoked; an admin of the ledger gives another one "
                "with `fodspor token add`");
  }
  return token->grant();
}

Tokens::Verdict Tokens::judge(std::string_view text, Timestamp now) const {
  const std::shared_lock lock(mutex_);
  const Token* token = find_locked(text);
  if (token == nullptr) return {};
  return {token->standing(now), token->id()};
}

bool Tokens::still_valid(std::string_view id, Timestamp now) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_id_.find(std::string(id));
  return found != by_id_.end() && list_.tokens[found->second].standing(now) == Standing::valid;
}

Result<bool> Tokens::refresh() {
  FODSPOR_TRY(const auto stamp, stamp_of(ledger_));
  {
    const std::shared_lock lock(mutex_);
    if (stamp == list_.stamp) return false;
  }
  // Read without the lock: nobody waits for the disk. The stamp is that of the file that was read, so a change meanwhile is seen next time.
  FODSPOR_TRY(TokenList list, read_tokens(ledger_));
  const std::unique_lock lock(mutex_);
  hold(std::move(list));
  return true;
}

}  // namespace fodspor::server
