// The rules of a body: those that follow from its schema, and those that its type alone has. Called by rules.cpp. Any thread.
#pragma once

#include <capnp/dynamic.h>

#include <optional>
#include <string_view>

#include "events/calendar.h"
#include "events/forms.h"

namespace fodspor::events {

// Fault::invalid unless the text is a code: 1 to limits::code_bytes_max bytes of letters (Danish ones too), digits and . _ : / + -.
// Fault::unsupported for what looks like a CPR number.
Status check_code(std::string_view text);

// What follows from the schema: required fields, codes, prose, list sizes, choices that are known and said.
Status check_fields(capnp::DynamicStruct::Reader body, const StructForm& form);

// The days that an event's envelope gives to its body.
struct Validity {
  std::optional<Date> from;
  std::optional<Date> to;
};

// The rules of one type alone. Not for Corrected, whose body is another type's.
Status check_body(EventType type, capnp::AnyPointer::Reader body, const Validity& valid, StreamKind stream);

}  // namespace fodspor::events
