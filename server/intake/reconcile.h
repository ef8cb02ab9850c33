// The difference between what a delivery says and what stands, as events to append: what is new, what is corrected, what is retracted.
// Made whole and checked before the first append. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "server/intake/delivery.h"
#include "server/intake/standing.h"

namespace fodspor::server::intake {

struct Difference {
  struct Step {
    Draft draft;
    const DesiredFact* fact;  // borrowed from the delivery; of a retraction: nullptr
  };
  std::vector<Step> steps;
  std::uint64_t added = 0, corrected = 0, retracted = 0, unchanged = 0;
};

Difference difference(const Delivery& delivery, const Standing& standing);

// Whether all steps could be appended in this order: references exist, rules hold. Fault::invalid with the places in the file.
Status check(Difference& difference, Known& known);

}  // namespace fodspor::server::intake
