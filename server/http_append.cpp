#include "server/http_append.h"

#include <cstring>

#include "events/ids.h"
#include "events/json_text.h"
#include "events/limits.h"
#include "server/inbound.h"
#include "server/json_slices.h"
#include "server/wire_stream.h"

namespace fodspor::server {

namespace {

Result<JsonValue> value_of(std::string_view place, std::string_view text, JsonValue::Kind kind, std::string_view wanted) {
  auto value = parse_json(text);
  if (!value) return tl::make_unexpected(at(place, std::move(value).error()));
  if (value->kind != kind) {
    return fail(Fault::invalid, std::string(place) + ": has to be " + std::string(wanted) + ", and is " + std::string(value->kind_name()));
  }
  return value;
}

Result<std::vector<std::string_view>> items_of(std::string_view place, std::string_view text, std::string_view things) {
  auto items = json_items(text);
  if (!items) return tl::make_unexpected(at(place, std::move(items).error()));
  if (items->size() > limits::batch_events_max) {
    return fail(Fault::too_large, std::string(place) + ": " + std::to_string(items->size()) + " " + std::string(things) + "; at most " +
                                      std::to_string(limits::batch_events_max) + " go into one append, so split it");
  }
  return items;
}

Status fill_events(wire::Append::Builder append, std::string_view text) {
  FODSPOR_TRY(const auto events, items_of("events", text, "events"));
  auto list = append.initJson(static_cast<unsigned>(events.size()));
  for (unsigned i = 0; i < events.size(); ++i) {
    auto event = list.init(i, static_cast<unsigned>(events[i].size()));
    std::memcpy(event.begin(), events[i].data(), events[i].size());
  }
  return {};
}

Status fill_expected(wire::Expected::Builder expected, std::string_view text) {
  FODSPOR_TRY(const JsonValue object, value_of("it", text, JsonValue::Kind::object, "an object"));
  bool has_stream = false, has_version = false;
  for (const auto& member : object.members) {
    if (member.key == "stream" && member.value.kind == JsonValue::Kind::text) {
      FODSPOR_TRY(const StreamId stream, StreamId::parse(member.value.text));
      fill(expected.initStream(), stream);
      has_stream = true;
    } else if (member.key == "version" && member.value.kind == JsonValue::Kind::number && !member.value.flag &&
               member.value.number <= UINT32_MAX) {
      if (member.value.number == 0) {
        expected.setNone();
      } else {
        expected.setVersion(static_cast<std::uint32_t>(member.value.number));
      }
      has_version = true;
    } else {
      return fail(Fault::invalid, "'" + member.key + "' has to be stream, a text, or version, a 32-bit number");
    }
  }
  if (!has_stream || !has_version) return fail(Fault::invalid, "stream and version are both needed; version 0 means that it must be new");
  return {};
}

}  // namespace

Status fill_append(wire::Append::Builder append, std::string_view body) {
  auto members = json_members(body);
  if (!members) return tl::make_unexpected(at("the body", std::move(members).error()));
  bool has_request = false, has_events = false;
  for (const JsonMember& member : *members) {
    if (member.key == "request") {
      FODSPOR_TRY(const JsonValue request, value_of("request", member.value, JsonValue::Kind::text, "a text"));
      append.setRequestId(request.text);
      has_request = true;
    } else if (member.key == "dry_run") {
      FODSPOR_TRY(const JsonValue dry_run, value_of("dry_run", member.value, JsonValue::Kind::flag, "true or false"));
      append.setDryRun(dry_run.flag);
    } else if (member.key == "events") {
      FODSPOR_DO(fill_events(append, member.value));
      has_events = true;
    } else if (member.key == "expected") {
      FODSPOR_TRY(const auto items, items_of("expected", member.value, "streams"));
      auto list = append.initExpected(static_cast<unsigned>(items.size()));
      for (unsigned i = 0; i < items.size(); ++i) {
        if (auto filled = fill_expected(list[i], items[i]); !filled) {
          return tl::make_unexpected(at("expected[" + std::to_string(i) + "]", std::move(filled).error()));
        }
      }
    } else {
      return fail(Fault::invalid, "there is no '" + member.key + "' in an append; there is request, events, expected, dry_run");
    }
  }
  if (!has_request) return fail(Fault::invalid, "request: an append carries an id of its own, so that it can be repeated safely");
  if (!has_events) return fail(Fault::invalid, "events: a list of at least one event is missing");
  return {};
}

}  // namespace fodspor::server
