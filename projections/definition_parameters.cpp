#include "projections/definition_parameters.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "projections/definition_fields.h"

namespace fodspor::projections {
namespace {

using Values = std::map<std::string, Node, std::less<>>;

constexpr std::array<std::string_view, 6> operators{"<=", ">=", "==", "!=", "<", ">"};

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::vector<std::string> names_of(const std::vector<Parameter>& parameters) {
  std::vector<std::string> names;
  for (const Parameter& p : parameters) names.push_back(p.name);
  return names;
}

const Parameter* find(const std::vector<Parameter>& parameters, std::string_view name) {
  const auto at = std::find_if(parameters.begin(), parameters.end(), [name](const Parameter& p) { return p.name == name; });
  return at == parameters.end() ? nullptr : &*at;
}

// What a value is when it is compared: two values are alike if this is the same.
enum class Likeness { number, truth, length, text };

Likeness likeness(const Node& value) {
  if (value.kind == Node::Kind::number) return Likeness::number;
  if (value.kind == Node::Kind::boolean) return Likeness::truth;
  return Period::parse(value.text) ? Likeness::length : Likeness::text;
}

std::string_view name(Likeness kind) {
  switch (kind) {
    case Likeness::number:
      return "a number";
    case Likeness::truth:
      return "true or false";
    case Likeness::length:
      return "a length of time such as '13 weeks'";
    case Likeness::text:
      return "a word";
  }
  return "a value";
}

std::string written(const Node& value) {
  return value.kind == Node::Kind::string ? value.text : canonical(value);
}

Result<Node> typed(const Parameter& parameter, const std::string& text) {
  Node value = parameter.value;
  const Likeness wanted = likeness(parameter.value);
  const auto refused = [&] {
    return events::fail(Fault::invalid, fmt::format("parameter {}: '{}' is not {}, as its default '{}' is", parameter.name, text,
                                                    name(wanted), written(parameter.value)));
  };
  switch (wanted) {
    case Likeness::number: {
      const auto number = parse_decimal(text);
      if (!number) return refused();
      value.millionths = *number;
      return value;
    }
    case Likeness::truth:
      if (text != "true" && text != "false") return refused();
      value.truth = text == "true";
      return value;
    case Likeness::length:
      if (!Period::parse(text)) return refused();
      value.text = text;
      return value;
    case Likeness::text:
      if (text.empty()) return refused();
      value.text = text;
      return value;
  }
  return value;
}

Status substitute(Node& node, const std::string& path, const Values& values) {
  if (node.kind == Node::Kind::string && node.text.find('$') != std::string::npos) {
    std::vector<std::string> known;
    for (const auto& [known_name, value] : values) known.push_back(known_name);
    std::string out;
    std::size_t at = 0;
    while (at < node.text.size()) {
      const std::size_t dollar = node.text.find('$', at);
      out += node.text.substr(at, dollar == std::string::npos ? dollar : dollar - at);
      if (dollar == std::string::npos) break;
      std::size_t end = dollar + 1;
      while (end < node.text.size() && is_name_char(node.text[end])) ++end;
      const std::string parameter = node.text.substr(dollar + 1, end - dollar - 1);
      const auto value = values.find(parameter);
      if (value == values.end()) {
        return refuse(node.place, path, fmt::format("there is no parameter '${}'; {}", parameter, suggestion(parameter, known)));
      }
      if (dollar == 0 && end == node.text.size()) {
        // The whole of it: the value keeps its type, and the place where it is used.
        Node replaced = value->second;
        replaced.place = node.place;
        node = std::move(replaced);
        return {};
      }
      out += written(value->second);
      at = end;
    }
    node.text = std::move(out);
    return {};
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) FODSPOR_DO(substitute(node.items[i], fmt::format("{}[{}]", path, i), values));
  for (auto& [key, value] : node.fields) {
    // What declares parameters does not use them.
    if (path.empty() && (key == "parameter" || key == "sweep")) continue;
    FODSPOR_DO(substitute(value, path.empty() ? key : path + "." + key, values));
  }
  return {};
}

Result<Forbidden::Side> read_side(std::string_view text, const Place& place, const std::string& path,
                                  const std::vector<Parameter>& parameters) {
  Forbidden::Side side;
  side.literal.place = place;
  if (find(parameters, text) != nullptr) {
    side.parameter = text;
    return side;
  }
  if (const auto number = parse_decimal(text)) {
    side.literal.kind = Node::Kind::number;
    side.literal.millionths = *number;
    return side;
  }
  side.literal.kind = Node::Kind::string;
  if (Period::parse(text)) {
    side.literal.text = text;
    return side;
  }
  if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'') {
    side.literal.text = text.substr(1, text.size() - 2);
    return side;
  }
  return refuse(place, path,
                fmt::format("'{}' is neither a parameter, a number, a length nor a 'word' in quotes; {}", text,
                            suggestion(text, names_of(parameters))));
}

const Node& value_of(const Forbidden::Side& side, const Values& values) {
  return side.parameter.empty() ? side.literal : values.find(side.parameter)->second;
}

// Lengths in months and in days are ordered by the middle of what they can be, in half days.
std::int64_t order_of(const Node& value) {
  if (value.kind == Node::Kind::number) return value.millionths;
  if (value.kind == Node::Kind::boolean) return value.truth ? 1 : 0;
  const auto length = Period::parse(value.text);
  return length ? std::int64_t{length->days_at_least()} + length->days_at_most() : 0;
}

bool holds(const Forbidden::Comparison& comparison, const Values& values) {
  const Node& left = value_of(comparison.left, values);
  const Node& right = value_of(comparison.right, values);
  if (likeness(left) == Likeness::text || likeness(right) == Likeness::text) {
    return (left.text == right.text) == (comparison.op == "==");
  }
  const auto l = order_of(left), r = order_of(right);
  if (comparison.op == "<") return l < r;
  if (comparison.op == "<=") return l <= r;
  if (comparison.op == ">") return l > r;
  if (comparison.op == ">=") return l >= r;
  return (l == r) == (comparison.op == "==");
}

}  // namespace

Result<std::vector<Parameter>> read_parameters(const Node& merged) {
  std::vector<Parameter> parameters;
  const Node* table = merged.find("parameter");
  if (table == nullptr) return parameters;
  FODSPOR_DO(must_be(*table, "parameter", Node::Kind::table));
  for (const auto& [key, value] : table->fields) {
    const std::string path = "parameter." + key;
    if (!std::all_of(key.begin(), key.end(), is_name_char)) {
      return refuse(value.place, path, "a parameter's name is of a-z, 0-9 and _");
    }
    FODSPOR_DO(must_be(value, path, Node::Kind::table));
    FODSPOR_DO(only_keys(value, path, {"default", "sweep", "title"}));
    const Node* usual = value.find("default");
    if (usual == nullptr) return refuse(value.place, path, "a parameter needs a `default`");
    if (usual->kind == Node::Kind::list || usual->kind == Node::Kind::table) {
      return refuse(usual->place, path + ".default", fmt::format("{} cannot be a parameter; give a number or a text", name(usual->kind)));
    }
    Parameter parameter{key, *usual, {}};
    if (const Node* sweep = value.find("sweep")) {
      FODSPOR_DO(must_be(*sweep, path + ".sweep", Node::Kind::list));
      for (std::size_t i = 0; i < sweep->items.size(); ++i) {
        const Node& item = sweep->items[i];
        if (item.kind == Node::Kind::list || item.kind == Node::Kind::table || likeness(item) != likeness(*usual)) {
          return refuse(item.place, fmt::format("{}.sweep[{}]", path, i),
                        fmt::format("not {}, as the default '{}' is", name(likeness(*usual)), written(*usual)));
        }
        parameter.sweep.push_back(item);
      }
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

Result<std::vector<Forbidden>> read_forbidden(const Node& merged, const std::vector<Parameter>& parameters) {
  std::vector<Forbidden> out;
  const Node* sweep = merged.find("sweep");
  if (sweep == nullptr) return out;
  FODSPOR_DO(must_be(*sweep, "sweep", Node::Kind::table));
  FODSPOR_DO(only_keys(*sweep, "sweep", {"forbid"}));
  const Node* list = sweep->find("forbid");
  if (list == nullptr) return out;
  FODSPOR_DO(must_be(*list, "sweep.forbid", Node::Kind::list));
  Values defaults;
  for (const Parameter& p : parameters) defaults.emplace(p.name, p.value);
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    const std::string path = fmt::format("sweep.forbid[{}]", i);
    FODSPOR_DO(must_be(list->items[i], path, Node::Kind::table));
    FODSPOR_DO(only_keys(list->items[i], path, {"when", "id"}));
    const Node* when = list->items[i].find("when");
    if (when == nullptr) return refuse(list->items[i].place, path, "needs `when`, a comparison such as \"hold > within\"");
    FODSPOR_DO(must_be(*when, path + ".when", Node::Kind::string));
    Forbidden forbidden;
    forbidden.text = when->text;
    forbidden.place = when->place;
    std::string_view rest = forbidden.text;
    while (true) {
      const std::size_t cut = rest.find(" and ");
      const std::string_view part = rest.substr(0, cut);
      std::size_t at = std::string_view::npos;
      std::string_view op;
      for (const std::string_view candidate : operators) {
        if (const std::size_t found = part.find(candidate); found < at) {
          at = found;
          op = candidate;
        }
      }
      if (op.empty()) {
        return refuse(when->place, path + ".when",
                      fmt::format("'{}' compares nothing; write a comparison such as \"hold > within\"", part));
      }
      Forbidden::Comparison comparison;
      comparison.op = op;
      FODSPOR_TRY(comparison.left, read_side(trimmed(part.substr(0, at)), when->place, path + ".when", parameters));
      FODSPOR_TRY(comparison.right, read_side(trimmed(part.substr(at + op.size())), when->place, path + ".when", parameters));
      const Likeness left = likeness(value_of(comparison.left, defaults)), right = likeness(value_of(comparison.right, defaults));
      if (left != right) {
        return refuse(when->place, path + ".when",
                      fmt::format("'{}' compares unlike things: {} and {}", trimmed(part), name(left), name(right)));
      }
      if (left == Likeness::text && op != "==" && op != "!=") {
        return refuse(when->place, path + ".when", fmt::format("'{}': words have no order; compare them with == or !=", trimmed(part)));
      }
      forbidden.all.push_back(std::move(comparison));
      if (cut == std::string_view::npos) break;
      rest.remove_prefix(cut + 5);
    }
    out.push_back(std::move(forbidden));
  }
  return out;
}

Result<Node> bind_parameters(const Node& merged, const std::vector<Parameter>& parameters, const std::vector<Forbidden>& forbidden,
                             const std::map<std::string, std::string>& given) {
  Values values;
  for (const Parameter& parameter : parameters) values.emplace(parameter.name, parameter.value);
  for (const auto& [key, text] : given) {
    const Parameter* parameter = find(parameters, key);
    if (parameter == nullptr) {
      return events::fail(Fault::invalid, fmt::format("there is no parameter '{}'; {}", key, suggestion(key, names_of(parameters))));
    }
    FODSPOR_TRY(values.find(key)->second, typed(*parameter, text));
  }
  for (const Forbidden& f : forbidden) {
    if (std::all_of(f.all.begin(), f.all.end(), [&](const auto& comparison) { return holds(comparison, values); })) {
      return refuse(f.place, "sweep.forbid", fmt::format("this combination is forbidden: {}", f.text));
    }
  }
  Node bound = merged;
  FODSPOR_DO(substitute(bound, "", values));
  return bound;
}

}  // namespace fodspor::projections
