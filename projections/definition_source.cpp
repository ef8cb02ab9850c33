#include "projections/definition_source.h"

#include <fmt/core.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

#include "events/limits.h"

namespace fodspor::projections {
namespace {

using events::Fault;
using events::Result;

constexpr std::int64_t one = 1'000'000;

Place place_of(const toml::node& node, const std::shared_ptr<const std::string>& file) {
  const auto& begin = node.source().begin;
  return {file, begin.line, begin.column};
}

class FromToml {
 public:
  explicit FromToml(std::shared_ptr<const std::string> file) : file_(std::move(file)) {}

  Result<Node> convert(const toml::node& from, const std::string& path, int depth) {
    Node node;
    node.place = place_of(from, file_);
    if (depth > limits::nesting_max) return refuse(node.place, path, "nested too deeply; write it with fewer levels");
    if (const auto* table = from.as_table()) {
      node.kind = Node::Kind::table;
      for (const auto& [key, value] : *table) {
        const std::string name(key.str());
        auto child = convert(value, path.empty() ? name : path + "." + name, depth + 1);
        if (!child) return child;
        // A value without a place of its own (an implicit table) takes the place of its key.
        if (child->place.line == 0) child->place = {file_, key.source().begin.line, key.source().begin.column};
        node.set(name, *std::move(child));
      }
      return node;
    }
    if (const auto* list = from.as_array()) {
      node.kind = Node::Kind::list;
      std::size_t index = 0;
      for (const auto& value : *list) {
        auto child = convert(value, fmt::format("{}[{}]", path, index++), depth + 1);
        if (!child) return child;
        node.items.push_back(*std::move(child));
      }
      return node;
    }
    if (const auto* text = from.as_string()) {
      node.kind = Node::Kind::string;
      node.text = text->get();
      return node;
    }
    if (const auto* truth = from.as_boolean()) {
      node.kind = Node::Kind::boolean;
      node.truth = truth->get();
      return node;
    }
    if (const auto* integer = from.as_integer()) {
      if (std::abs(integer->get()) > 1'000'000'000'000) return refuse(node.place, path, "a number as large as this is not meant here");
      node.kind = Node::Kind::number;
      node.millionths = integer->get() * one;
      return node;
    }
    if (const auto* real = from.as_floating_point()) {
      if (!std::isfinite(real->get()) || std::abs(real->get()) > 1e12) return refuse(node.place, path, "not a number that can be used");
      node.kind = Node::Kind::number;
      node.millionths = std::llround(real->get() * static_cast<double>(one));
      return node;
    }
    if (const auto* date = from.as_date()) {
      node.kind = Node::Kind::string;
      node.text = fmt::format("{:04}-{:02}-{:02}", date->get().year, date->get().month, date->get().day);
      return node;
    }
    return refuse(node.place, path, "a time of day has no meaning here; dates are whole days, as 2021-03-31");
  }

 private:
  std::shared_ptr<const std::string> file_;
};

void quote(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  out += '"';
}

void write(const Node& node, std::string& out) {
  switch (node.kind) {
    case Node::Kind::string:
      quote(node.text, out);
      return;
    case Node::Kind::number:
      out += decimal(node.millionths);
      return;
    case Node::Kind::boolean:
      out += node.truth ? "true" : "false";
      return;
    case Node::Kind::list: {
      out += '[';
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        if (i != 0) out += ',';
        write(node.items[i], out);
      }
      out += ']';
      return;
    }
    case Node::Kind::table: {
      out += '{';
      for (std::size_t i = 0; i < node.fields.size(); ++i) {
        if (i != 0) out += ',';
        quote(node.fields[i].name, out);
        out += ':';
        write(node.fields[i].value, out);
      }
      out += '}';
      return;
    }
  }
}

const std::string* id_of(const Node& node) {
  const Node* id = node.kind == Node::Kind::table ? node.find("id") : nullptr;
  return id != nullptr && id->kind == Node::Kind::string ? &id->text : nullptr;
}

// The steps of a population: those of the same id replaced in their place, the others put after.
void lay_steps(const Node& child, Node& parent) {
  for (const Node& step : child.items) {
    const std::string* id = id_of(step);
    const auto same = std::find_if(parent.items.begin(), parent.items.end(), [id](const Node& other) {
      const std::string* other_id = id_of(other);
      return id != nullptr && other_id != nullptr && *other_id == *id;
    });
    if (same == parent.items.end()) {
      parent.items.push_back(step);
    } else {
      *same = step;
    }
  }
}

constexpr std::array<std::string_view, 5> merged_by_name{"definition", "anchor", "state", "parameter", "evidence"};

}  // namespace

Node::Node() = default;
Node::Node(const Node&) = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(const Node&) = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

const Node* Node::find(std::string_view key) const {
  const auto at = std::lower_bound(fields.begin(), fields.end(), key, [](const auto& field, std::string_view k) { return field.name < k; });
  return at != fields.end() && at->name == key ? &at->value : nullptr;
}

Node* Node::find(std::string_view key) {
  return const_cast<Node*>(std::as_const(*this).find(key));
}

void Node::set(std::string_view key, Node value) {
  const auto at = std::lower_bound(fields.begin(), fields.end(), key, [](const auto& field, std::string_view k) { return field.name < k; });
  if (at != fields.end() && at->name == key) {
    at->value = std::move(value);
  } else {
    fields.insert(at, Field{std::string(key), std::move(value)});
  }
}

std::string_view name(Node::Kind kind) noexcept {
  switch (kind) {
    case Node::Kind::string:
      return "a string";
    case Node::Kind::number:
      return "a number";
    case Node::Kind::boolean:
      return "true or false";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::table:
      return "a table";
  }
  return "a value";
}

Result<Node> read_toml(std::string_view toml, std::string_view file_name) {
  auto file = std::make_shared<const std::string>(file_name);
  if (toml.size() > limits::prose_bytes_max) {
    return events::fail(Fault::too_large, fmt::format("{}: a definition has at most {} bytes, this has {}; split it with `extends`",
                                                      file_name, limits::prose_bytes_max, toml.size()));
  }
  // toml++ reports by exception; it ends here.
  try {
    const toml::table table = toml::parse(toml, file_name);
    return FromToml(std::move(file)).convert(table, "", 0);
  } catch (const toml::parse_error& error) {
    const auto& begin = error.source().begin;
    return refuse({std::move(file), begin.line, begin.column}, "", fmt::format("not TOML: {}", error.description()));
  }
}

tl::unexpected<events::Failure> refuse(const Place& place, std::string_view path, std::string_view what) {
  std::string message = fmt::format("{}:{}:{}: ", place.file ? *place.file : std::string("definition"), place.line, place.column);
  if (!path.empty()) message += fmt::format("{}: ", path);
  message += what;
  return events::fail(Fault::invalid, std::move(message));
}

std::string decimal(std::int64_t millionths) {
  const bool negative = millionths < 0;
  const auto size = static_cast<std::uint64_t>(negative ? -millionths : millionths);
  std::string text = fmt::format("{}{}", negative ? "-" : "", size / one);
  if (size % one != 0) {
    text += fmt::format(".{:06}", size % one);
    while (text.back() == '0') text.pop_back();
  }
  return text;
}

std::string canonical(const Node& node) {
  std::string out;
  write(node, out);
  return out;
}

Node overlay(const Node& parent, const Node& child) {
  Node merged = parent;
  merged.place = child.place;
  if (Node* head = merged.find("definition")) {
    std::erase_if(head->fields, [](const auto& field) { return field.name != "unit" && field.name != "repeats" && field.name != "group"; });
  }
  for (const auto& [key, value] : child.fields) {
    Node* below = merged.find(key);
    const bool tables = below != nullptr && below->kind == Node::Kind::table && value.kind == Node::Kind::table;
    Node* steps = tables && key == "population" ? below->find("step") : nullptr;
    const Node* more = value.find("step");
    if (steps != nullptr && steps->kind == Node::Kind::list && more != nullptr && more->kind == Node::Kind::list) {
      lay_steps(*more, *steps);
      for (const auto& [name, other] : value.fields) {
        if (name != "step") below->set(name, other);
      }
    } else if (tables && std::find(merged_by_name.begin(), merged_by_name.end(), key) != merged_by_name.end()) {
      below->place = value.place;
      for (const auto& [name, inner] : value.fields) below->set(name, inner);
    } else {
      merged.set(key, value);
    }
  }
  return merged;
}

}  // namespace fodspor::projections
