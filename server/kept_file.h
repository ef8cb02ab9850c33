// A small text file in a ledger's folder: read whole, and replaced whole. What it promises: a change that has been answered is on disk, and
// a reader sees the file before or after it and nothing between. It belongs to whom the folder belongs to, and only they may read it. Any
// thread; nothing is kept open.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "events/failure.h"

namespace fodspor::server {

using namespace fodspor::events;

// What tells one content of the file from the next without reading it: each is a new file, renamed into place.
struct FileStamp {
  std::uint64_t device = 0, inode = 0;
  std::int64_t size = 0, modified_ns = 0, changed_ns = 0;
  bool operator==(const FileStamp&) const = default;
};

// An open file or folder; closed with this.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags, mode_t mode = 0);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool open() const noexcept { return number_ >= 0; }
  int error() const noexcept { return error_; }  // why it is not open
  int operator*() const noexcept { return number_; }

 private:
  int number_;
  int error_;
};

struct KeptText {
  std::string text;
  std::optional<FileStamp> stamp;  // none: there is no file
};

// Fault::corrupt: it is longer than any that was written; unavailable: it cannot be read, or is no file.
Result<KeptText> read_kept(const std::filesystem::path& path, std::size_t bytes_max);
// Of the file that is there now. Fault::unavailable.
Result<std::optional<FileStamp>> stamp_at(const std::filesystem::path& path);
// On disk when it returns. One at a time, which is for the caller to see to. `folder` is the file's own, open. Fault::unavailable; what was
// there before then stands, unless the message says that it is unknown.
Status replace_kept(const std::filesystem::path& path, const std::string& text, const Descriptor& folder);

// The BLAKE2b-128 of a line, in hexadecimal digits, so that damage shows.
std::string line_sum(std::string_view line);

tl::unexpected<Failure> unavailable_file(const std::filesystem::path& path, int error);

}  // namespace fodspor::server
