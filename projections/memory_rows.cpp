#include "projections/memory_rows.h"

namespace fodspor::projections {

void MemoryRows::add(const Contribution& contribution) {
  for (const auto& [key, value] : contribution.rows) {
    const bool fresh = rows_.emplace(key, value).second;
    FODSPOR_CHECK(fresh);
  }
  for (const auto& [key, value] : contribution.sums) sums_[key] += value;
}

Result<std::optional<std::string>> MemoryRows::row(std::string_view key) const {
  const auto found = rows_.find(key);
  if (found == rows_.end()) return std::nullopt;
  return found->second;
}

Status MemoryRows::each_row(std::string_view prefix, const std::function<bool(std::string_view, std::string_view)>& visit) const {
  for (auto at = rows_.lower_bound(prefix); at != rows_.end() && at->first.starts_with(prefix); ++at) {
    if (!visit(at->first, at->second)) break;
  }
  return {};
}

Result<std::int64_t> MemoryRows::sum(std::string_view key) const {
  const auto found = sums_.find(key);
  return found == sums_.end() ? 0 : found->second;
}

Status MemoryRows::each_sum(std::string_view prefix, const std::function<bool(std::string_view, std::int64_t)>& visit) const {
  for (auto at = sums_.lower_bound(prefix); at != sums_.end() && at->first.starts_with(prefix); ++at) {
    // A sum that came back to zero is as one that never was.
    if (at->second != 0 && !visit(at->first, at->second)) break;
  }
  return {};
}

}  // namespace fodspor::projections
