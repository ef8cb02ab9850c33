#include "events/json_body.h"

#include "events/limits.h"

namespace fodspor::events::json {

namespace {

using Kind = FieldForm::Kind;
using JsonKind = JsonValue::Kind;

template <class Target>
void set_id(Target target, const Id& id) {
  target.set("hi", id.hi);
  target.set("lo", id.lo);
}

// Items of lists are set by their index, fields by their schema: `Place` hides which.
struct ListPlace {
  capnp::DynamicList::Builder list;
  unsigned index;
  void set(const capnp::DynamicValue::Reader& value) { list.set(index, value); }
  capnp::DynamicStruct::Builder object() { return list[index].as<capnp::DynamicStruct>(); }
};
struct FieldPlace {
  capnp::DynamicStruct::Builder owner;
  capnp::StructSchema::Field field;
  void set(const capnp::DynamicValue::Reader& value) { owner.set(field, value); }
  capnp::DynamicStruct::Builder object() { return owner.init(field).as<capnp::DynamicStruct>(); }
};

capnp::EnumSchema choices_schema(const FieldForm& form) {
  const capnp::Type type = form.field.getType();
  return form.list ? type.asList().getElementType().asEnum() : type.asEnum();
}

template <class Place>
Status read_one(const JsonValue& value, const FieldForm& form, Place place, const Path& path) {
  switch (form.kind) {
    case Kind::date: {
      FODSPOR_TRY(const Date date, read_date(value, path));
      place.set(date.stored());
      return {};
    }
    case Kind::count: {
      FODSPOR_TRY(const std::uint64_t count, read_count(value, form.most, path));
      place.set(count + (form.plus_one ? 1 : 0));
      return {};
    }
    case Kind::decimal: {
      FODSPOR_TRY(const std::uint64_t millionths, read_decimal(value, form.most, path));
      place.set(millionths + (form.plus_one ? 1 : 0));
      return {};
    }
    case Kind::moment: {
      FODSPOR_TRY(const Timestamp time, read_moment(value, path));
      place.set(time.micros);
      return {};
    }
    case Kind::hash: {
      FODSPOR_TRY(const auto hash, read_hash(value, path));
      place.set(capnp::Data::Reader(hash.data(), hash.size()));
      return {};
    }
    case Kind::code:
    case Kind::prose: {
      const std::size_t bytes_max = form.kind == Kind::code ? limits::code_bytes_max : limits::prose_bytes_max;
      FODSPOR_TRY(const kj::StringPtr text, read_text(value, bytes_max, path));
      place.set(capnp::Text::Reader(text));
      return {};
    }
    case Kind::flag:
      FODSPOR_DO(expect(value, JsonKind::flag, path, "true or false"));
      place.set(value.flag);
      return {};
    case Kind::choice: {
      FODSPOR_TRY(const std::uint16_t choice, read_choice(value, *form.choices, path));
      place.set(capnp::DynamicEnum(choices_schema(form), choice));
      return {};
    }
    case Kind::id: {
      FODSPOR_TRY(const Id id, read_id(value, path));
      set_id(place.object(), id);
      return {};
    }
    case Kind::event: {
      FODSPOR_TRY(const EventId id, read_event_id(value, path));
      auto event = place.object();
      set_id(event, id.request.id);
      event.set("index", id.index);
      return {};
    }
    case Kind::event_type: {
      FODSPOR_DO(expect(value, JsonKind::text, path, "the name of an event type"));
      const TypeInfo* type = find_type(value.text);
      if (!type) return refuse(path, value, "\"" + value.text.substr(0, 60) + "\" is not an event type");
      place.set(static_cast<std::uint16_t>(type->type));
      return {};
    }
    case Kind::object:
      return read_object(value, *form.object, place.object(), path);
    case Kind::body:
      break;
  }
  FODSPOR_CHECK(form.kind != Kind::body);  // read where the type beside it is at hand
  return {};
}

// A correction's new body, by the type that `type` beside it names.
Status read_inner_body(const JsonValue& owner, const JsonValue& value, const FieldForm& form, capnp::DynamicStruct::Builder into,
                       const Path& path) {
  const JsonValue* type_name = owner.find("type");
  const TypeInfo* type = type_name && type_name->kind == JsonKind::text ? find_type(type_name->text) : nullptr;
  if (!type) return refuse(path, value, "\"type\" beside it must name the type of the event that is corrected");
  // A correction in a correction would be a way to nest without end, and means nothing.
  if (type->group == "control") return refuse(path, value, a(type->name) + " cannot be corrected");
  auto body = into.get(form.field).as<capnp::AnyPointer>().initAs<capnp::DynamicStruct>(type->schema);
  return read_object(value, form_of(*type), body, path);
}

Status read_list(const JsonValue& value, const FieldForm& form, capnp::DynamicStruct::Builder into, const Path& path) {
  FODSPOR_DO(expect(value, JsonKind::list, path, "a list"));
  if (value.items.empty()) return refuse(path, value, "an empty list: leave the field out");
  if (value.items.size() > limits::list_items_max) {
    return refuse(path, value,
                  "the list has " + std::to_string(value.items.size()) + " items, and may have " + std::to_string(limits::list_items_max));
  }
  auto list = into.init(form.field, static_cast<unsigned>(value.items.size())).as<capnp::DynamicList>();
  for (unsigned i = 0; i < list.size(); ++i) {
    FODSPOR_DO(read_one(value.items[i], form, ListPlace{list, i}, Path{&path, {}, i}));
  }
  return {};
}

std::string field_names(const StructForm& form) {
  std::vector<std::string> names;
  for (const FieldForm& field : form.fields) names.push_back(field.name);
  return listed(names, 0);
}

}  // namespace

Status read_object(const JsonValue& value, const StructForm& form, capnp::DynamicStruct::Builder into, const Path& path) {
  FODSPOR_DO(expect(value, JsonKind::object, path, "an object"));
  for (const auto& member : value.members) {
    const Path place{&path, member.key};
    const FieldForm* field = form.find(member.key);
    if (!field) return unknown_key(member, place, field_names(form));
    if (field->list) {
      FODSPOR_DO(read_list(member.value, *field, into, place));
    } else if (field->kind == Kind::body) {
      FODSPOR_DO(read_inner_body(value, member.value, *field, into, place));
    } else {
      FODSPOR_DO(read_one(member.value, *field, FieldPlace{into, field->field}, place));
    }
  }
  for (const FieldForm& field : form.fields) {
    if (field.required && !value.find(field.name))
      return refuse(Path{&path, field.name}, value, "it is missing, and " + a(form.name) + " needs it");
  }
  return {};
}

}  // namespace fodspor::events::json
