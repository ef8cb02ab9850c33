// What the columns of a table mean, as a TOML file says it: read and checked against the vocabulary before any row is looked at. The
// grammar stands in server/intake/README.md. Values; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/calendar.h"
#include "events/forms.h"
#include "events/programme.capnp.h"
#include "events/terms.capnp.h"
#include "server/intake/table.h"

namespace fodspor::server::intake {

// A cell's meaning by its text; a text that is not in it is refused.
using Values = std::map<std::string, std::string, std::less<>>;

// Where the text of one value comes from.
struct ValueRule {
  enum class From { column, constant, number } from = From::column;
  std::vector<std::string> columns;  // one; of a number: all that it is made of
  std::string constant;
  std::optional<Values> values;
  enum class Unit { none, hours, minutes } unit = Unit::none;
};

struct FieldRule {
  std::vector<std::string> path;    // "job", "kind"
  const FieldForm* form = nullptr;  // of its last part
  ValueRule value;
};

struct DateRule {
  std::string column;
  bool included = false;  // of an end: the cell names the last day, not the first one after
};

struct Condition {
  std::string column;
  std::vector<std::string> any_of;
};

// Somebody other than the participant, named by a column.
struct NamedRule {
  std::string role;  // as JSON has it; empty: the stream itself
  StreamKind kind{};
  std::string column;
};

struct EventRule {
  const TypeInfo* type = nullptr;
  std::vector<Condition> when;
  std::optional<DateRule> on, to, registered;
  bool date_required = false;
  bool once = false;                // one a stream, whichever row has the earliest day: an enterprise that stands in many rows
  std::optional<NamedRule> stream;  // none: the row's participant
  std::vector<FieldRule> fields;
  std::vector<NamedRule> references;
};

// One code of a `wide` table.
struct CodeRule {
  bool participation = false;  // Enrolled where a run of it begins, Left where it ends
  bool missing = false;        // nothing was observed
  std::string status, benefit;
};

// A span of columns, one a period.
struct SeriesRule {
  std::string name;
  std::string first, last;  // columns
  Date starts;
  Period every;
  bool hours = false;  // cells are paid hours in the period; otherwise codes
  std::map<std::string, CodeRule, std::less<>> codes;
  std::vector<std::string> covers;  // Covered's facts, as JSON has them
};

struct Mapping {
  std::string file;
  std::string space;  // the namespace: facts of earlier deliveries are looked for in it
  enum class Format { long_rows, wide_rows } format = Format::long_rows;
  ProgrammeId programme;
  bool whole = false;  // each delivery is everything: what it does not hold is retracted
  TableOptions table;
  char decimal = ',';
  std::string source = "import";
  std::vector<std::string> key;
  bool ignore_unmatched = false;
  std::string participant_column;   // empty: rows are of no participant
  std::string register_name;        // whose case numbers these are
  std::vector<EventRule> events;    // long
  std::vector<SeriesRule> series;   // wide
  std::vector<FieldRule> enrolled;  // wide: fields of Enrolled

  // Fault::invalid: "mvad.toml:14:3: series[1].codes.FE.status: …".
  static Result<Mapping> read(std::string_view toml, std::string_view file);
  // Each column that is read, once.
  std::vector<std::string> columns() const;
};

}  // namespace fodspor::server::intake
