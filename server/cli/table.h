// Rows and columns that a person or a program reads: aligned text that fits a screen, RFC 4180, or JSON, from the same cells. A value
// built by one command; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/cli/document.h"
#include "server/cli/language.h"

namespace fodspor::server {

enum class Tone : std::uint8_t { plain, good, bad, faint, strong };

// One value: how it is shown, and how a program gets it.
class Cell {
 public:
  Cell() = default;  // nothing: shown empty, null in JSON
  static Cell text(std::string text, Tone tone = Tone::plain);
  static Cell words(Words words, std::string_view code, Tone tone = Tone::plain);  // shown in the language, a code for programs
  static Cell number(std::int64_t number, Tone tone = Tone::plain);
  static Cell plain_number(std::int64_t number, Tone tone = Tone::plain);                          // without thousands marks: years, CVR
  static Cell share(std::uint64_t numerator, std::uint64_t denominator, Tone tone = Tone::plain);  // "25.8 %"; programs: "0.258333"
  static Cell decimal(std::int64_t millionths, Tone tone = Tone::plain);
  // Shown as one text, handed to programs as another value. Numbers given so are aligned right by their column.
  static Cell shown(std::string en, std::string da, Document value, Tone tone = Tone::plain);

  std::string show(Language language) const;
  std::string csv() const;
  const Document& value() const noexcept { return value_; }
  Tone tone() const noexcept { return tone_; }
  bool empty() const noexcept { return en_.empty() && da_.empty(); }

 private:
  std::string en_, da_;
  std::string csv_;
  Document value_;
  Tone tone_ = Tone::plain;
};

struct Column {
  std::string_view key;  // for programs
  Words head;
  enum class Align : std::uint8_t { left, right } align = Align::left;
  // The column that gives way when the table is wider than the screen: its text is broken between words over several lines.
  bool gives_way = false;
  // Whom the column is for: some values are joined for people and apart for programs.
  enum class For : std::uint8_t { all, people, programs } whom = For::all;
};

// How text is laid out.
struct Layout {
  Language language = Language::english;
  int columns = 100;
  bool colour = false;
  std::string called = "fodspor";  // what the user types to start the program
};

class Table {
 public:
  Table() = default;
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void add(std::vector<Cell> row);
  // A thin line between this row and the next, in text.
  void rule();
  bool empty() const noexcept { return rows_.empty(); }
  std::size_t size() const noexcept { return rows_.size(); }

  // Columns without any content are left out.
  std::string text(const Layout& layout) const;
  std::string csv() const;     // with a head of keys; lines end with CR LF
  Document documents() const;  // a list of objects

 private:
  std::vector<std::size_t> columns_not_for(Column::For whom) const;
  std::vector<std::size_t> columns_worth_showing() const;
  std::vector<int> widths(const std::vector<std::size_t>& shown, const Layout& layout) const;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
  std::vector<std::size_t> rules_;
};

// Columns that a terminal uses for UTF-8 text.
int width(std::string_view text) noexcept;
// Broken between words into lines of at most so many columns; a longer word is cut.
std::vector<std::string> wrapped(std::string_view text, int columns);
// With the escape codes of a terminal around it, if there is a tone to show.
std::string toned(std::string_view text, Tone tone, bool colour);
// A field of RFC 4180: in quotes where it has to be.
std::string csv_field(std::string_view text);

}  // namespace fodspor::server
