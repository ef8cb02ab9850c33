#include "server/intake/mapping_fields.h"

#include <algorithm>

namespace fodspor::server::intake {
namespace {

using Kind = FieldForm::Kind;

// "labour_status", "job.kind".
bool find_field(Section& section, const std::string& key, const TypeInfo& type, FieldRule& rule) {
  const StructForm* form = &form_of(type);
  for (std::size_t begin = 0; begin <= key.size();) {
    const std::size_t dot = std::min(key.find('.', begin), key.size());
    const std::string part = key.substr(begin, dot - begin);
    rule.form = form->find(part);
    rule.path.push_back(part);
    begin = dot + 1;
    const bool last = begin > key.size();
    if (rule.form == nullptr || (!last && (rule.form->kind != Kind::object || rule.form->list))) {
      std::string known;
      for (const FieldForm& field : form->fields) known += (known.empty() ? "" : ", ") + field.name;
      section.problem(key, std::string(type.name) + " has no field '" + part + "'; it has " + known);
      return false;
    }
    if (!last) form = rule.form->object;
  }
  switch (rule.form->kind) {
    case Kind::object:
    case Kind::body:
    case Kind::event:
    case Kind::event_type:
    case Kind::hash:
    case Kind::moment:
    case Kind::prose:
      section.problem(key, "this field cannot be filled from a cell" +
                               std::string(rule.form->kind == Kind::object ? ": name one of its own, in quotes, as \"job.kind\"" : ""));
      return false;
    default:
      return true;
  }
}

void check_choice(Section& section, std::string_view key, const FieldForm& form, const std::string& value) {
  if (form.kind == Kind::choice && !is_choice(*form.choices, value)) {
    section.problem(key, "'" + value + "' is none of " + listed(*form.choices));
  }
}

void read_value(Section& section, FieldRule& rule) {
  ValueRule& value = rule.value;
  const int given = int{section.has("column")} + int{section.has("value")} + int{section.has("number")};
  if (given != 1) section.problem_here("write one of column = \"…\", value = \"…\" and number = [\"…\"]");
  if (section.has("column")) value.columns = {section.required_text("column")};
  if (section.has("value")) {
    value.from = ValueRule::From::constant;
    value.constant = section.required_text("value");
    check_choice(section, "value", *rule.form, value.constant);
  }
  if (section.has("number")) {
    value.from = ValueRule::From::number;
    value.columns = section.texts("number");
    if (rule.form->kind != Kind::count) section.problem("number", "numbers are made for fields that take a number");
  }
  if (auto values = section.section("values")) {
    value.values.emplace();
    for (const std::string& text : values->keys()) {
      const std::string meaning = values->text(text);
      if (!meaning.empty()) check_choice(*values, text, *rule.form, meaning);
      value.values->emplace(text, meaning);
    }
  }
  const std::string unit = section.choice("unit", {"", "hours", "minutes"});
  value.unit = unit == "hours" ? ValueRule::Unit::hours : unit == "minutes" ? ValueRule::Unit::minutes : ValueRule::Unit::none;
  if (!unit.empty() && !rule.path.back().ends_with("minutes")) section.problem("unit", "only fields in minutes have a unit");
  section.refuse_unknown();
}

}  // namespace

bool is_choice(const std::vector<std::string>& choices, std::string_view value) {
  return std::find(choices.begin() + 1, choices.end(), value) != choices.end();
}

std::string listed(const std::vector<std::string>& choices) {
  std::string text;
  for (std::size_t i = 1; i < choices.size(); ++i) text += (i == 1 ? "" : ", ") + choices[i];
  return text;
}

std::vector<FieldRule> read_fields(Section& section, const TypeInfo& type) {
  std::vector<FieldRule> rules;
  for (const std::string& key : section.keys()) {
    const toml::node* at = section.node(key);
    FieldRule rule;
    if (!find_field(section, key, type, rule)) continue;
    if (at->is_string()) {
      rule.value.columns = {section.text(key)};
    } else if (auto inner = section.section(key)) {
      read_value(*inner, rule);
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace fodspor::server::intake
