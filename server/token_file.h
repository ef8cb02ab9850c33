// The file `tokens` in a ledger's folder. Beside what kept_file.h promises of such files: of two changes at once, by whichever processes,
// neither is lost. Any thread, any process; nothing is kept open.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "server/kept_file.h"
#include "server/token.h"

namespace fodspor::server {

struct TokenList {
  std::vector<Token> tokens;       // in the order in which they were issued
  std::optional<FileStamp> stamp;  // none: there is no file
};

std::filesystem::path token_file(const std::filesystem::path& ledger);

// No file: no token. Fault::corrupt (file and line), unsupported (newer), unavailable (it cannot be read).
Result<TokenList> read_tokens(const std::filesystem::path& ledger);
// Of the file that is there now. Fault::unavailable.
Result<std::optional<FileStamp>> stamp_of(const std::filesystem::path& ledger);

// Fault::invalid (check_token), conflict (its id is taken: draw another secret), too_large (limits::tokens_max), and those of reading.
Status add_token(const std::filesystem::path& ledger, const Token& token);

struct Revoked {
  Token token;
  bool before = false;  // it was revoked already, and stays so from then on
};
// The one that is meant by its id, by 4 or more of the id's first digits, or by its secret's text, as it was found where it should not be.
// Fault::not_found, invalid (several are meant), and those of reading. No message repeats what was given.
Result<Revoked> revoke_token(const std::filesystem::path& ledger, std::string_view which, Timestamp now);

}  // namespace fodspor::server
