// What a scenario needs before it can begin to check: the value, or the failure's own words as the reason for it to end.
#pragma once

#include <catch2/catch.hpp>
#include <utility>

#include "events/failure.h"

namespace fodspor::stories {

template <class T>
T must(events::Result<T> result) {
  if (!result) FAIL(result.error().message);
  return std::move(*result);
}

inline void must(const events::Status& status) {
  if (!status) FAIL(status.error().message);
}

}  // namespace fodspor::stories
