// What can be asked about a person, an enterprise or a placement that is not a matter of time: the fields of the entry record, age, and
// the kind of an enterprise or placement. Names, types and readers of these fields in one place. Any thread.
#pragma once

#include <capnp/schema.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/participation.h"

namespace fodspor::projections {

enum class Field : std::uint8_t {
  labour_status,
  in_education,
  gender,
  migrant_or_minority,
  disability,
  other_disadvantage,
  homeless,
  rural,
  isced,
  birth_year,
  age,
  municipality,
  benefit,
  readiness,
  contract,
  weekly_hours,
  wanted_hours,
  skill_level,
  unemployed_for,
  exit_reason,
  enrolments,
  enterprise_kind,
  industry,
  placement_kind,
  placement_completed,
};

struct FieldInfo {
  enum class Type : std::uint8_t { word, number, length, industry };
  Field field;
  std::string_view name;
  Type type;
  std::optional<capnp::EnumSchema> words;  // of a word
  std::int64_t least, most;                // of a number
  bool at_entry;                           // read from the entry record, so only `at = "entry"` has a meaning
};

const std::vector<FieldInfo>& all_fields();
const FieldInfo* find_field(std::string_view name) noexcept;
const FieldInfo& info(Field field) noexcept;

// `{ attribute = … }`: a field's value among words, or within bounds, on a day.
struct AttributeTest {
  Field field{};
  std::uint16_t anchor = 0;
  std::uint64_t any_of = 0;                       // of a word: 1 << ordinal
  std::optional<std::int64_t> at_least, at_most;  // of a number
  std::vector<std::int64_t> among;                // of a number
  Period longer_than;                             // of a length
  std::vector<std::string> industries;            // of an industry; empty: those of the programme's frame
};

// What the readers of fields look at; null where there is none.
struct AttributeSubject {
  const Participation* participation = nullptr;
  const Enterprise* enterprise = nullptr;
  const Work* placement = nullptr;
  const Context* context = nullptr;
};

// An ordinal or a number; none: not said. `on` is the day of the test, which only an age and a length of unemployment need.
std::optional<std::int64_t> value_of(Field field, const AttributeSubject& subject, std::optional<Date> on);
// The industry code of the enterprise, "" if none is said.
std::string_view industry_of(const AttributeSubject& subject);
// Whether a DB07 code or section name stands under one of those listed: "47" has "471110" under it.
bool in_industries(std::string_view code, const std::vector<std::string>& listed);

// What a figure is broken down by: "programme", "entry_year", "exit_year", or a field, with or without "_at_entry" (its only time).
struct BreakdownKey {
  enum class Kind : std::uint8_t { programme, entry_year, exit_year, field } kind{};
  Field field{};
};
// Fault::invalid: what there is instead.
Result<BreakdownKey> breakdown_key(std::string_view key);
// "female", "25 to 54", "2021"; "unknown" where it is not said.
std::string stratum(const BreakdownKey& key, const AttributeSubject& subject, ProgrammeId programme);

// snake_case, as JSON and definitions write what the schemas write in camelCase.
std::string snake_case(std::string_view camel_case);
// The ordinal of a word of an enumeration; none: no such word.
std::optional<std::uint16_t> ordinal(capnp::EnumSchema words, std::string_view word);
std::string word(capnp::EnumSchema words, std::uint16_t ordinal);
std::vector<std::string> words(capnp::EnumSchema schema);  // without `unspecified`

// "did you mean X?", or the whole list if it is short, or nothing.
std::string suggestion(std::string_view wrong, const std::vector<std::string>& known);

}  // namespace fodspor::projections
