#include "projections/view_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>
#include <vector>

namespace fodspor::projections {

namespace {

constexpr std::string_view building_suffix = ".new";

struct Found {
  std::filesystem::path path;
  std::uint64_t generation = 0;
  bool building = false;
};

std::vector<Found> generations(const std::filesystem::path& root, std::string_view name) {
  std::vector<Found> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(root, error)) {
    std::string file = entry.path().filename().string();
    if (file.size() <= name.size() || !file.starts_with(name) || file[name.size()] != '@') continue;
    Found one{entry.path(), 0, file.ends_with(building_suffix)};
    if (one.building) file.resize(file.size() - building_suffix.size());
    const char* first = file.data() + name.size() + 1;
    const char* last = file.data() + file.size();
    const auto parsed = std::from_chars(first, last, one.generation);
    if (parsed.ec == std::errc() && parsed.ptr == last) found.push_back(std::move(one));
  }
  return found;
}

}  // namespace

std::filesystem::path ViewFiles::live(std::string_view name, std::uint64_t generation) const {
  return root_ / (std::string(name) + "@" + std::to_string(generation));
}

std::filesystem::path ViewFiles::building(std::string_view name, std::uint64_t generation) const {
  return live(name, generation).string() + std::string(building_suffix);
}

std::optional<std::uint64_t> ViewFiles::latest(std::string_view name) const {
  std::optional<std::uint64_t> best;
  for (const Found& found : generations(root_, name)) {
    if (!found.building && (!best || found.generation > *best)) best = found.generation;
  }
  return best;
}

Status ViewFiles::flip(std::string_view name, std::uint64_t generation) const {
  std::error_code error;
  std::filesystem::rename(building(name, generation), live(name, generation), error);
  if (error) return fail(Fault::unavailable, "the rebuilt view " + std::string(name) + " cannot take its place: " + error.message());
  return {};
}

void ViewFiles::tidy(std::string_view name, std::optional<std::uint64_t> keep) const {
  for (const Found& found : generations(root_, name)) {
    if (!found.building && keep && found.generation == *keep) continue;
    std::error_code error;
    std::filesystem::remove_all(found.path, error);
  }
}

Result<ViewLock> ViewLock::take(const std::filesystem::path& root) {
  std::error_code error;
  std::filesystem::create_directories(root, error);
  if (error) return fail(Fault::unavailable, root.string() + " cannot be made: " + error.message());
  const std::string path = (root / "lock").string();
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return fail(Fault::unavailable, path + " cannot be opened: " + std::generic_category().message(errno));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    ::close(descriptor);
    if (reason == EWOULDBLOCK)
      return fail(Fault::busy, "the views in " + root.string() + " are kept up by another process; try again when it is done");
    return fail(Fault::unavailable, path + " cannot be locked: " + std::generic_category().message(reason));
  }
  return ViewLock(descriptor);
}

ViewLock::ViewLock(ViewLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

ViewLock::~ViewLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace fodspor::projections
