#include <algorithm>
#include <array>

#include "events/bodies.h"
#include "events/json.h"
#include "events/json_body.h"
#include "events/limits.h"

namespace fodspor::events {

namespace {

using namespace json;
using JsonKind = JsonValue::Kind;

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
      FODSPOR_TRY(const ProgrammeId id, read_programme(value, path));
      draft_.in(id);
    } else if (key == "valid_from" || key == "valid_to") {
      FODSPOR_TRY(const Date date, read_date(value, path));
      key == "valid_from" ? proposal.setValidFrom(date.stored()) : proposal.setValidTo(date.stored());
    } else if (key == "registered_at") {
      FODSPOR_TRY(const Timestamp time, read_moment(value, path));
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
      FODSPOR_TRY(const Id id, read_id(value, path));
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
