// The bodies of events, and all that has a schema, out of JSON by their forms. Any thread.
#pragma once

#include <capnp/dynamic.h>

#include "events/forms.h"
#include "events/json_value.h"

namespace fodspor::events::json {

// Each member into its field; each required field must be there.
Status read_object(const JsonValue& value, const StructForm& form, capnp::DynamicStruct::Builder into, const Path& path);

}  // namespace fodspor::events::json
