// All happenings of a world in the order of their recording, from memory that does not grow with their number.
//
// A life is a pure function of the world, so nobody's is kept: the calendar holds of each subject whose life has begun and not ended only
// in which window of time its next happening falls (8 bytes), and tells the life again when that window comes. Owned by one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "replay/simulation/world.h"

namespace fodspor::replay::simulation {

class Calendar {
 public:
  explicit Calendar(const World& world);

  // The next window's happenings, sorted; false when there are no more. A window may be empty.
  bool next(std::vector<Happening>& window);
  std::uint64_t expected() const noexcept { return expected_; }

 private:
  struct Arrivals {  // subjects of one kind, in the order in which their lives begin
    Subject next;
    std::uint32_t end;
  };
  struct Waiting {
    std::uint32_t number;
    std::uint8_t programme;
    StreamKind kind;
  };

  std::size_t window_of(std::int64_t recorded_us) const noexcept;
  void visit(const Subject& subject, std::vector<Happening>& window);

  const World& world_;
  std::vector<Arrivals> arrivals_;
  std::vector<std::vector<Waiting>> waiting_;
  std::int64_t begin_us_ = 0;
  std::int64_t span_us_ = 0;
  std::size_t now_ = 0;
  std::uint64_t expected_ = 0;
};

}  // namespace fodspor::replay::simulation
