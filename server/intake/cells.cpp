#include "server/intake/cells.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <charconv>

#include "events/ids.h"
#include "server/intake/personal.h"

namespace fodspor::server::intake {
namespace {

using Kind = FieldForm::Kind;

std::string shown(std::string_view text) {
  constexpr std::size_t most = 40;
  return "'" + std::string(text.substr(0, most)) + (text.size() > most ? "…'" : "'");
}

std::optional<int> digits(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.front() == '-' || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<Date> parse_day(std::string_view cell) {
  const auto refuse = [&] { return fail(Fault::invalid, shown(cell) + " is not a day: write it as 31-03-2021 or 2021-03-31"); };
  std::string_view text = trimmed(cell);
  if (const auto space = text.find_first_of(" T"); space != std::string_view::npos) {
    const std::string_view time = text.substr(space + 1);
    if (time != "00:00" && time != "00:00:00" && time != "00.00" && time != "00.00.00") return refuse();
    text = text.substr(0, space);
  }
  if (text.size() == 10 && text[4] == '-') {
    auto date = Date::parse(text);
    return date ? date : refuse();
  }
  const auto first = text.find_first_of("-./");
  if (first == std::string_view::npos || first > 2) return refuse();
  const auto second = text.find(text[first], first + 1);
  if (second == std::string_view::npos || second - first > 3 || text.size() - second != 5) return refuse();
  const auto day = digits(text.substr(0, first));
  const auto month = digits(text.substr(first + 1, second - first - 1));
  const auto year = digits(text.substr(second + 1));
  if (!day || !month || !year) return refuse();
  auto date = Date::from_ymd(*year, *month, *day);
  return date ? date : refuse();
}

Result<std::int64_t> parse_decimal(std::string_view cell, char decimal) {
  const auto refuse = [&] {
    return fail(Fault::invalid, shown(cell) + " is not a number with a decimal " + (decimal == ',' ? "comma" : "point"));
  };
  const char thousands = decimal == ',' ? '.' : ',';
  std::string_view text = trimmed(cell);
  std::int64_t whole = 0;
  std::int64_t fraction = 0;
  std::int64_t place = 1'000'000;
  std::size_t figures = 0;
  std::size_t since_group = 0;
  bool grouped = false;
  bool after = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      ++figures;
      ++since_group;
      if (after) {
        place /= 10;
        if (place == 0 && c != '0') return refuse();
        fraction += (c - '0') * place;
      } else {
        if (whole > 1'000'000'000'000) return refuse();
        whole = whole * 10 + (c - '0');
      }
    } else if (c == thousands && !after && figures > 0 && (grouped ? since_group == 3 : since_group <= 3)) {
      grouped = true;
      since_group = 0;
    } else if (c == decimal && !after && figures > 0 && (!grouped || since_group == 3)) {
      after = true;
      since_group = 0;
    } else {
      return refuse();
    }
  }
  if (figures == 0 || (after && since_group == 0) || (grouped && !after && since_group != 3)) return refuse();
  return whole * 1'000'000 + fraction;
}

Result<std::int64_t> parse_hours(std::string_view cell, char decimal) {
  FODSPOR_TRY(const std::int64_t millionths, parse_decimal(cell, decimal));
  if (millionths > 10'000'000'000) return fail(Fault::invalid, shown(cell) + " is more hours than there can be");
  return (millionths * 60 + 500'000) / 1'000'000;
}

Cells::Cells(const Table& table, const Mapping& mapping) : table_(table), mapping_(mapping) {
  for (std::size_t i = 0; i < table.header.size(); ++i) columns_.emplace(table.header[i], i);
}

Status Cells::check_columns() const {
  Problems problems;
  for (const std::string& column : mapping_.columns()) {
    if (table_.column(column)) continue;
    std::string known;
    for (const std::string& one : table_.header) {
      if (known.size() > 300) {
        known += ", …";
        break;
      }
      known += (known.empty() ? "" : ", ") + one;
    }
    problems.add(table_.file + ": there is no column '" + column + "', which " + mapping_.file + " names; there are " + known);
  }
  return problems.status();
}

std::string_view Cells::cell(std::string_view column) const {
  const auto found = columns_.find(column);
  FODSPOR_CHECK(found != columns_.end() && row_ != nullptr);  // check_columns came first
  return trimmed(row_->cells[found->second]);
}

void Cells::problem(Problems& problems, std::string_view column, std::string_view reason) const {
  problems.add(place() + ": " + (column.empty() ? "" : "column '" + std::string(column) + "': ") + std::string(reason));
}

Result<std::string> Cells::naming(std::string_view column, StreamKind kind) const {
  const std::string_view text = cell(column);
  if (text.empty()) return fail(Fault::invalid, "this is empty, and tells whose row it is");
  if (kind == StreamKind::enterprise) {
    std::string number;
    for (const char c : text) {
      if (c >= '0' && c <= '9') {
        number += c;
      } else if (c != ' ' && c != '-') {
        return fail(Fault::invalid, shown(text) + " is not a CVR number, which has 8 digits");
      }
    }
    if (number.size() != 8) return fail(Fault::invalid, shown(text) + " is not a CVR number, which has 8 digits");
    return number;
  }
  if (looks_like_cpr(text)) {
    return fail(Fault::invalid, "this looks like a CPR number: nothing personal may enter the log in the clear. Use a case number");
  }
  return std::string(text);
}

Result<std::optional<Date>> Cells::day(const DateRule& rule) const {
  const std::string_view text = cell(rule.column);
  if (text.empty()) return std::nullopt;
  FODSPOR_TRY(const Date date, parse_day(text));
  return rule.included ? date.plus_days(1) : date;
}

Result<std::optional<boost::json::value>> Cells::value(const FieldRule& rule) const {
  const ValueRule& from = rule.value;
  if (from.from == ValueRule::From::constant) return convert(rule, from.constant);
  if (from.from == ValueRule::From::number) {
    // A number that follows from the row, so that it is the same in the next delivery: unique in one person's history for all practical
    // purposes, and never 0.
    std::string all;
    for (const std::string& column : from.columns) {
      const std::string_view text = cell(column);
      all += std::to_string(text.size()) + ":" + std::string(text);
    }
    return boost::json::value(static_cast<std::int64_t>((Id::derived({"number", all}).lo & 0x3fff'ffff) + 1));
  }
  std::string text(cell(from.columns.front()));
  if (from.values) {
    const auto found = from.values->find(text);
    if (found == from.values->end()) {
      if (text.empty()) return std::nullopt;
      std::string known;
      for (const auto& [code, meaning] : *from.values) known += (known.empty() ? "" : ", ") + code;
      return fail(Fault::invalid, shown(text) + " is not in the mapping's values; there are " + known);
    }
    text = found->second;
  }
  if (text.empty()) return std::nullopt;
  return convert(rule, std::move(text));
}

Result<std::optional<boost::json::value>> Cells::convert(const FieldRule& rule, std::string text) const {
  const bool constant = rule.value.from == ValueRule::From::constant;
  const char decimal = constant ? '.' : mapping_.decimal;
  const auto listed = [&](boost::json::value value) -> std::optional<boost::json::value> {
    if (!rule.form->list) return value;
    return boost::json::value(boost::json::array{std::move(value)});
  };
  switch (rule.form->kind) {
    case Kind::date: {
      FODSPOR_TRY(const Date date, parse_day(text));
      return listed(boost::json::value(date.text()));
    }
    case Kind::count: {
      if (rule.value.unit == ValueRule::Unit::hours) {
        FODSPOR_TRY(const std::int64_t minutes, parse_hours(text, decimal));
        return listed(boost::json::value(minutes));
      }
      // Long numbers are written in groups: "90 00 00 15".
      std::string digits = text;
      std::erase(digits, ' ');
      FODSPOR_TRY(const std::int64_t millionths, parse_decimal(digits, decimal));
      if (millionths % 1'000'000 != 0) return fail(Fault::invalid, shown(text) + " should be a whole number");
      return listed(boost::json::value(millionths / 1'000'000));
    }
    case Kind::decimal: {
      FODSPOR_TRY(const std::int64_t millionths, parse_decimal(text, decimal));
      std::string decimals = std::to_string(1'000'000 + millionths % 1'000'000).substr(1);
      while (!decimals.empty() && decimals.back() == '0') decimals.pop_back();
      return listed(boost::json::value(std::to_string(millionths / 1'000'000) + (decimals.empty() ? "" : "." + decimals)));
    }
    case Kind::flag:
      if (text != "true" && text != "false") return fail(Fault::invalid, shown(text) + " should be true or false: map it with values");
      return listed(boost::json::value(text == "true"));
    case Kind::choice: {
      const auto& choices = *rule.form->choices;
      if (std::find(choices.begin() + 1, choices.end(), text) == choices.end()) {
        std::string known;
        for (std::size_t i = 1; i < choices.size(); ++i) known += (i == 1 ? "" : ", ") + choices[i];
        return fail(Fault::invalid, shown(text) + " is none of " + known + ": map it with values");
      }
      return listed(boost::json::value(text));
    }
    default:
      if (looks_like_cpr(text))
        return fail(Fault::invalid, "this looks like a CPR number: nothing personal may enter the log in the clear");
      return listed(boost::json::value(text));
  }
}

bool Cells::fill(const std::vector<FieldRule>& fields, boost::json::object& facts, Problems& problems) const {
  bool good = true;
  for (const FieldRule& rule : fields) {
    const std::string column = rule.value.columns.empty() ? "" : rule.value.columns.front();
    auto read = value(rule);
    if (!read) {
      problem(problems, column, read.error().message);
      good = false;
    } else if (*read) {
      boost::json::object* into = &facts;
      for (std::size_t i = 0; i + 1 < rule.path.size(); ++i) {
        auto& inner = (*into)[rule.path[i]];
        if (!inner.is_object()) inner = boost::json::object();
        into = &inner.as_object();
      }
      (*into)[rule.path.back()] = **std::move(read);
    }
  }
  return good;
}

}  // namespace fodspor::server::intake
