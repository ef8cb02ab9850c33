// Small cells: counts of 1 to 4, which point at people, and what in the same line would give them away. Where whoever asks may see them,
// all stays as it is. What several lines together give away is not looked at here. One object a line; a value.
#pragma once

#include <cstdint>
#include <vector>

#include "server/cli/table.h"

namespace fodspor::server {

inline constexpr std::uint64_t few_below = 5;

constexpr bool is_few(std::uint64_t count) noexcept {
  return count > 0 && count < few_below;
}

class FewInLine {
 public:
  explicit FewInLine(bool hides) : hides_(hides) {}

  // Whether a count may be shown beside those that were shown before it: it is not small, and its distance to none of them is.
  bool shows(std::uint64_t count);
  // The same of the parts of a count that is shown, which add up to it with what is left: all of them, or none.
  bool shows_parts(std::uint64_t whole, const std::vector<std::uint64_t>& parts) const;

  // As it is, or in its place "under 5", "–" for what would give another away, and null for programs.
  static Cell cell(std::uint64_t count, bool shown);
  static Cell hidden();

 private:
  bool hides_;
  std::vector<std::uint64_t> shown_;
};

}  // namespace fodspor::server
