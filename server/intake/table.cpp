#include "server/intake/table.h"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace fodspor::server::intake {
namespace {

tl::unexpected<Failure> refuse(std::string_view file, std::size_t line, std::string_view reason) {
  return fail(Fault::invalid, std::string(file) + ":" + std::to_string(line) + ": " + std::string(reason));
}

// Where the fields of a text lie: RFC 4180 with any separator, and a quote within an unquoted field taken as it stands.
class Fields {
 public:
  Fields(std::string_view text, std::string_view file, char separator) : text_(text), file_(file), separator_(separator) {}

  // The next row into `row`; false at the end.
  Result<bool> next(Row& row) {
    row.cells.clear();
    row.line = line_;
    if (at_ == text_.size()) return false;
    for (;;) {
      FODSPOR_DO(field(row.cells.emplace_back()));
      if (row.cells.size() > columns_max) return refuse(file_, row.line, "more than " + std::to_string(columns_max) + " columns");
      if (at_ == text_.size()) return true;
      const char c = text_[at_++];
      if (c == separator_) continue;
      if (c == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
      ++line_;
      return true;
    }
  }

 private:
  bool ends_field(std::size_t at) const {
    if (at == text_.size() || text_[at] == separator_ || text_[at] == '\n') return true;
    return text_[at] == '\r' && at + 1 < text_.size() && text_[at + 1] == '\n';
  }

  Status field(std::string& into) {
    if (at_ < text_.size() && text_[at_] == '"') return quoted(into);
    const std::size_t begin = at_;
    while (!ends_field(at_)) ++at_;
    into = text_.substr(begin, at_ - begin);
    return {};
  }

  Status quoted(std::string& into) {
    const std::size_t opened = line_;
    ++at_;
    for (;; ++at_) {
      if (at_ == text_.size())
        return refuse(file_, opened, "a quote is opened here and never closed: close it, or double it if it is meant");
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c != '"') {
        into += c;
        continue;
      }
      if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        into += '"';
        ++at_;
        continue;
      }
      ++at_;
      if (ends_field(at_)) return {};
      return refuse(file_, line_,
                    "something stands between a closing quote and the next separator: double the quotes inside of a quoted field");
    }
  }

  std::string_view text_;
  std::string_view file_;
  char separator_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

char detect_separator(std::string_view text) {
  constexpr std::array candidates{';', ',', '\t'};
  std::array<std::size_t, candidates.size()> counts{};
  bool in_quotes = false;
  for (const char c : text) {
    if (c == '"') in_quotes = !in_quotes;
    if (in_quotes) continue;
    if (c == '\n') break;
    const auto found = std::find(candidates.begin(), candidates.end(), c);
    if (found != candidates.end()) ++counts[static_cast<std::size_t>(found - candidates.begin())];
  }
  return candidates[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

// Bytes 0x80 to 0x9F of Windows-1252; 0: no character.
constexpr std::array<std::uint16_t, 32> upper_controls{
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178};

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

// How many bytes of UTF-8 stand at the front, as one well-formed character (RFC 3629); 0: none.
std::size_t utf8_at(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i, unsigned least = 0x80, unsigned most = 0xbf) { return byte(i) >= least && byte(i) <= most; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool second = follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf);
    return second && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool second = follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
    return second && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

// The offset of the first byte that is not UTF-8, or the size.
std::size_t utf8_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = utf8_at(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return at;
}

std::size_t line_of(std::string_view text, std::size_t at) {
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

bool blank(const Row& row) {
  return std::all_of(row.cells.begin(), row.cells.end(), [](const std::string& cell) { return trimmed(cell).empty(); });
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view no_break = "\xc2\xa0";
  for (;;) {
    if (!text.empty() && (text.front() == ' ' || text.front() == '\t' || text.front() == '\r' || text.front() == '\n')) {
      text.remove_prefix(1);
    } else if (text.starts_with(no_break)) {
      text.remove_prefix(no_break.size());
    } else {
      break;
    }
  }
  for (;;) {
    if (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' || text.back() == '\n')) {
      text.remove_suffix(1);
    } else if (text.ends_with(no_break)) {
      text.remove_suffix(no_break.size());
    } else {
      return text;
    }
  }
}

std::optional<std::size_t> Table::column(std::string_view name) const {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}

Result<std::string> to_utf8(std::string_view bytes, std::string_view file, Encoding encoding) {
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
    return refuse(file, 1, "the file is in UTF-16: save it as \"CSV UTF-8\" and import that");
  }
  const bool marked = bytes.starts_with("\xef\xbb\xbf");
  if (marked) bytes.remove_prefix(3);
  if (const std::size_t zero = bytes.find('\0'); zero != std::string_view::npos) {
    return refuse(file, line_of(bytes, zero), "a zero byte stands here: this is not a text file; save the spreadsheet as CSV");
  }
  if (marked) encoding = Encoding::utf8;
  if (encoding != Encoding::windows_1252) {
    const std::size_t prefix = utf8_prefix(bytes);
    if (prefix == bytes.size()) return std::string(bytes);
    if (encoding == Encoding::utf8) {
      return refuse(file, line_of(bytes, prefix), "this line is not UTF-8: say encoding = \"windows-1252\", or save the file as UTF-8");
    }
  }
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 16);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const std::uint32_t code = byte >= 0x80 && byte <= 0x9f ? upper_controls[byte - 0x80U] : byte;
    if (code == 0 && byte != 0) {
      return refuse(file, line_of(bytes, i), "this line is neither UTF-8 nor Windows-1252: save the file as UTF-8");
    }
    append_utf8(text, code);
  }
  return text;
}

Result<Table> read_table(std::string_view bytes, std::string_view file, const TableOptions& options) {
  FODSPOR_TRY(const std::string text, to_utf8(bytes, file, options.encoding));
  Fields fields(text, file, options.separator != 0 ? options.separator : detect_separator(text));
  Table table;
  table.file = file;
  Row row;
  for (bool more = true;;) {
    FODSPOR_TRY(more, fields.next(row));
    if (!more) return refuse(file, 1, "the file is empty: its first line names the columns");
    if (!blank(row)) break;
  }
  std::unordered_set<std::string_view> names;
  for (const std::string& cell : row.cells) table.header.emplace_back(trimmed(cell));
  // Spreadsheets leave empty columns behind the last one.
  while (!table.header.empty() && table.header.back().empty()) table.header.pop_back();
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    if (table.header[i].empty()) return refuse(file, row.line, "column " + std::to_string(i + 1) + " has no name: give it one");
    if (!names.insert(table.header[i]).second) {
      return refuse(file, row.line, "two columns are named '" + table.header[i] + "': rename one");
    }
  }
  for (;;) {
    FODSPOR_TRY(const bool more, fields.next(row));
    if (!more) return table;
    if (blank(row)) continue;
    while (row.cells.size() > table.header.size() && trimmed(row.cells.back()).empty()) row.cells.pop_back();
    if (row.cells.size() != table.header.size()) {
      return refuse(file, row.line,
                    "this row has " + std::to_string(row.cells.size()) + " cells, and the first line names " +
                        std::to_string(table.header.size()) + " columns: is a separator missing, or one too many?");
    }
    table.rows.push_back(row);
  }
}

}  // namespace fodspor::server::intake
