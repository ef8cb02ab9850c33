#include "projections/definition_fields.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "projections/attributes.h"

namespace fodspor::projections {

std::optional<std::int64_t> parse_decimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view digits = negative ? text.substr(1) : text;
  const std::size_t dot = digits.find('.');
  const std::string_view whole = digits.substr(0, dot);
  std::string_view part = dot == std::string_view::npos ? std::string_view("0") : digits.substr(dot + 1);
  if (whole.empty() || whole.size() > 12 || part.empty() || part.size() > 6) return std::nullopt;
  std::int64_t units = 0, parts = 0;
  const auto read = [](std::string_view from, std::int64_t& into) {
    const auto result = std::from_chars(from.data(), from.data() + from.size(), into);
    return result.ec == std::errc{} && result.ptr == from.data() + from.size() && from.front() != '-';
  };
  if (!read(whole, units) || !read(part, parts)) return std::nullopt;
  for (std::size_t i = part.size(); i < 6; ++i) parts *= 10;
  const std::int64_t value = units * 1'000'000 + parts;
  return negative ? -value : value;
}

std::string below(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

Status must_be(const Node& node, const std::string& path, Node::Kind kind) {
  if (node.kind == kind) return {};
  return refuse(node.place, path, fmt::format("{} stands here; {} is meant", name(node.kind), name(kind)));
}

Status only_keys(const Node& table, const std::string& path, std::initializer_list<std::string_view> keys) {
  for (const auto& [key, value] : table.fields) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    const std::vector<std::string> known(keys.begin(), keys.end());
    return refuse(value.place, below(path, key), fmt::format("there is no field '{}' here; {}", key, suggestion(key, known)));
  }
  return {};
}

Result<std::string> read_text(const Node& node, const std::string& path) {
  FODSPOR_DO(must_be(node, path, Node::Kind::string));
  if (node.text.empty()) return refuse(node.place, path, "an empty text says nothing; leave the field out");
  return node.text;
}

Result<std::int64_t> read_number(const Node& node, const std::string& path, std::int64_t least, std::int64_t most) {
  FODSPOR_DO(must_be(node, path, Node::Kind::number));
  if (node.millionths < least * 1'000'000 || node.millionths > most * 1'000'000) {
    return refuse(node.place, path, fmt::format("{} cannot be; it is from {} to {}", decimal(node.millionths), least, most));
  }
  return node.millionths;
}

Result<std::int64_t> read_whole(const Node& node, const std::string& path, std::int64_t least, std::int64_t most) {
  FODSPOR_TRY(const std::int64_t millionths, read_number(node, path, least, most));
  if (millionths % 1'000'000 != 0) return refuse(node.place, path, fmt::format("{} is no whole number", decimal(millionths)));
  return millionths / 1'000'000;
}

Result<bool> read_truth(const Node& node, const std::string& path) {
  FODSPOR_DO(must_be(node, path, Node::Kind::boolean));
  return node.truth;
}

Result<Period> read_length(const Node& node, const std::string& path) {
  FODSPOR_DO(must_be(node, path, Node::Kind::string));
  auto length = Period::parse(node.text);
  if (!length)
    return refuse(node.place, path, fmt::format("'{}' is no length of time; write '6 months', '13 weeks' or '28 days'", node.text));
  return *length;
}

Result<std::uint64_t> read_words(const Node& node, const std::string& path, capnp::EnumSchema schema) {
  std::uint64_t bits = 0;
  const auto add = [&](const Node& item, const std::string& at) -> Status {
    FODSPOR_DO(must_be(item, at, Node::Kind::string));
    const auto found = ordinal(schema, item.text);
    if (!found || *found == 0) {
      return refuse(item.place, at, fmt::format("there is no '{}' here; {}", item.text, suggestion(item.text, words(schema))));
    }
    bits |= std::uint64_t{1} << *found;
    return {};
  };
  if (node.kind == Node::Kind::list) {
    if (node.items.empty()) return refuse(node.place, path, "nothing can be in an empty list; name what is meant, or leave the field out");
    for (std::size_t i = 0; i < node.items.size(); ++i) FODSPOR_DO(add(node.items[i], fmt::format("{}[{}]", path, i)));
  } else {
    FODSPOR_DO(add(node, path));
  }
  return bits;
}

}  // namespace fodspor::projections
