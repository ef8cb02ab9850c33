// The target of an HTTP request, taken apart: "/v1/log?from=3&most=10" is the steps v1 and log, and two options. A value; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/failure.h"

namespace fodspor::server {

using namespace fodspor::events;

struct HttpTarget {
  std::vector<std::string> steps;                            // decoded; none for "/"
  std::vector<std::pair<std::string, std::string>> options;  // decoded, as they stand

  // Fault::invalid: it does not begin with a slash, has an escape that is none, or bytes that are no UTF-8 or control characters.
  static Result<HttpTarget> parse(std::string_view target);
};

}  // namespace fodspor::server
