// How each field of each body is written for people: its name, what it may hold, and how its stored number is to be read. Derived once
// from the schemas and the annotations of terms.capnp; json.cpp and rules.cpp both go by it. Any thread.
#pragma once

#include <capnp/any.h>
#include <capnp/schema.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/vocabulary.h"

namespace fodspor::events {

struct StructForm;

struct FieldForm {
  enum class Kind : std::uint8_t {
    date,        // "2021-03-31"
    count,       // an integer from 0
    decimal,     // millionths: "1.59"
    moment,      // µs: "2021-03-31T12:00:00Z"
    hash,        // 64 hexadecimal digits
    code,        // text without white space
    prose,       // text about a programme
    flag,        // true or false
    choice,      // one of a list of names
    id,          // 32 hexadecimal digits
    event,       // an event's id, "9f0c…/3"
    event_type,  // the name of an event type
    body,        // an object by the type that `type` beside it names
    object,
  };
  std::string name;  // snake_case
  capnp::StructSchema::Field field;
  Kind kind = Kind::count;
  bool list = false;  // a list of such
  bool required = false;
  bool plus_one = false;   // 1 is added to what is stored, so that 0 is absent
  std::uint64_t most = 0;  // of numbers: the largest that can be said
  const StructForm* object = nullptr;
  const std::vector<std::string>* choices = nullptr;  // by their stored number; the first is "unspecified"
};

struct StructForm {
  std::string name;  // "CourseEnded"
  capnp::StructSchema schema;
  std::vector<FieldForm> fields;          // sorted by name
  std::vector<std::uint64_t> known_bits;  // of each word of data: those that a field here owns
  std::size_t known_pointers = 0;

  const FieldForm* find(std::string_view field) const noexcept;
};

// The largest integer that every reader of JSON keeps exact.
inline constexpr std::uint64_t exact_max = (std::uint64_t{1} << 53) - 1;

const StructForm& form_of(const TypeInfo& type);
const StructForm& evidence_form();
// A code list's names in snake_case, by number.
const std::vector<std::string>& choices_of(capnp::EnumSchema list);

// Whether a body holds anything that its form does not know, as a newer writer's fields and choices.
bool holds_more(capnp::AnyStruct::Reader body, const StructForm& form);

}  // namespace fodspor::events
