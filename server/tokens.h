// The tokens of a ledger, for a server that asks often: held in memory, and read again when their file has become another. Owned by the
// server; any thread. Whoever calls refresh() every so often sees a revocation within that time.
#pragma once

#include <filesystem>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "server/token_file.h"

namespace fodspor::server {

class Tokens {
 public:
  // Fault::corrupt, unsupported, unavailable, as of read_tokens: a server does not begin on a file that it cannot read.
  static Result<std::unique_ptr<Tokens>> open(const std::filesystem::path& ledger);
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;

  // What the bearer of this text may do. Fault::denied, with one sentence for unknown, expired and revoked alike: who tries tokens learns
  // nothing. It compares in constant time.
  Result<Grant> find(std::string_view text, Timestamp now) const;

  // For the log, after a refusal: why, and of which token. Never the text.
  struct Verdict {
    Standing standing = Standing::unknown;
    std::string id;  // public; empty if there is no such token
  };
  Verdict judge(std::string_view text, Timestamp now) const;

  // Of a connection that was let in before: is its token still good?
  bool still_valid(std::string_view id, Timestamp now) const;

  // Reads the file again if it has changed; true if it had. A file that is gone takes all tokens with it. One that cannot be read, or is
  // damaged, is a Failure each time until it is whole again, and what was read last goes on holding: a full descriptor table must not
  // end every connection. Faults as of open().
  Result<bool> refresh();

 private:
  explicit Tokens(std::filesystem::path ledger) : ledger_(std::move(ledger)) {}
  const Token* find_locked(std::string_view text) const;
  void hold(TokenList list);

  const std::filesystem::path ledger_;
  mutable std::shared_mutex mutex_;  // guards what is below
  TokenList list_;
  std::unordered_map<std::string, std::size_t> by_id_;  // into list_.tokens
};

}  // namespace fodspor::server
