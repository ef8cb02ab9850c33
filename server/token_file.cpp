#include "server/token_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "events/limits.h"
#include "server/token_lines.h"

namespace fodspor::server {

namespace {

namespace fs = std::filesystem;

constexpr mode_t owner_alone = 0600;
constexpr std::size_t id_digits_least = 4;

tl::unexpected<Failure> unavailable(const fs::path& path, int error) {
  return fail(Fault::unavailable, fmt::format("{}: {}", path.string(), std::strerror(error)));
}

// An open file or folder; closed with this.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, mode_t mode = 0) : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)), error_(errno) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool open() const noexcept { return number_ >= 0; }
  int error() const noexcept { return error_; }  // why it is not open
  int operator*() const noexcept { return number_; }

 private:
  int number_;
  int error_;
};

FileStamp stamp_of(const struct stat& status) {
  const auto nanoseconds = [](const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; };
  return {status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

Status write_all(int file, std::string_view text, const fs::path& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return unavailable(path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// A file beside the token file, whole and on disk, with the owner of the folder: root may add a token while the server runs as somebody
// else.
Status write_beside(const fs::path& path, const std::string& text, const struct stat& folder) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return unavailable(path, errno);  // of a change that was cut short
  const Descriptor file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, owner_alone);
  if (!file.open()) return unavailable(path, file.error());
  if (::fchmod(*file, owner_alone) != 0) return unavailable(path, errno);
  if (::geteuid() == 0 && ::fchown(*file, folder.st_uid, folder.st_gid) != 0) return unavailable(path, errno);
  FODSPOR_DO(write_all(*file, text, path));
  if (::fsync(*file) != 0) return unavailable(path, errno);
  return {};
}

// One change at a time: the folder itself is locked, as the token file is another one after each change, and `lock` is the ledger's
// writer's.
template <class Change>
Status change_tokens(const fs::path& ledger, Change change) {
  const Descriptor folder(ledger, O_RDONLY | O_DIRECTORY);
  if (!folder.open()) return unavailable(ledger, folder.error());
  while (::flock(*folder, LOCK_EX) != 0) {
    if (errno != EINTR) return unavailable(ledger, errno);
  }
  struct stat status {};
  if (::fstat(*folder, &status) != 0) return unavailable(ledger, errno);
  FODSPOR_TRY(TokenList list, read_tokens(ledger));
  FODSPOR_TRY(const bool changed, change(list.tokens));
  if (!changed) return {};
  const fs::path path = token_file(ledger), beside = ledger / "tokens.new";
  if (auto written = write_beside(beside, token_lines(list.tokens), status); !written) {
    ::unlink(beside.c_str());
    return written;
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return unavailable(path, errno);
  if (::fsync(*folder) != 0) {
    return fail(Fault::unavailable, fmt::format("{}: {}: whether the change outlives a power cut is unknown; look at the disk, and at "
                                                "`fodspor token list`",
                                                path.string(), std::strerror(errno)));
  }
  return {};
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
  const fs::path path = token_file(ledger);
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return stamp_of(status);
  if (errno == ENOENT) return std::nullopt;
  return unavailable(path, errno);
}

Result<TokenList> read_tokens(const fs::path& ledger) {
  const fs::path path = token_file(ledger);
  const Descriptor file(path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
  if (!file.open() && file.error() == ENOENT) return TokenList{};
  if (!file.open()) return unavailable(path, file.error());
  struct stat status {};
  if (::fstat(*file, &status) != 0) return unavailable(path, errno);
  if (!S_ISREG(status.st_mode)) return fail(Fault::unavailable, path.string() + " is not a file: put it away, tokens are kept there");
  std::string text;
  std::array<char, 65'536> piece{};
  for (;;) {
    const ssize_t got = ::read(*file, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unavailable(path, errno);
    if (got == 0) break;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > limits::token_file_bytes_max) {
      return fail(Fault::corrupt, path.string() + ":1: the file is larger than any that was written; restore it from a backup");
    }
  }
  FODSPOR_TRY(auto tokens, read_token_lines(text, path.string()));
  return TokenList{std::move(tokens), stamp_of(status)};
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
