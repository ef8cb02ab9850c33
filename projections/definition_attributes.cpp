// { attribute = { at = "entry", field = "isced", in = [1, 2] } } and { complete = [...] }: what is asked of a field of the entry record, of
// an enterprise or of a placement. Fields and their types stand in attributes.h.
#include <fmt/core.h>

#include <algorithm>

#include "projections/definition_reader.h"

namespace fodspor::projections {

Result<Field> DefinitionReader::field_named(const Node& node, const std::string& path) const {
  FODSPOR_TRY(const std::string name, read_text(node, path));
  if (const FieldInfo* field = find_field(name)) return field->field;
  std::vector<std::string> known;
  for (const FieldInfo& field : all_fields()) known.emplace_back(field.name);
  return refuse(node.place, path, fmt::format("there is no field '{}'; {}", name, suggestion(name, known)));
}

Status DefinitionReader::read_attribute(const Node& node, const std::string& path, Clause& clause) {
  FODSPOR_DO(only_keys(node, path, {"id", "attribute"}));
  const std::string at = path + ".attribute";
  const Node& attribute = *node.find("attribute");
  FODSPOR_DO(must_be(attribute, at, Node::Kind::table));
  const Node* field_node = attribute.find("field");
  if (field_node == nullptr) return refuse(attribute.place, at, "which `field`?");
  clause.kind = Clause::Kind::attribute;
  AttributeTest& test = clause.test;
  FODSPOR_TRY(test.field, field_named(*field_node, at + ".field"));
  const FieldInfo& field = info(test.field);

  const Node* when = attribute.find("at");
  const bool dated = field.field == Field::age || field.field == Field::unemployed_for;
  if (when != nullptr) {
    FODSPOR_TRY(const std::string name, read_text(*when, at + ".at"));
    FODSPOR_TRY(test.anchor, anchor_named(*when, at + ".at", name));
    if (field.at_entry && name != "entry") {
      return refuse(when->place, at + ".at",
                    fmt::format("'{}' is known from the entry record only; ask for it at \"entry\", or for a state", field.name));
    }
  } else if (field.at_entry || dated) {
    return refuse(attribute.place, at, fmt::format("'{}' needs its time: at = \"entry\"", field.name));
  }
  const bool of_people = into_.unit != Unit::enterprise && into_.unit != Unit::staff;
  const bool of_enterprise = field.field == Field::enterprise_kind || field.field == Field::industry;
  const bool of_placement = field.field == Field::placement_kind || field.field == Field::placement_completed;
  const bool has_enterprise = into_.unit == Unit::enterprise || into_.unit == Unit::match || into_.unit == Unit::placement;
  if ((of_enterprise && !has_enterprise) || (of_placement && into_.unit != Unit::placement) ||
      (!of_enterprise && !of_placement && !of_people)) {
    return refuse(field_node->place, at + ".field", fmt::format("the unit of this definition has no '{}'", field.name));
  }

  switch (field.type) {
    case FieldInfo::Type::word: {
      FODSPOR_DO(only_keys(attribute, at, {"at", "field", "in", "not_in"}));
      const Node* in = attribute.find("in");
      const Node* not_in = attribute.find("not_in");
      if ((in == nullptr) == (not_in == nullptr)) return refuse(attribute.place, at, "needs `in` or `not_in`, a list of words");
      FODSPOR_TRY(test.any_of, read_words(in != nullptr ? *in : *not_in, at + (in != nullptr ? ".in" : ".not_in"), *field.words));
      if (not_in != nullptr) {
        std::uint64_t every = 0;
        for (const auto enumerant : field.words->getEnumerants()) every |= std::uint64_t{1} << enumerant.getOrdinal();
        test.any_of = every & ~test.any_of & ~std::uint64_t{1};
        if (test.any_of == 0) return refuse(not_in->place, at + ".not_in", "no word is left, so it can never be met");
      }
      return {};
    }
    case FieldInfo::Type::number: {
      FODSPOR_DO(only_keys(attribute, at, {"at", "field", "in", "min", "max", "under", "over"}));
      // Hours are kept in minutes.
      const std::int64_t scale = field.field == Field::weekly_hours || field.field == Field::wanted_hours ? 60 : 1;
      const auto bound = [&](std::string_view key, std::int64_t shift, std::optional<std::int64_t>& into) -> Status {
        const Node* value = attribute.find(key);
        if (value == nullptr) return {};
        if (into) return refuse(value->place, below(at, key), "this end is said twice");
        FODSPOR_TRY(const std::int64_t number, read_number(*value, below(at, key), field.least, field.most / scale));
        into = number * scale / 1'000'000 + shift;
        return {};
      };
      FODSPOR_DO(bound("min", 0, test.at_least));
      FODSPOR_DO(bound("over", 1, test.at_least));
      FODSPOR_DO(bound("max", 0, test.at_most));
      FODSPOR_DO(bound("under", -1, test.at_most));
      if (const Node* in = attribute.find("in")) {
        FODSPOR_DO(must_be(*in, at + ".in", Node::Kind::list));
        for (std::size_t i = 0; i < in->items.size(); ++i) {
          FODSPOR_TRY(const std::int64_t one, read_whole(in->items[i], fmt::format("{}.in[{}]", at, i), field.least, field.most / scale));
          test.among.push_back(one * scale);
        }
        if (test.among.empty()) return refuse(in->place, at + ".in", "nothing can be in an empty list");
      }
      if (!test.at_least && !test.at_most && test.among.empty()) {
        return refuse(attribute.place, at, "needs `min`, `max`, `over`, `under` or `in`");
      }
      if (test.at_least && test.at_most && *test.at_least > *test.at_most) {
        return refuse(attribute.place, at, "no number is between these ends, so it can never be met");
      }
      return {};
    }
    case FieldInfo::Type::length: {
      FODSPOR_DO(only_keys(attribute, at, {"at", "field", "longer_than"}));
      const Node* longer = attribute.find("longer_than");
      if (longer == nullptr) return refuse(attribute.place, at, "needs `longer_than`, as \"12 months\"");
      FODSPOR_TRY(test.longer_than, read_length(*longer, at + ".longer_than"));
      return {};
    }
    case FieldInfo::Type::industry: {
      FODSPOR_DO(only_keys(attribute, at, {"at", "field", "in"}));
      const Node* in = attribute.find("in");
      if (in == nullptr) return refuse(attribute.place, at, "needs `in`: \"programme\" (its frame's industries), or a list of DB07 codes");
      if (in->kind == Node::Kind::string) {
        if (in->text != "programme") {
          return refuse(in->place, at + ".in", fmt::format("'{}' is neither \"programme\" nor a list of DB07 codes", in->text));
        }
        return {};
      }
      FODSPOR_DO(must_be(*in, at + ".in", Node::Kind::list));
      for (std::size_t i = 0; i < in->items.size(); ++i) {
        FODSPOR_TRY(std::string code, read_text(in->items[i], fmt::format("{}.in[{}]", at, i)));
        test.industries.push_back(std::move(code));
      }
      if (test.industries.empty()) return refuse(in->place, at + ".in", "nothing can be in an empty list");
      return {};
    }
  }
  return {};
}

Status DefinitionReader::read_complete(const Node& node, const std::string& path, Clause& clause) {
  FODSPOR_DO(only_keys(node, path, {"id", "complete"}));
  clause.kind = Clause::Kind::complete;
  const Node& list = *node.find("complete");
  FODSPOR_DO(must_be(list, path + ".complete", Node::Kind::list));
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const std::string at = fmt::format("{}.complete[{}]", path, i);
    FODSPOR_TRY(const Field field, field_named(list.items[i], at));
    if (!info(field).at_entry)
      return refuse(list.items[i].place, at, fmt::format("'{}' is no field of the entry record", info(field).name));
    clause.fields.push_back(field);
  }
  if (clause.fields.empty()) return refuse(list.place, path + ".complete", "which fields must be there?");
  return {};
}

}  // namespace fodspor::projections
