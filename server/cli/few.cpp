#include "server/cli/few.h"

#include <algorithm>

namespace fodspor::server {

bool FewInLine::shows(std::uint64_t count) {
  if (!hides_) return true;
  if (is_few(count)) return false;
  for (const std::uint64_t other : shown_) {
    if (is_few(count > other ? count - other : other - count)) return false;
  }
  shown_.push_back(count);
  return true;
}

bool FewInLine::shows_parts(std::uint64_t whole, const std::vector<std::uint64_t>& parts) const {
  if (!hides_) return true;
  if (is_few(whole)) return false;
  std::uint64_t left = whole;
  for (const std::uint64_t part : parts) {
    if (is_few(part)) return false;
    left -= std::min(left, part);
  }
  return !is_few(left);
}

Cell FewInLine::cell(std::uint64_t count, bool shown) {
  if (shown) return Cell::number(static_cast<std::int64_t>(count));
  return is_few(count) ? Cell::shown("under 5", "under 5", Document()) : hidden();
}

Cell FewInLine::hidden() {
  return Cell::shown("–", "–", Document());
}

}  // namespace fodspor::server
