// Where views lie: views/<name>@<generation>, each a directory of its own; `.new` behind the name while it is built. The lock is the
// writer's. One thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "events/failure.h"

namespace fodspor::projections {

using namespace fodspor::events;

class ViewFiles {
 public:
  explicit ViewFiles(std::filesystem::path root) : root_(std::move(root)) {}

  std::filesystem::path live(std::string_view name, std::uint64_t generation) const;
  std::filesystem::path building(std::string_view name, std::uint64_t generation) const;
  // The highest finished generation; none if there is none.
  std::optional<std::uint64_t> latest(std::string_view name) const;
  // The build becomes the live generation. Fault::unavailable.
  Status flip(std::string_view name, std::uint64_t generation) const;
  // Removes unfinished builds, and generations other than the one to keep; failures leave files that the next call removes.
  void tidy(std::string_view name, std::optional<std::uint64_t> keep) const;
  const std::filesystem::path& root() const noexcept { return root_; }

 private:
  std::filesystem::path root_;
};

// Held while it lives. Fault::busy if another process holds it.
class ViewLock {
 public:
  static Result<ViewLock> take(const std::filesystem::path& root);
  ViewLock(ViewLock&& other) noexcept;
  ViewLock& operator=(ViewLock&&) = delete;
  ~ViewLock();

 private:
  explicit ViewLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace fodspor::projections
