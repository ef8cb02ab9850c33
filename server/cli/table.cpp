#include "server/cli/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "events/failure.h"

namespace fodspor::server {

namespace {

constexpr int gutter = 2;
constexpr int narrowest = 14;  // what a column that gives way keeps
constexpr int word_kept_whole = 24;

void pad(std::string& line, int columns) {
  if (columns > 0) line.append(static_cast<std::size_t>(columns), ' ');
}

int longest_word(std::string_view text) {
  int longest = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    longest = std::max(longest, width(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return longest;
}

void trim_end(std::string& line) {
  line.erase(line.find_last_not_of(' ') + 1);
}

}  // namespace

Cell Cell::text(std::string text, Tone tone) {
  Cell cell;
  cell.csv_ = text;
  cell.value_ = text;
  cell.en_ = cell.da_ = std::move(text);
  cell.tone_ = tone;
  return cell;
}

Cell Cell::words(Words words, std::string_view code, Tone tone) {
  Cell cell;
  cell.en_ = words.in(Language::english);
  cell.da_ = words.in(Language::danish);
  cell.csv_ = code;
  cell.value_ = code;
  cell.tone_ = tone;
  return cell;
}

Cell Cell::number(std::int64_t number, Tone tone) {
  Cell cell = plain_number(number, tone);
  cell.en_ = grouped(number, Language::english);
  cell.da_ = grouped(number, Language::danish);
  return cell;
}

Cell Cell::plain_number(std::int64_t number, Tone tone) {
  Cell cell;
  cell.csv_ = cell.en_ = cell.da_ = fmt::format("{}", number);
  cell.value_ = number;
  cell.tone_ = tone;
  return cell;
}

Cell Cell::share(std::uint64_t numerator, std::uint64_t denominator, Tone tone) {
  Cell cell;
  cell.en_ = percent(numerator, denominator, Language::english);
  cell.da_ = percent(numerator, denominator, Language::danish);
  if (denominator != 0) {
    const std::uint64_t millionths = (numerator * 2'000'000 + denominator) / (denominator * 2);
    cell.csv_ = fmt::format("{}.{:06}", millionths / 1'000'000, millionths % 1'000'000);
    cell.value_ = cell.csv_;
  }
  cell.tone_ = tone;
  return cell;
}

Cell Cell::decimal(std::int64_t millionths, Tone tone) {
  Cell cell;
  cell.en_ = server::decimal(millionths, Language::english);
  cell.da_ = server::decimal(millionths, Language::danish);
  cell.csv_ = cell.en_;
  cell.value_ = cell.en_;
  cell.tone_ = tone;
  return cell;
}

Cell Cell::shown(std::string en, std::string da, Document value, Tone tone) {
  Cell cell;
  cell.en_ = std::move(en);
  cell.da_ = std::move(da);
  if (!value.is_null()) cell.csv_ = value.plain();
  cell.value_ = std::move(value);
  cell.tone_ = tone;
  return cell;
}

std::string Cell::show(Language language) const {
  return language == Language::danish ? da_ : en_;
}
std::string Cell::csv() const {
  return csv_;
}

void Table::add(std::vector<Cell> row) {
  FODSPOR_CHECK(row.size() == columns_.size());
  rows_.push_back(std::move(row));
}

void Table::rule() {
  rules_.push_back(rows_.size());
}

std::vector<std::size_t> Table::columns_not_for(Column::For whom) const {
  std::vector<std::size_t> indexes;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (columns_[c].whom != whom) indexes.push_back(c);
  }
  return indexes;
}

std::vector<std::size_t> Table::columns_worth_showing() const {
  std::vector<std::size_t> indexes = columns_not_for(Column::For::programs);
  std::erase_if(indexes,
                [&](std::size_t c) { return std::all_of(rows_.begin(), rows_.end(), [&](const auto& row) { return row[c].empty(); }); });
  return indexes;
}

std::vector<int> Table::widths(const std::vector<std::size_t>& shown, const Layout& layout) const {
  std::vector<int> widths, least;
  int total = gutter * (static_cast<int>(shown.size()) - 1);
  for (const std::size_t c : shown) {
    const std::string_view head = columns_[c].head.in(layout.language);
    int text = longest_word(head), word = text;
    for (const auto& row : rows_) {
      const std::string cell = row[c].show(layout.language);
      text = std::max(text, width(cell));
      if (columns_[c].gives_way) word = std::max(word, longest_word(cell));
    }
    // A word is cut only if it is longer than any that people would miss in one piece.
    least.push_back(columns_[c].gives_way ? std::clamp(word, narrowest, word_kept_whole) : text);
    widths.push_back(std::max(text, width(head)));
    total += widths.back();
  }
  // Heads break between words before any text does. Of several columns that can give, the widest gives, by one at a time: so two long ones
  // end up equally wide.
  for (const bool texts : {false, true}) {
    while (total > layout.columns) {
      std::size_t most = shown.size();
      for (std::size_t i = 0; i < shown.size(); ++i) {
        if (columns_[shown[i]].gives_way != texts || widths[i] <= least[i]) continue;
        if (most == shown.size() || widths[i] > widths[most]) most = i;
      }
      if (most == shown.size()) break;
      --widths[most];
      --total;
    }
  }
  return widths;
}

std::string Table::text(const Layout& layout) const {
  const std::vector<std::size_t> shown = columns_worth_showing();
  const std::vector<int> columns = widths(shown, layout);
  std::string out;
  const auto write_row = [&](const std::vector<std::string>& cells, const std::vector<Tone>& tones) {
    std::vector<std::vector<std::string>> lines;
    lines.reserve(cells.size());
    std::size_t height = 1;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      lines.push_back(wrapped(cells[c], columns[c]));
      height = std::max(height, lines.back().size());
    }
    for (std::size_t l = 0; l < height; ++l) {
      std::string line;
      for (std::size_t c = 0; c < cells.size(); ++c) {
        if (c > 0) pad(line, gutter);
        const std::string_view piece = l < lines[c].size() ? std::string_view(lines[c][l]) : std::string_view();
        const int room = columns[c] - width(piece);
        if (columns_[shown[c]].align == Column::Align::right) pad(line, room);
        line += toned(piece, tones[c], layout.colour);
        if (columns_[shown[c]].align == Column::Align::left) pad(line, room);
      }
      trim_end(line);
      out += line;
      out += '\n';
    }
  };
  const auto write_rule = [&](std::string_view dash) {
    std::string line;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (c > 0) pad(line, gutter);
      for (int i = 0; i < columns[c]; ++i) line += dash;
    }
    out += toned(line, Tone::faint, layout.colour);
    out += '\n';
  };

  std::vector<std::string> cells;
  for (const std::size_t c : shown) cells.emplace_back(columns_[c].head.in(layout.language));
  write_row(cells, std::vector<Tone>(shown.size(), Tone::strong));
  write_rule("─");
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    if (r > 0 && std::find(rules_.begin(), rules_.end(), r) != rules_.end()) write_rule("┄");
    cells.clear();
    std::vector<Tone> tones;
    for (const std::size_t c : shown) {
      cells.push_back(rows_[r][c].show(layout.language));
      tones.push_back(rows_[r][c].tone());
    }
    write_row(cells, tones);
  }
  return out;
}

std::string Table::csv() const {
  const std::vector<std::size_t> columns = columns_not_for(Column::For::people);
  std::string out;
  const auto write_line = [&](const auto& field_of) {
    for (const std::size_t c : columns) {
      if (c != columns.front()) out += ',';
      out += csv_field(field_of(c));
    }
    out += "\r\n";
  };
  write_line([&](std::size_t c) { return std::string(columns_[c].key); });
  for (const auto& row : rows_) write_line([&](std::size_t c) { return row[c].csv(); });
  return out;
}

Document Table::documents() const {
  const std::vector<std::size_t> columns = columns_not_for(Column::For::people);
  Document list = Document::list();
  for (const auto& row : rows_) {
    Document object = Document::object();
    for (const std::size_t c : columns) object[columns_[c].key] = row[c].value();
    list.push(std::move(object));
  }
  return list;
}

int width(std::string_view text) noexcept {
  int columns = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t point = lead & (length == 1 ? 0x7Fu : 0xFFu >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k) point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
    i += length;
    const bool combining = (point >= 0x300 && point <= 0x36F) || point == 0x200B || point == 0xFEFF;
    // The blocks of East Asian wide characters and of emoji; the rest of Unicode takes one column.
    const bool wide = (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) ||
                      (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
                      (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
                      (point >= 0x1F300 && point <= 0x1FAFF) || (point >= 0x20000 && point <= 0x3FFFD);
    columns += combining ? 0 : wide ? 2 : 1;
  }
  return columns;
}

std::vector<std::string> wrapped(std::string_view text, int columns) {
  // Text that fits stands as it is, with whatever indents it.
  if (width(text) <= columns && text.find('\n') == std::string_view::npos) return {std::string(text)};
  std::vector<std::string> lines;
  std::string line;
  const auto flush = [&] {
    lines.push_back(std::move(line));
    line.clear();
  };
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(" \n");
    std::string_view word = text.substr(0, end);
    if (!line.empty() && width(line) + 1 + width(word) > columns) flush();
    while (width(word) > columns) {
      std::size_t cut = 0;
      for (std::size_t next = 0; next < word.size();) {
        std::size_t after = next + 1;
        while (after < word.size() && (static_cast<unsigned char>(word[after]) & 0xC0u) == 0x80u) ++after;
        if (cut > 0 && width(word.substr(0, after)) > columns) break;
        cut = next = after;
      }
      lines.emplace_back(word.substr(0, cut));
      word.remove_prefix(cut);
    }
    if (!line.empty()) line += ' ';
    line += word;
    if (end == std::string_view::npos) break;
    if (text[end] == '\n') flush();
    text.remove_prefix(end + 1);
  }
  if (!line.empty() || lines.empty()) flush();
  return lines;
}

std::string toned(std::string_view text, Tone tone, bool colour) {
  if (!colour || tone == Tone::plain || text.empty()) return std::string(text);
  const char* code = tone == Tone::good ? "32" : tone == Tone::bad ? "31" : tone == Tone::faint ? "2" : "1";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace fodspor::server
