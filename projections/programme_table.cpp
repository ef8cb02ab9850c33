#include "projections/programme_table.h"

#include <algorithm>

namespace fodspor::projections {

Status ProgrammeTable::is_table() const {
  if (node_.kind == Node::Kind::table) return {};
  return refuse(node_.place, path_, "this is " + std::string(name(node_.kind)) + " where a table is meant");
}

const Node* ProgrammeTable::find(std::string_view key) {
  asked_.push_back(key);
  return node_.find(key);
}

Result<const Node*> ProgrammeTable::need(std::string_view key, Node::Kind kind) {
  const Node* node = find(key);
  if (node == nullptr) return refuse(node_.place, at(key), "it is missing");
  if (node->kind != kind) return wrong(*node, key, kind);
  return node;
}

Result<std::string> ProgrammeTable::text(std::string_view key) {
  const Node* node = find(key);
  if (node == nullptr) return std::string();
  if (node->kind != Node::Kind::string) return wrong(*node, key, Node::Kind::string);
  return node->text;
}

Result<std::string> ProgrammeTable::needed_text(std::string_view key) {
  FODSPOR_TRY(const Node* node, need(key, Node::Kind::string));
  if (node->text.empty()) return refuse(node->place, at(key), "it is empty");
  return node->text;
}

Result<std::optional<Date>> ProgrammeTable::date(std::string_view key) {
  const Node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (node->kind != Node::Kind::string) return wrong(*node, key, Node::Kind::string);
  const Result<Date> date = Date::parse(node->text);
  if (!date) return refuse(node->place, at(key), date.error().message);
  return *date;
}

Result<Date> ProgrammeTable::needed_date(std::string_view key) {
  FODSPOR_TRY(const std::optional<Date> found, date(key));
  if (!found) return refuse(node_.place, at(key), "it is missing");
  return *found;
}

Result<std::uint64_t> ProgrammeTable::oere(std::string_view key) {
  const Node* node = find(key);
  if (node == nullptr) return 0;
  if (node->kind != Node::Kind::number) return wrong(*node, key, Node::Kind::number);
  constexpr std::int64_t millionths_an_oere = 10'000;
  if (node->millionths <= 0 || node->millionths % millionths_an_oere != 0) {
    return refuse(node->place, at(key), "an amount of kroner is meant, with at most two decimals, as 13_940_281");
  }
  return static_cast<std::uint64_t>(node->millionths / millionths_an_oere);
}

Result<int> ProgrammeTable::count_of(std::string_view key, std::string_view unit, int most) {
  const Node* node = find(key);
  if (node == nullptr) return 0;
  if (node->kind != Node::Kind::string) return wrong(*node, key, Node::Kind::string);
  const Result<Period> period = Period::parse(node->text);
  if (!period) return refuse(node->place, at(key), period.error().message);
  const bool years = unit == "years";
  const int count = years ? period->months / 12 : period->days;
  const bool whole = years ? period->days == 0 && period->months % 12 == 0 : period->months == 0;
  if (!whole || count < 1 || count > most) {
    return refuse(node->place, at(key), fmt::format("1 to {} {} are meant, as \"{} {}\"", most, unit, years ? 10 : 14, unit));
  }
  return count;
}

Result<Bilingual> ProgrammeTable::both(std::string_view key) {
  const Node* node = find(key);
  if (node == nullptr) return Bilingual();
  if (node->kind == Node::Kind::string) return Bilingual{"", node->text};
  ProgrammeTable table(*node, at(key));
  FODSPOR_DO(table.is_table());
  Bilingual words;
  FODSPOR_TRY(words.en, table.text("en"));
  FODSPOR_TRY(words.da, table.text("da"));
  FODSPOR_DO(table.finish());
  return words;
}

Result<std::vector<std::string>> ProgrammeTable::texts(std::string_view key) {
  std::vector<std::string> all;
  const Node* node = find(key);
  if (node == nullptr) return all;
  if (node->kind != Node::Kind::list) return wrong(*node, key, Node::Kind::list);
  for (const Node& item : node->items) {
    if (item.kind != Node::Kind::string) return wrong(item, key, Node::Kind::string);
    all.push_back(item.text);
  }
  return all;
}

Status ProgrammeTable::finish() const {
  for (const auto& [key, node] : node_.fields) {
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
    std::string known;
    for (const std::string_view one : asked_) known += (known.empty() ? "" : ", ") + std::string(one);
    return refuse(node.place, at(key), "there is no such key here; there are " + known);
  }
  return {};
}

tl::unexpected<Failure> ProgrammeTable::wrong(const Node& node, std::string_view key, Node::Kind meant) const {
  return refuse(node.place, at(key), "this is " + std::string(name(node.kind)) + " where " + std::string(name(meant)) + " is meant");
}

Result<ProgrammeId> ProgrammeTable::slug(std::string_view key) {
  FODSPOR_TRY(const Node* node, need(key, Node::Kind::string));
  const Result<ProgrammeId> id = ProgrammeId::parse(node->text);
  if (!id) return refuse(node->place, at(key), id.error().message);
  return *id;
}

}  // namespace fodspor::projections
