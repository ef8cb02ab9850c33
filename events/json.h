// Events as JSON, both ways, for people and programs: one object an event.
//
//   {"type": "CourseEnded", "stream": "participant/9f0c…", "programme": "roskilde", "valid_from": "2021-05-28",
//    "source": "staff", "references": [{"role": "enterprise", "stream": "enterprise/…"}],
//    "facts": {"course": 1, "kind": "indslusning", "completed": "yes"}}
//
// Names are snake_case. Numbers are integers; what has decimals is a decimal string; dates are ISO. Reading is strict: a duplicate or
// unknown key, a number outside its field, a lone surrogate, a missing required field is refused with the path and the offset.
// Writing is canonical (RFC 8785): keys sorted, no white space, fields that are absent left out; reading what was written gives the
// same bytes in codec.h.
#pragma once

#include <string>
#include <string_view>

#include "events/event.h"

namespace fodspor::events {

// A draft from one JSON object. Keys that only ordering or the server sets ("position", "recorded_at", "version", "id", "batch_size",
// "submitted_by" and so on) are accepted and ignored when `exported` is true, and refused otherwise. Fault::invalid with path and byte
// offset; Fault::unsupported for a "personal" part, which is refused until sealing is there.
Result<Draft> draft_from_json(std::string_view object, bool exported = false);

// One recorded event whole, with its placement, as canonical JSON. An unknown newer type keeps its body as base64 in "facts_bytes".
std::string to_json(const Event& event);
// The body alone.
std::string facts_to_json(const Event& event);

}  // namespace fodspor::events
