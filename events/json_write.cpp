#include <capnp/dynamic.h>

#include "events/bodies.h"
#include "events/forms.h"
#include "events/json.h"
#include "events/json_text.h"

namespace fodspor::events {

namespace {

using Kind = FieldForm::Kind;

// An object under way. Keys are given in their order, which RFC 8785 asks for: by code units, which for ASCII is by bytes.
class ObjectText {
 public:
  explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }
  ~ObjectText() { out_ += '}'; }
  ObjectText(const ObjectText&) = delete;
  ObjectText& operator=(const ObjectText&) = delete;

  std::string& key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_quoted(out_, name);
    out_ += ':';
    return out_;
  }
  void text(std::string_view name, std::string_view value) { append_quoted(key(name), value); }
  void number(std::string_view name, std::uint64_t value) { key(name) += std::to_string(value); }

 private:
  std::string& out_;
  bool first_ = true;
};

std::string_view view(capnp::Text::Reader text) {
  return {text.begin(), text.size()};
}

std::string decimal(std::uint64_t millionths) {
  std::string result = std::to_string(millionths / 1'000'000);
  std::string decimals = std::to_string(millionths % 1'000'000);
  decimals.insert(0, 6 - decimals.size(), '0');
  while (!decimals.empty() && decimals.back() == '0') decimals.pop_back();
  return decimals.empty() ? result : result + "." + decimals;
}

std::string hex(capnp::Data::Reader data) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (const unsigned char byte : data) {
    result += digits[byte >> 4];
    result += digits[byte & 15];
  }
  return result;
}

// A newer writer's choice has no name here, and is written as its number.
void append_choice(std::string& out, std::uint16_t choice, const std::vector<std::string>& choices) {
  if (choice < choices.size()) {
    append_quoted(out, choices[choice]);
  } else {
    out += std::to_string(choice);
  }
}

void append_object(std::string& out, capnp::DynamicStruct::Reader object, const StructForm& form);

Id id_in(capnp::DynamicStruct::Reader id) {
  return {id.get("hi").as<std::uint64_t>(), id.get("lo").as<std::uint64_t>()};
}

void append_value(std::string& out, const capnp::DynamicValue::Reader& value, const FieldForm& form) {
  switch (form.kind) {
    case Kind::date: {
      const auto stored = value.as<std::uint32_t>();
      const auto date = Date::stored(stored);
      // A day outside of the calendar cannot have been written by us; its number is shown as it is.
      date ? append_quoted(out, date->text()) : static_cast<void>(out += std::to_string(stored));
      return;
    }
    case Kind::count:
      out += std::to_string(value.as<std::uint64_t>() - (form.plus_one ? 1 : 0));
      return;
    case Kind::decimal:
      return append_quoted(out, decimal(value.as<std::uint64_t>() - (form.plus_one ? 1 : 0)));
    case Kind::moment:
      return append_quoted(out, text(Timestamp{value.as<std::int64_t>()}));
    case Kind::hash:
      return append_quoted(out, hex(value.as<capnp::Data>()));
    case Kind::code:
    case Kind::prose:
      return append_quoted(out, view(value.as<capnp::Text>()));
    case Kind::flag:
      out += value.as<bool>() ? "true" : "false";
      return;
    case Kind::choice:
      return append_choice(out, value.as<capnp::DynamicEnum>().getRaw(), *form.choices);
    case Kind::id:
      return append_quoted(out, id_in(value.as<capnp::DynamicStruct>()).hex());
    case Kind::event: {
      const auto event = value.as<capnp::DynamicStruct>();
      return append_quoted(out, EventId{{id_in(event)}, event.get("index").as<std::uint32_t>()}.text());
    }
    case Kind::event_type: {
      const auto number = value.as<std::uint16_t>();
      const TypeInfo* type = find_type(static_cast<EventType>(number));
      type ? append_quoted(out, type->name) : static_cast<void>(out += std::to_string(number));
      return;
    }
    case Kind::object:
      return append_object(out, value.as<capnp::DynamicStruct>(), *form.object);
    case Kind::body:
      break;
  }
  FODSPOR_CHECK(form.kind != Kind::body);  // written where the type beside it is at hand
}

void append_list(std::string& out, capnp::DynamicList::Reader list, const FieldForm& form) {
  out += '[';
  for (unsigned i = 0; i < list.size(); ++i) {
    if (i > 0) out += ',';
    append_value(out, list[i], form);
  }
  out += ']';
}

bool absent(capnp::DynamicStruct::Reader object, const FieldForm& form) {
  return !object.has(form.field, capnp::HasMode::NON_DEFAULT);
}

void append_object(std::string& out, capnp::DynamicStruct::Reader object, const StructForm& form) {
  ObjectText fields(out);
  for (const FieldForm& field : form.fields) {
    if (absent(object, field)) continue;
    if (field.list) {
      append_list(fields.key(field.name), object.get(field.field).as<capnp::DynamicList>(), field);
    } else if (field.kind == Kind::body) {
      const TypeInfo* type = find_type(static_cast<EventType>(object.get("type").as<std::uint16_t>()));
      if (!type) continue;  // then the bytes beside the facts say it
      const auto body = object.get(field.field).as<capnp::AnyPointer>().getAs<capnp::DynamicStruct>(type->schema);
      append_object(fields.key(field.name), body, form_of(*type));
    } else {
      append_value(fields.key(field.name), object.get(field.field), field);
    }
  }
}

void append_references(std::string& out, capnp::List<wire::Reference>::Reader references) {
  out += '[';
  bool first = true;
  for (const auto reference : references) {
    if (!first) out += ',';
    first = false;
    ObjectText fields(out);
    append_choice(fields.key("role"), static_cast<std::uint16_t>(reference.getRole()), choices_of(capnp::Schema::from<wire::Role>()));
    fields.text("stream", StreamId{static_cast<StreamKind>(reference.getKind()), {reference.getHi(), reference.getLo()}}.text());
    if (reference.getSuperseded()) fields.key("superseded") += "true";
  }
  out += ']';
}

void append_facts(std::string& out, const Event& event, const TypeInfo& type) {
  append_object(out, event.proposal().getFacts().getAs<capnp::DynamicStruct>(type.schema), form_of(type));
}

bool needs_bytes(const Event& event, const TypeInfo* type) {
  const auto facts = event.proposal().getFacts();
  if (facts.isNull()) return false;
  return !type || holds_more(facts.getAs<capnp::AnyStruct>(), form_of(*type));
}

}  // namespace

std::string facts_to_json(const Event& event) {
  std::string out;
  if (const TypeInfo* type = find_type(event.type())) {
    append_facts(out, event, *type);
  } else {
    ObjectText fields(out);
    if (needs_bytes(event, nullptr)) fields.text("facts_bytes", body_to_base64(event.proposal().getFacts()));
  }
  return out;
}

std::string to_json(const Event& event) {
  const auto proposal = event.proposal();
  const Placement& placement = event.placement();
  const TypeInfo* type = find_type(event.type());
  std::string out;
  out.reserve(512);
  ObjectText fields(out);
  const auto some_text = [&](std::string_view key, capnp::Text::Reader value) {
    if (value.size() > 0) fields.text(key, view(value));
  };
  const auto some_number = [&](std::string_view key, std::uint64_t value) {
    if (value > 0) fields.number(key, value);
  };

  some_text("actor", proposal.getActor());
  fields.number("batch_size", proposal.getBatchSize());
  if (proposal.hasCausation()) {
    const auto cause = proposal.getCausation();
    fields.text("causation", EventId{{{cause.getHi(), cause.getLo()}}, cause.getIndex()}.text());
  }
  if (proposal.hasCorrelation()) fields.text("correlation", Id{proposal.getCorrelation().getHi(), proposal.getCorrelation().getLo()}.hex());
  if (event.critical() != (type && type->critical)) fields.key("critical") += event.critical() ? "true" : "false";
  if (proposal.hasEvidence()) append_object(fields.key("evidence"), proposal.getEvidence(), evidence_form());
  if (type) append_facts(fields.key("facts"), event, *type);
  if (needs_bytes(event, type)) fields.text("facts_bytes", body_to_base64(proposal.getFacts()));
  fields.text("id", event.id().text());
  some_number("ordinal_in_programme", placement.ordinal_in_programme);
  some_text("organisation", proposal.getOrganisation());
  some_number("position", placement.position.value);
  some_number("previous_in_programme", placement.previous_in_programme.value);
  some_number("previous_in_stream", placement.previous_in_stream.value);
  if (event.programme()) fields.text("programme", event.programme().slug());
  if (placement.position.value > 0) fields.text("recorded_at", text(placement.recorded_at));
  if (proposal.getReferences().size() > 0) append_references(fields.key("references"), proposal.getReferences());
  if (proposal.getRegisteredAt() != 0) fields.text("registered_at", text(Timestamp{proposal.getRegisteredAt()}));
  if (proposal.getSchemaVersion() != 1) fields.number("schema_version", proposal.getSchemaVersion());
  some_number("sealed", proposal.getSealed().size());
  if (proposal.getSource() != wire::Source::UNSPECIFIED) {
    append_choice(fields.key("source"), static_cast<std::uint16_t>(proposal.getSource()), choices_of(capnp::Schema::from<wire::Source>()));
  }
  fields.text("stream", event.stream().text());
  some_text("submitted_by", proposal.getSubmittedBy());
  if (type) {
    fields.text("type", type->name);
  } else {
    fields.number("type", static_cast<std::uint16_t>(event.type()));
  }
  if (const auto from = event.valid_from()) fields.text("valid_from", from->text());
  if (const auto to = event.valid_to()) fields.text("valid_to", to->text());
  some_number("version", placement.version.value);
  return out;
}

}  // namespace fodspor::events
