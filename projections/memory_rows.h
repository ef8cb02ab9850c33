// A view folded in memory: as of another moment, or to be compared with the one on disk. Filled by one thread, then read by any.
#pragma once

#include <map>
#include <string>

#include "projections/view.h"

namespace fodspor::projections {

class MemoryRows : public Rows {
 public:
  void add(const Contribution& contribution);
  void set_position(Position position) noexcept { position_ = position; }

  Result<std::optional<std::string>> row(std::string_view key) const override;
  Status each_row(std::string_view prefix, const std::function<bool(std::string_view, std::string_view)>& visit) const override;
  Result<std::int64_t> sum(std::string_view key) const override;
  Status each_sum(std::string_view prefix, const std::function<bool(std::string_view, std::int64_t)>& visit) const override;
  Position position() const override { return position_; }

 private:
  std::map<std::string, std::string, std::less<>> rows_;
  std::map<std::string, std::int64_t, std::less<>> sums_;
  Position position_;
};

}  // namespace fodspor::projections
