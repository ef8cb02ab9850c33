// From the rows of a table to what they say, by a mapping. Every row is read before anything is written; problems name file, line, column
// and reason. Pure; any thread.
#pragma once

#include "server/intake/delivery.h"
#include "server/intake/mapping.h"
#include "server/intake/table.h"

namespace fodspor::server::intake {

// A row an event or a person.
Result<Delivery> long_delivery(const Table& table, const Mapping& mapping);
// A row a person, a column a week or month.
Result<Delivery> wide_delivery(const Table& table, const Mapping& mapping);
// Events as JSON lines. A line's key is its correlation id, or else what it says.
Result<Delivery> json_delivery(std::string_view lines, std::string_view file, std::string_view space);

}  // namespace fodspor::server::intake
