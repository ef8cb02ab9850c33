#include "server/intake/section.h"

#include <algorithm>

namespace fodspor::server::intake {

const toml::node* Section::node(std::string_view key) {
  asked_.emplace(key);
  return table_.get(key);
}

void Section::problem_at(const toml::source_region& region, std::string_view path, std::string_view reason) {
  std::string place(file_);
  place += ":" + std::to_string(region.begin.line) + ":" + std::to_string(region.begin.column) + ": ";
  if (!path.empty()) place += std::string(path) + ": ";
  problems_.add(place + std::string(reason));
}

void Section::problem(std::string_view key, std::string_view reason) {
  const toml::node* at = table_.get(key);
  problem_at(at != nullptr ? at->source() : table_.source(), under(key), reason);
}

void Section::problem_here(std::string_view reason) {
  problem_at(table_.source(), path_, reason);
}

std::string Section::text(std::string_view key, std::string_view otherwise) {
  const toml::node* at = node(key);
  if (at == nullptr) return std::string(otherwise);
  if (auto value = at->value_exact<std::string>()) return *value;
  problem(key, "a text in quotes should stand here");
  return std::string(otherwise);
}

std::string Section::required_text(std::string_view key) {
  const std::string value = text(key);
  if (value.empty()) {
    const toml::node* at = table_.get(key);
    if (at == nullptr) problem(key, "this is missing: write " + std::string(key) + " = \"…\"");
    if (at != nullptr && at->is_string()) problem(key, "this is empty");
  }
  return value;
}

std::uint64_t Section::number(std::string_view key, std::uint64_t otherwise, std::uint64_t least, std::uint64_t most) {
  const toml::node* value = node(key);
  if (value == nullptr) return otherwise;
  const auto number = value->value_exact<std::int64_t>();
  if (!number || *number < 0 || static_cast<std::uint64_t>(*number) < least || static_cast<std::uint64_t>(*number) > most) {
    problem(key, "a whole number from " + std::to_string(least) + " to " + std::to_string(most) + " is wanted");
    return otherwise;
  }
  return static_cast<std::uint64_t>(*number);
}

bool Section::flag(std::string_view key, bool otherwise) {
  const toml::node* at = node(key);
  if (at == nullptr) return otherwise;
  if (const auto value = at->value_exact<bool>()) return *value;
  problem(key, "true or false should stand here");
  return otherwise;
}

std::optional<toml::date> Section::day(std::string_view key) {
  const toml::node* at = node(key);
  if (at == nullptr) return std::nullopt;
  const auto value = at->value_exact<toml::date>();
  if (!value) problem(key, "a day should stand here, without quotes: 2021-03-31");
  return value;
}

std::vector<std::string> Section::texts(std::string_view key) {
  const toml::node* at = node(key);
  std::vector<std::string> result;
  if (at == nullptr) return result;
  if (auto one = at->value_exact<std::string>()) return {*one};
  const toml::array* list = at->as_array();
  if (list == nullptr) {
    problem(key, "a text, or a list of texts, should stand here");
    return result;
  }
  for (const toml::node& item : *list) {
    if (auto value = item.value_exact<std::string>()) {
      result.push_back(*value);
    } else {
      problem_at(item.source(), under(key), "a text in quotes should stand here");
    }
  }
  return result;
}

std::string Section::choice(std::string_view key, std::initializer_list<std::string_view> choices) {
  const std::string value = text(key, *choices.begin());
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return value;
  std::string known;
  for (const std::string_view one : choices) known += (known.empty() ? "" : ", ") + std::string(one);
  problem(key, "'" + value + "' is none of " + known);
  return std::string(*choices.begin());
}

std::optional<Section> Section::section(std::string_view key) {
  const toml::node* at = node(key);
  if (at == nullptr) return std::nullopt;
  if (const toml::table* table = at->as_table()) return Section(*table, under(key), file_, problems_);
  problem(key, "a table should stand here: { … }, or [" + under(key) + "]");
  return std::nullopt;
}

std::vector<Section> Section::sections(std::string_view key) {
  const toml::node* at = node(key);
  std::vector<Section> result;
  if (at == nullptr) return result;
  const toml::array* list = at->as_array();
  if (list == nullptr) {
    problem(key, "a list of tables should stand here: write [[" + under(key) + "]] above each");
    return result;
  }
  std::size_t number = 0;
  for (const toml::node& item : *list) {
    ++number;
    if (const toml::table* table = item.as_table()) {
      result.emplace_back(*table, under(key) + "[" + std::to_string(number) + "]", file_, problems_);
    } else {
      problem_at(item.source(), under(key), "a table should stand here");
    }
  }
  return result;
}

std::vector<std::string> Section::keys() const {
  std::vector<std::string> result;
  for (const auto& [key, value] : table_) result.emplace_back(key.str());
  return result;
}

void Section::refuse_unknown() {
  for (const auto& [key, value] : table_) {
    if (asked_.contains(key.str())) continue;
    std::string known;
    for (const std::string& one : asked_) known += (known.empty() ? "" : ", ") + one;
    problem_at(key.source(), under(key.str()), "there is no such key here; there are " + known);
  }
}

}  // namespace fodspor::server::intake
