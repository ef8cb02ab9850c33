#include "server/kept_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>

namespace fodspor::server {

namespace fs = std::filesystem;

namespace {

constexpr mode_t owner_alone = 0600;

FileStamp stamp_of(const struct stat& status) {
  const auto nanoseconds = [](const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; };
  return {status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

Status write_all(int file, std::string_view text, const fs::path& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return unavailable_file(path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// A file beside the kept one, whole and on disk, with the owner of the folder: root may change it while the server runs as somebody else.
Status write_beside(const fs::path& path, const std::string& text, const struct stat& folder) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return unavailable_file(path, errno);  // of a change that was cut short
  const Descriptor file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, owner_alone);
  if (!file.open()) return unavailable_file(path, file.error());
  if (::fchmod(*file, owner_alone) != 0) return unavailable_file(path, errno);
  if (::geteuid() == 0 && ::fchown(*file, folder.st_uid, folder.st_gid) != 0) return unavailable_file(path, errno);
  FODSPOR_DO(write_all(*file, text, path));
  if (::fsync(*file) != 0) return unavailable_file(path, errno);
  return {};
}

}  // namespace

tl::unexpected<Failure> unavailable_file(const fs::path& path, int error) {
  return fail(Fault::unavailable, fmt::format("{}: {}", path.string(), std::strerror(error)));
}

Descriptor::Descriptor(const fs::path& path, int flags, mode_t mode)
    : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)), error_(errno) {}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Result<std::optional<FileStamp>> stamp_at(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return stamp_of(status);
  if (errno == ENOENT) return std::nullopt;
  return unavailable_file(path, errno);
}

Result<KeptText> read_kept(const fs::path& path, std::size_t bytes_max) {
  const Descriptor file(path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
  if (!file.open() && file.error() == ENOENT) return KeptText{};
  if (!file.open()) return unavailable_file(path, file.error());
  struct stat status {};
  if (::fstat(*file, &status) != 0) return unavailable_file(path, errno);
  if (!S_ISREG(status.st_mode)) {
    return fail(Fault::unavailable,
                fmt::format("{} is not a file: put it away, {} are kept there", path.string(), path.filename().string()));
  }
  KeptText kept;
  kept.stamp = stamp_of(status);
  std::array<char, 65'536> piece{};
  for (;;) {
    const ssize_t got = ::read(*file, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unavailable_file(path, errno);
    if (got == 0) return kept;
    kept.text.append(piece.data(), static_cast<std::size_t>(got));
    if (kept.text.size() > bytes_max) {
      return fail(Fault::corrupt, path.string() + ":1: the file is larger than any that was written; restore it from a backup");
    }
  }
}

Status replace_kept(const fs::path& path, const std::string& text, const Descriptor& folder) {
  struct stat status {};
  if (::fstat(*folder, &status) != 0) return unavailable_file(path.parent_path(), errno);
  const fs::path beside = path.string() + ".new";
  if (auto written = write_beside(beside, text, status); !written) {
    ::unlink(beside.c_str());
    return written;
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return unavailable_file(path, errno);
  if (::fsync(*folder) != 0) {
    return fail(Fault::unavailable, fmt::format("{}: {}: whether the change outlives a power cut is unknown; look at the disk, and at what "
                                                "the file holds",
                                                path.string(), std::strerror(errno)));
  }
  return {};
}

std::string line_sum(std::string_view line) {
  std::array<unsigned char, 16> sum{};
  FODSPOR_CHECK(crypto_generichash(sum.data(), sum.size(), std::bit_cast<const unsigned char*>(line.data()), line.size(), nullptr, 0) == 0);
  std::string digits(sum.size() * 2 + 1, '\0');
  sodium_bin2hex(digits.data(), digits.size(), sum.data(), sum.size());
  digits.pop_back();
  return digits;
}

}  // namespace fodspor::server
