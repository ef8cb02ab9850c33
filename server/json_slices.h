// A JSON object or list taken apart into the texts of its parts, so that each can be read strictly by whoever knows it: an event of a batch
// keeps its own words. What stands inside a part is not judged here, only where it ends. Any thread; the slices point into the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "events/failure.h"

namespace fodspor::server {

using namespace fodspor::events;

struct JsonMember {
  std::string key;
  std::string_view value;
};

// Fault::invalid, with the byte: it is no object (no list), something follows it, a key comes twice, or it nests deeper than
// Bounds::json_nesting_max.
Result<std::vector<JsonMember>> json_members(std::string_view object);
Result<std::vector<std::string_view>> json_items(std::string_view list);

}  // namespace fodspor::server
