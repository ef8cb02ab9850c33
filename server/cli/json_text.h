// JSON that this program wrote, laid out for people: nested keys joined with dots, in the order in which they stand.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fodspor::server {

// {"frame":{"title":{"en":"X"}},"codes":[1,2]} → ("frame.title.en", "X"), ("codes[0]", "1"), ("codes[1]", "2").
// Not for input from outside: text that is not JSON is our own bug.
std::vector<std::pair<std::string, std::string>> flattened(std::string_view json);
// The same on one line: "frame.title.en=X codes[0]=1 codes[1]=2".
std::string on_one_line(std::string_view json);

}  // namespace fodspor::server
