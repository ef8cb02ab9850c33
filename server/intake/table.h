// A spreadsheet saved as text, as rows of cells in UTF-8: semicolons, commas or tabs, quoted fields, CRLF, UTF-8 or Windows-1252.
// Values; any thread. Takes any bytes, and refuses with the line what is not a table.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/failure.h"

namespace fodspor::server::intake {

using namespace fodspor::events;

enum class Encoding { detect, utf8, windows_1252 };

struct TableOptions {
  Encoding encoding = Encoding::detect;
  char separator = 0;  // 0: whichever of ; , and tab the first line has most of
};

struct Row {
  std::size_t line = 0;  // in the file, from 1: where the row begins
  std::vector<std::string> cells;
};

struct Table {
  std::string file;
  std::vector<std::string> header;
  std::vector<Row> rows;  // as many cells each as the header; rows without any content are left out

  std::optional<std::size_t> column(std::string_view name) const;
};

inline constexpr std::size_t columns_max = 16'384;

// Fault::invalid: "people.csv:3: …" for bytes that are no text, an open quote, a row of another width, a column named twice.
Result<Table> read_table(std::string_view bytes, std::string_view file, const TableOptions& options = {});

// `bytes` as UTF-8 without a byte order mark. Detected: Windows-1252 if it is not UTF-8. Fault::invalid with the line.
Result<std::string> to_utf8(std::string_view bytes, std::string_view file, Encoding encoding);

// Without white space (and no-break spaces) around it.
std::string_view trimmed(std::string_view text) noexcept;

}  // namespace fodspor::server::intake
