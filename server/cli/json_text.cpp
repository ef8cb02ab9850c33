#include "server/cli/json_text.h"

#include <boost/json.hpp>

#include "events/failure.h"

namespace fodspor::server {

namespace {

void flatten(const std::string& path, const boost::json::value& value, std::vector<std::pair<std::string, std::string>>& out) {
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object)
      flatten(path.empty() ? std::string(member.key()) : path + "." + std::string(member.key()), member.value(), out);
  } else if (const auto* list = value.if_array()) {
    for (std::size_t i = 0; i < list->size(); ++i) flatten(path + "[" + std::to_string(i) + "]", (*list)[i], out);
  } else if (const auto* text = value.if_string()) {
    out.emplace_back(path, std::string(*text));
  } else {
    out.emplace_back(path, boost::json::serialize(value));
  }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> flattened(std::string_view json) {
  boost::json::error_code error;
  const auto value = boost::json::parse({json.data(), json.size()}, error);
  FODSPOR_CHECK(!error);
  std::vector<std::pair<std::string, std::string>> out;
  flatten({}, value, out);
  return out;
}

std::string on_one_line(std::string_view json) {
  std::string out;
  for (const auto& [key, value] : flattened(json)) {
    if (!out.empty()) out += ' ';
    out += key + '=' + value;
  }
  return out;
}

}  // namespace fodspor::server
