// What a command answers: a title, facts, tables and notes for people; the same as one JSON document, or as CSV, for programs. A value
// built by one command.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "server/cli/document.h"
#include "server/cli/table.h"

namespace fodspor::server {

class Report {
 public:
  Report() = default;
  Report(std::string en, std::string da) : title_en_(std::move(en)), title_da_(std::move(da)) {}

  // A line "label  value" above the tables; a key of the document.
  void fact(std::string_view key, Words label, Cell value);
  // A table under a heading (none if empty); a list of objects under its key. The reference holds as long as the report. A key that was
  // given before continues that list in JSON and CSV, so that one kind of row may stand under several headings.
  Table& table(std::string_view key, Words heading, std::vector<Column> columns);
  Table& table(std::string_view key, std::string heading_en, std::string heading_da, std::vector<Column> columns);
  // A sentence after everything, for people alone.
  void note(std::string en, std::string da = {});
  // A value for programs alone.
  void data(std::string_view key, Document value) { extra_.emplace_back(key, std::move(value)); }
  // The log up to there is what the answer speaks of.
  void answered_at(events::Position position) { position_ = position; }
  std::optional<events::Position> position() const noexcept { return position_; }

  std::string text(const Layout& layout) const;
  // The tables one after another, each with its head and an empty line before the next; the facts, as key and value, where there is none.
  std::string csv() const;
  Document document() const;

 private:
  struct Fact {
    std::string_view key;
    Words label;
    Cell value;
  };
  struct Section {
    std::string_view key;
    std::string en, da;
    Table table;
  };
  std::string title_en_, title_da_;
  std::vector<Fact> facts_;
  std::deque<Section> sections_;  // a deque, so that a table's reference holds while others are added
  std::vector<std::pair<std::string, std::string>> notes_;
  std::vector<std::pair<std::string_view, Document>> extra_;
  std::optional<events::Position> position_;
};

}  // namespace fodspor::server
