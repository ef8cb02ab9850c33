#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <capnp/dynamic.h>

#include "events/bodies.h"
#include "events/forms.h"
#include "events/json.h"
#include "events/json_text.h"
#include "events/limits.h"

namespace fodspor::events {

namespace {

using Kind = FieldForm::Kind;
using JsonKind = JsonValue::Kind;

// Where in the object a value stands, as "facts.figures[2].target": links up to the root, made text only for an error.
struct Path {
  const Path* above = nullptr;
  std::string_view key;
  std::size_t index = 0;

  std::string text() const {
    std::string result = above ? above->text() : std::string();
    if (key.empty()) return above ? result + "[" + std::to_string(index) + "]" : result;
    if (!result.empty()) result += '.';
    return result.append(key.substr(0, 60));
  }
};

tl::unexpected<Failure> refuse(const Path& path, std::size_t offset, std::string_view why, Fault fault = Fault::invalid) {
  const std::string place = path.text();
  return fail(fault, (place.empty() ? std::string() : place + ": ") + std::string(why) + " (byte " + std::to_string(offset) + ")");
}

tl::unexpected<Failure> refuse(const Path& path, const JsonValue& value, std::string_view why) {
  return refuse(path, value.offset, why);
}

Status expect(const JsonValue& value, JsonKind kind, const Path& path, std::string_view wanted) {
  if (value.kind == kind) return {};
  return refuse(path, value, std::string(value.kind_name()) + " stands here, and " + std::string(wanted) + " should");
}

std::string listed(const std::vector<std::string>& names, std::size_t from) {
  std::string result;
  for (std::size_t i = from; i < names.size(); ++i) result += (i == from ? "" : ", ") + names[i];
  return result;
}

// Keys under which people put what belongs to a person. None of them is a field of any event.
bool personal_key(std::string_view key) {
  constexpr std::array<std::string_view, 24> keys{"address",    "birth_date", "birthdate",  "birthday", "comment",   "comments",
                                                  "contact",    "cpr",        "cpr_number", "cprnr",    "diagnosis", "email",
                                                  "first_name", "free_text",  "last_name",  "mail",     "mobile",    "name",
                                                  "note",       "notes",      "personal",   "phone",    "remarks",   "telephone"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

tl::unexpected<Failure> unknown_key(const JsonValue::Member& member, const Path& path, const std::string& known) {
  if (personal_key(member.key)) {
    return refuse(
        path, member.offset,
        "personal data are refused until they can be sealed: nothing that names or describes a person may enter the log in the clear; "
        "leave the field out",
        Fault::unsupported);
  }
  return refuse(path, member.offset, "there is no such field here" + (known.empty() ? "" : "; there are " + known));
}

Result<std::uint64_t> read_count(const JsonValue& value, std::uint64_t most, const Path& path) {
  FODSPOR_DO(expect(value, JsonKind::number, path, "an integer"));
  if (value.flag) return refuse(path, value, "a number below 0");
  if (value.number > most) return refuse(path, value, std::to_string(value.number) + " is too large: at most " + std::to_string(most));
  return value.number;
}

// "1.59" as 1590000.
Result<std::uint64_t> read_decimal(const JsonValue& value, std::uint64_t most, const Path& path) {
  FODSPOR_DO(expect(value, JsonKind::text, path, "a decimal in quotes, as \"1.59\","));
  const std::string_view text = value.text;
  const auto bad = [&] {
    return refuse(path, value,
                  "\"" + std::string(text.substr(0, 40)) + "\" is not a decimal: write it as \"1.59\", with at most 6 decimals");
  };
  std::uint64_t millionths = 0;
  std::size_t whole = 0;
  std::size_t decimals = 0;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return bad();
    if (++(point ? decimals : whole) > (point ? 6u : 12u)) return bad();
    millionths = millionths * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (whole == 0 || (point && decimals == 0) || (whole > 1 && text.front() == '0')) return bad();
  for (; decimals < 6; ++decimals) millionths *= 10;
  if (millionths > most) return refuse(path, value, std::string(text) + " is too large");
  return millionths;
}

Result<std::uint16_t> read_choice(const JsonValue& value, const std::vector<std::string>& choices, const Path& path) {
  FODSPOR_DO(expect(value, JsonKind::text, path, "one of " + listed(choices, 1)));
  // What is not specified is left out, so its name is none of the choices.
  const auto found = std::find(choices.begin() + 1, choices.end(), value.text);
  if (found != choices.end()) return static_cast<std::uint16_t>(found - choices.begin());
  return refuse(path, value, "\"" + value.text.substr(0, 60) + "\" is none of " + listed(choices, 1));
}

// The values that parse from a string by a function of their own.
template <class Parse>
auto read_parsed(const JsonValue& value, const Path& path, std::string_view wanted, Parse parse) -> decltype(parse(std::string_view())) {
  FODSPOR_DO(expect(value, JsonKind::text, path, wanted));
  auto parsed = parse(value.text);
  if (!parsed) return refuse(path, value.offset, parsed.error().message, parsed.error().fault);
  return parsed;
}

Result<Date> read_date(const JsonValue& value, const Path& path) {
  return read_parsed(value, path, "a date, as \"2021-03-31\",", [](std::string_view text) { return Date::parse(text); });
}
Result<StreamId> read_stream(const JsonValue& value, const Path& path) {
  return read_parsed(value, path, "a stream, as \"participant/…\",", [](std::string_view text) { return StreamId::parse(text); });
}
Result<EventId> read_event_id(const JsonValue& value, const Path& path) {
  return read_parsed(value, path, "an event's id", [](std::string_view text) { return EventId::parse(text); });
}

Result<kj::StringPtr> read_text(const JsonValue& value, std::size_t bytes_max, const Path& path) {
  FODSPOR_DO(expect(value, JsonKind::text, path, "a string"));
  if (value.text.empty()) return refuse(path, value, "an empty string: leave the field out");
  if (value.text.size() > bytes_max)
    return refuse(path, value, "the text has " + std::to_string(value.text.size()) + " bytes, and may have " + std::to_string(bytes_max));
  if (value.text.find('\0') != std::string::npos) return refuse(path, value, "the text holds a zero byte");
  return kj::StringPtr(value.text.c_str(), value.text.size());
}

Result<std::array<unsigned char, 32>> read_hash(const JsonValue& value, const Path& path) {
  FODSPOR_DO(expect(value, JsonKind::text, path, "a hash"));
  const std::string_view text = value.text;
  std::array<unsigned char, 32> hash;
  if (text.size() == 64) {
    const auto first = Id::parse(text.substr(0, 32)), second = Id::parse(text.substr(32));
    if (first && second) {
      std::memcpy(hash.data(), first->bytes().data(), 16);
      std::memcpy(hash.data() + 16, second->bytes().data(), 16);
      return hash;
    }
  }
  return refuse(path, value, "a SHA-256 hash has 64 hexadecimal digits");
}

Status read_object(const JsonValue& value, const StructForm& form, capnp::DynamicStruct::Builder into, const Path& path);

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
      FODSPOR_TRY(const Timestamp time,
                  read_parsed(value, path, "a point in time", [](std::string_view text) { return parse_timestamp(text); }));
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
      FODSPOR_TRY(const Id id, read_parsed(value, path, "an id", [](std::string_view text) { return Id::parse(text); }));
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

// What ordering and the server add to an event, and an export shows.
bool added_key(std::string_view key) {
  constexpr std::array<std::string_view, 9> keys{
      "batch_size",         "id",          "ordinal_in_programme", "position", "previous_in_programme",
      "previous_in_stream", "recorded_at", "submitted_by",         "version"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}
// What only an export says, so that a newer writer's event comes back as it was.
bool exported_key(std::string_view key) {
  return key == "critical" || key == "facts_bytes" || key == "schema_version";
}

// One object, with its type and stream already at hand.
class Envelope {
 public:
  Envelope(const JsonValue& object, Draft& draft, bool exported) : object_(object), draft_(draft), exported_(exported) {}

  Status read() {
    for (const auto& member : object_.members) {
      const Path path{nullptr, member.key};
      if (exported_ ? added_key(member.key) : added_key(member.key) || exported_key(member.key)) {
        if (exported_) continue;
        return refuse(path, member.offset, "only the ledger says this: leave it out");
      }
      FODSPOR_DO(read_member(member, path));
    }
    return read_body();
  }

 private:
  Status read_member(const JsonValue::Member& member, const Path& path) {
    const std::string& key = member.key;
    const JsonValue& value = member.value;
    auto proposal = draft_.proposal();
    if (key == "type" || key == "stream" || key == "facts" || key == "facts_bytes") return {};
    if (key == "programme") {
      FODSPOR_TRY(const ProgrammeId id,
                  read_parsed(value, path, "a programme's short name", [](std::string_view text) { return ProgrammeId::parse(text); }));
      draft_.in(id);
    } else if (key == "valid_from" || key == "valid_to") {
      FODSPOR_TRY(const Date date, read_date(value, path));
      key == "valid_from" ? proposal.setValidFrom(date.stored()) : proposal.setValidTo(date.stored());
    } else if (key == "registered_at") {
      FODSPOR_TRY(const Timestamp time,
                  read_parsed(value, path, "a point in time", [](std::string_view text) { return parse_timestamp(text); }));
      proposal.setRegisteredAt(time.micros);
    } else if (key == "source") {
      FODSPOR_TRY(const std::uint16_t source, read_choice(value, choices_of(capnp::Schema::from<wire::Source>()), path));
      proposal.setSource(static_cast<wire::Source>(source));
    } else if (key == "actor") {
      FODSPOR_TRY(const kj::StringPtr text, read_text(value, limits::code_bytes_max, path));
      proposal.setActor(text);
    } else if (key == "organisation") {
      FODSPOR_TRY(const kj::StringPtr text, read_text(value, limits::code_bytes_max, path));
      proposal.setOrganisation(text);
    } else if (key == "evidence") {
      return read_object(value, evidence_form(), proposal.initEvidence(), path);
    } else if (key == "causation") {
      FODSPOR_TRY(const EventId id, read_event_id(value, path));
      auto event = proposal.initCausation();
      event.setHi(id.request.id.hi);
      event.setLo(id.request.id.lo);
      event.setIndex(id.index);
    } else if (key == "correlation") {
      FODSPOR_TRY(const Id id, read_parsed(value, path, "an id", [](std::string_view text) { return Id::parse(text); }));
      proposal.initCorrelation().setHi(id.hi);
      proposal.getCorrelation().setLo(id.lo);
    } else if (key == "references") {
      return read_references(value, path);
    } else if (key == "critical") {
      FODSPOR_DO(expect(value, JsonKind::flag, path, "true or false"));
      proposal.setCritical(value.flag);
    } else if (key == "schema_version") {
      FODSPOR_TRY(const std::uint64_t version, read_count(value, 0xffff, path));
      proposal.setSchemaVersion(static_cast<std::uint16_t>(version));
    } else {
      return unknown_key(
          member, path,
          "type, stream, programme, valid_from, valid_to, registered_at, source, actor, organisation, evidence, causation, correlation, "
          "references, facts");
    }
    return {};
  }

  Status read_references(const JsonValue& value, const Path& path) {
    FODSPOR_DO(expect(value, JsonKind::list, path, "a list"));
    if (value.items.empty()) return refuse(path, value, "an empty list: leave the field out");
    if (value.items.size() > limits::references_max) {
      return refuse(path, value,
                    std::to_string(value.items.size()) + " references are too many: at most " + std::to_string(limits::references_max));
    }
    auto list = draft_.proposal().initReferences(static_cast<unsigned>(value.items.size()));
    for (unsigned i = 0; i < list.size(); ++i) FODSPOR_DO(read_reference(value.items[i], list[i], Path{&path, {}, i}));
    return {};
  }

  static Status read_reference(const JsonValue& value, wire::Reference::Builder reference, const Path& path) {
    FODSPOR_DO(expect(value, JsonKind::object, path, "an object"));
    for (const auto& member : value.members) {
      const Path place{&path, member.key};
      if (member.key == "role") {
        FODSPOR_TRY(const std::uint16_t role, read_choice(member.value, choices_of(capnp::Schema::from<wire::Role>()), place));
        reference.setRole(static_cast<wire::Role>(role));
      } else if (member.key == "stream") {
        FODSPOR_TRY(const StreamId stream, read_stream(member.value, place));
        reference.setKind(static_cast<std::uint8_t>(stream.kind));
        reference.setHi(stream.id.hi);
        reference.setLo(stream.id.lo);
      } else if (member.key == "superseded") {
        FODSPOR_DO(expect(member.value, JsonKind::flag, place, "true or false"));
        reference.setSuperseded(member.value.flag);
      } else {
        return unknown_key(member, place, "role, stream, superseded");
      }
    }
    if (!value.find("role")) return refuse(Path{&path, "role"}, value, "it is missing");
    if (!value.find("stream")) return refuse(Path{&path, "stream"}, value, "it is missing");
    return {};
  }

  Status read_body() {
    const Path path{nullptr, "facts"};
    const JsonValue* facts = object_.find("facts");
    // The bytes are the whole body; "facts" beside them is what an older reader could make of them.
    if (const JsonValue* bytes = exported_ ? object_.find("facts_bytes") : nullptr) {
      const Path bytes_path{nullptr, "facts_bytes"};
      FODSPOR_DO(expect(*bytes, JsonKind::text, bytes_path, "base64"));
      if (auto read = body_from_base64(bytes->text, draft_); !read) return refuse(bytes_path, bytes->offset, read.error().message);
      return {};
    }
    const TypeInfo* type = find_type(draft_.type());
    if (!type)
      return refuse(Path{nullptr, "type"}, object_.find("type")->offset, "an event type that is only a number needs its \"facts_bytes\"");
    const JsonValue nothing{.kind = JsonKind::object, .offset = object_.offset, .text = {}, .items = {}, .members = {}};
    auto body = draft_.proposal().getFacts().initAs<capnp::DynamicStruct>(type->schema);
    return read_object(facts ? *facts : nothing, form_of(*type), body, path);
  }

  const JsonValue& object_;
  Draft& draft_;
  bool exported_;
};

Result<EventType> read_type(const JsonValue& object, bool exported) {
  const Path path{nullptr, "type"};
  const JsonValue* value = object.find("type");
  if (!value) return refuse(path, object, "it is missing");
  if (exported && value->kind == JsonKind::number) {
    FODSPOR_TRY(const std::uint64_t number, read_count(*value, 0xffff, path));
    if (number == 0) return refuse(path, *value, "0 is no event type");
    return static_cast<EventType>(number);
  }
  FODSPOR_DO(expect(*value, JsonKind::text, path, "the name of an event type"));
  if (const TypeInfo* type = find_type(value->text)) return type->type;
  return refuse(path, *value, "\"" + value->text.substr(0, 60) + "\" is not an event type that this version knows");
}

}  // namespace

Result<Draft> draft_from_json(std::string_view text, bool exported) {
  FODSPOR_TRY(const JsonValue object, parse_json(text));
  FODSPOR_DO(expect(object, JsonKind::object, Path{}, "an object, one event,"));
  FODSPOR_TRY(const EventType type, read_type(object, exported));
  const JsonValue* where = object.find("stream");
  const Path where_path{nullptr, "stream"};
  if (!where) return refuse(where_path, object, "it is missing");
  FODSPOR_TRY(const StreamId stream, read_stream(*where, where_path));
  Draft draft(type, stream);
  FODSPOR_DO(Envelope(object, draft, exported).read());
  return draft;
}

}  // namespace fodspor::events
