// Cells into values: dates, numbers with a decimal comma, code lists, hours. Each refusal says what the cell holds and what it should.
// Pure; any thread.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "server/intake/mapping.h"
#include "server/intake/problems.h"

namespace fodspor::server::intake {

// "31-03-2021", "31.03.2021", "31/3/2021", "2021-03-31", each with a time of midnight or without.
Result<Date> parse_day(std::string_view cell);
// "1.234,5" with a decimal comma, "1,234.5" with a point: as millionths.
Result<std::int64_t> parse_decimal(std::string_view cell, char decimal);
// Hours with decimals, as whole minutes.
Result<std::int64_t> parse_hours(std::string_view cell, char decimal);

// One row of a table, with the columns that a mapping reads found once.
class Cells {
 public:
  Cells(const Table& table, const Mapping& mapping);
  // Fault::invalid if a column that the mapping names is not there.
  Status check_columns() const;

  void at(const Row& row) { row_ = &row; }
  std::string place() const { return table_.file + ":" + std::to_string(row_->line); }
  std::string_view cell(std::string_view column) const;

  // A value as JSON has it, by the field that it is for; none if the cell is empty.
  Result<std::optional<boost::json::value>> value(const FieldRule& rule) const;
  Result<std::optional<Date>> day(const DateRule& rule) const;
  // A number or code that names somebody. Refused if it looks like a CPR number.
  Result<std::string> naming(std::string_view column, StreamKind kind) const;

  // Fields into the body; problems are noted with their column.
  bool fill(const std::vector<FieldRule>& fields, boost::json::object& facts, Problems& problems) const;
  void problem(Problems& problems, std::string_view column, std::string_view reason) const;

 private:
  Result<std::optional<boost::json::value>> convert(const FieldRule& rule, std::string text) const;

  const Table& table_;
  const Mapping& mapping_;
  std::map<std::string_view, std::size_t> columns_;
  const Row* row_ = nullptr;
};

}  // namespace fodspor::server::intake
