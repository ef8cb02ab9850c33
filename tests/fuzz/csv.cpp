// Any bytes as a spreadsheet: they are refused, or become a table that is the same when it is written out and read again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/intake/cells.h"
#include "server/intake/personal.h"
#include "server/intake/table.h"

using namespace fodspor::server::intake;

namespace {

std::string written(const Table& table) {
  std::string text;
  const auto add = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      text += i == 0 ? "\"" : ";\"";
      for (const char c : cells[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }
    text += "\r\n";
  };
  add(table.header);
  for (const Row& row : table.rows) add(row.cells);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const Encoding encoding : {Encoding::detect, Encoding::windows_1252}) {
    const auto table = read_table(bytes, "f", {encoding, '\0'});
    if (!table) continue;
    std::size_t line = 0;
    for (const Row& row : table->rows) {
      FODSPOR_CHECK(row.cells.size() == table->header.size());
      FODSPOR_CHECK(row.line > line);
      line = row.line;
      for (const std::string& cell : row.cells) {
        const auto day = parse_day(cell);
        FODSPOR_CHECK(!day || parse_day(day->text()).value() == *day);
        static_cast<void>(parse_decimal(cell, ','));
        static_cast<void>(looks_like_cpr(cell));
      }
    }
    if (table->header.empty()) continue;
    const auto again = read_table(written(*table), "f", {Encoding::utf8, ';'});
    FODSPOR_CHECK(again.has_value());
    FODSPOR_CHECK(again->header == table->header);
    FODSPOR_CHECK(again->rows.size() == table->rows.size());
    for (std::size_t i = 0; i < again->rows.size(); ++i) FODSPOR_CHECK(again->rows[i].cells == table->rows[i].cells);
  }
  return 0;
}
