// { event = "CourseEnded", where = { kind = "indslusning", completed = "yes" } }: an event by its type and the fields of its body. Names
// and types come from the vocabulary's schemas, so a field added there can be asked about here.
#include <fmt/core.h>

#include "projections/definition_reader.h"

namespace fodspor::projections {
namespace {

// The annotations of terms.capnp that say how a stored number is read.
constexpr std::uint64_t date_annotation = 0xe1f0a7c2b4d58302u, minutes_annotation = 0xe1f0a7c2b4d58303u,
                        number_annotation = 0xe1f0a7c2b4d58304u, millionths_annotation = 0xe1f0a7c2b4d58305u,
                        microseconds_annotation = 0xe1f0a7c2b4d58306u;

bool annotated(capnp::StructSchema::Field field, std::uint64_t id) {
  for (const auto annotation : field.getProto().getAnnotations()) {
    if (annotation.getId() == id) return true;
  }
  return false;
}

std::optional<capnp::StructSchema::Field> field_named(capnp::StructSchema schema, std::string_view name) {
  for (const auto field : schema.getFields()) {
    if (snake_case(field.getProto().getName().cStr()) == name) return field;
  }
  return std::nullopt;
}

std::vector<std::string> names_of(capnp::StructSchema schema) {
  std::vector<std::string> names;
  for (const auto field : schema.getFields()) names.push_back(snake_case(field.getProto().getName().cStr()));
  return names;
}

Status read_tests(const Node& where, const std::string& path, capnp::StructSchema schema, std::string_view type,
                  const std::vector<capnp::StructSchema::Field>& outer, std::vector<FactTest>& tests) {
  FODSPOR_DO(must_be(where, path, Node::Kind::table));
  for (const auto& [key, value] : where.fields) {
    const std::string at = below(path, key);
    const auto field = field_named(schema, key);
    if (!field) {
      return refuse(value.place, at, fmt::format("{} has no field '{}'; {}", type, key, suggestion(key, names_of(schema))));
    }
    FactTest test;
    test.path = outer;
    test.path.push_back(*field);
    const capnp::Type kind = field->getType();
    if (kind.isStruct()) {
      FODSPOR_DO(read_tests(value, at, kind.asStruct(), type, test.path, tests));
      continue;
    }
    if (kind.isEnum()) {
      FODSPOR_TRY(test.any_of, read_words(value, at, kind.asEnum()));
    } else if (kind.isText()) {
      if (value.kind == Node::Kind::list) {
        for (std::size_t i = 0; i < value.items.size(); ++i) {
          FODSPOR_TRY(std::string text, read_text(value.items[i], fmt::format("{}[{}]", at, i)));
          test.texts.push_back(std::move(text));
        }
      } else {
        FODSPOR_TRY(std::string text, read_text(value, at));
        test.texts.push_back(std::move(text));
      }
      if (test.texts.empty()) return refuse(value.place, at, "nothing can be in an empty list; name what is meant");
    } else if (kind.isUInt8() || kind.isUInt16() || kind.isUInt32() || kind.isUInt64()) {
      if (annotated(*field, date_annotation) || annotated(*field, microseconds_annotation)) {
        return refuse(value.place, at, "a day is asked about by an anchor and a window, not here");
      }
      const bool plus_one = annotated(*field, minutes_annotation) || annotated(*field, number_annotation);
      test.stored_plus = plus_one ? 1 : 0;
      test.in_millionths = annotated(*field, millionths_annotation);
      constexpr std::int64_t most = 1'000'000'000;
      if (value.kind == Node::Kind::number) {
        FODSPOR_TRY(test.at_least, read_number(value, at, 0, most));
        test.at_most = test.at_least;
      } else {
        FODSPOR_DO(must_be(value, at, Node::Kind::table));
        FODSPOR_DO(only_keys(value, at, {"min", "max"}));
        if (const Node* min = value.find("min")) {
          FODSPOR_TRY(test.at_least, read_number(*min, at + ".min", 0, most));
        }
        if (const Node* max = value.find("max")) {
          FODSPOR_TRY(test.at_most, read_number(*max, at + ".max", 0, most));
        }
        if (!test.at_least && !test.at_most) return refuse(value.place, at, "needs `min` or `max`");
        if (test.at_least && test.at_most && *test.at_least > *test.at_most) {
          return refuse(value.place, at, "`min` is above `max`, so it can never be met");
        }
      }
    } else if (kind.isBool()) {
      FODSPOR_TRY(const bool truth, read_truth(value, at));
      test.at_least = test.at_most = truth ? 1'000'000 : 0;
    } else {
      return refuse(value.place, at, fmt::format("the field '{}' of {} cannot be asked about", key, type));
    }
    tests.push_back(std::move(test));
  }
  return {};
}

}  // namespace

Result<EventPattern> DefinitionReader::read_event(const Node& event, const Node* where, const std::string& path) const {
  FODSPOR_TRY(const std::string name, read_text(event, path + ".event"));
  const auto* type = events::find_type(name);
  if (type == nullptr) {
    std::vector<std::string> known;
    for (const auto& t : events::all_types()) known.emplace_back(t.name);
    return refuse(event.place, path + ".event", fmt::format("there is no event '{}'; {}", name, suggestion(name, known)));
  }
  const auto kind = into_.unit == Unit::enterprise ? events::StreamKind::enterprise
                    : into_.unit == Unit::staff    ? events::StreamKind::staff
                                                   : events::StreamKind::participant;
  if (!type->may_stand_in(kind)) {
    return refuse(event.place, path + ".event",
                  fmt::format("{} never stands in the stream of a {}, so it can never be found", name, events::name(kind)));
  }
  EventPattern pattern;
  pattern.type = type->type;
  if (where != nullptr) FODSPOR_DO(read_tests(*where, path + ".where", type->schema, name, {}, pattern.tests));
  return pattern;
}

}  // namespace fodspor::projections
