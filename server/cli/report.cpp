#include "server/cli/report.h"

#include <algorithm>

namespace fodspor::server {

void Report::fact(std::string_view key, Words label, Cell value) {
  facts_.push_back({key, label, std::move(value)});
}

Table& Report::table(std::string_view key, Words heading, std::vector<Column> columns) {
  return table(key, std::string(heading.en), std::string(heading.da), std::move(columns));
}

Table& Report::table(std::string_view key, std::string heading_en, std::string heading_da, std::vector<Column> columns) {
  return sections_.emplace_back(Section{key, std::move(heading_en), std::move(heading_da), Table(std::move(columns))}).table;
}

void Report::note(std::string en, std::string da) {
  notes_.emplace_back(std::move(en), std::move(da));
}

std::string Report::text(const Layout& layout) const {
  const bool danish = layout.language == Language::danish;
  std::string out;
  const auto gap = [&] {
    if (!out.empty()) out += '\n';
  };
  const auto write = [&](const std::string& line, Tone tone) { out += toned(line, tone, layout.colour) + '\n'; };

  const std::string& title = danish && !title_da_.empty() ? title_da_ : title_en_;
  if (!title.empty()) write(title, Tone::strong);
  if (!facts_.empty()) {
    gap();
    int labels = 0;
    for (const auto& fact : facts_) labels = std::max(labels, width(fact.label.in(layout.language)));
    for (const auto& fact : facts_) {
      const std::string_view label = fact.label.in(layout.language);
      bool first = true;
      for (const auto& line : wrapped(fact.value.show(layout.language), std::max(20, layout.columns - labels - 2))) {
        out += toned(first ? label : std::string_view(), Tone::faint, layout.colour);
        out.append(static_cast<std::size_t>(labels + 2 - (first ? width(label) : 0)), ' ');
        write(line, fact.value.tone());
        first = false;
      }
    }
  }
  for (const auto& section : sections_) {
    gap();
    const std::string& heading = danish && !section.da.empty() ? section.da : section.en;
    if (!heading.empty()) write(heading, Tone::strong);
    if (section.table.empty()) {
      write(danish ? "(ingen)" : "(none)", Tone::faint);
    } else {
      out += section.table.text(layout);
    }
  }
  if (!notes_.empty()) gap();
  for (const auto& [en, da] : notes_) {
    const std::string note = as_called(danish && !da.empty() ? da : en, layout.called);
    for (const auto& line : wrapped(note, layout.columns)) write(line, Tone::plain);
  }
  return out;
}

std::string Report::csv() const {
  if (sections_.empty()) {
    std::string out = "key,value\r\n";
    for (const auto& fact : facts_) out += csv_field(fact.key) + ',' + csv_field(fact.value.csv()) + "\r\n";
    return out;
  }
  // Rows of one kind go on under one head, whatever stands between them for people.
  struct List {
    std::string_view key;
    std::string head, rows;
  };
  std::vector<List> lists;
  for (const auto& section : sections_) {
    const std::string csv = section.table.csv();
    const std::size_t head_ends = csv.find('\n') + 1;
    List list{section.key, csv.substr(0, head_ends), csv.substr(head_ends)};
    const auto before =
        std::find_if(lists.begin(), lists.end(), [&](const List& other) { return other.key == list.key && other.head == list.head; });
    if (before == lists.end()) {
      lists.push_back(std::move(list));
    } else {
      before->rows += list.rows;
    }
  }
  std::string out;
  for (const auto& list : lists) out += (out.empty() ? "" : "\r\n") + list.head + list.rows;
  return out;
}

Document Report::document() const {
  Document document = Document::object();
  if (position_) document["position"] = position_->value;
  for (const auto& fact : facts_) document[fact.key] = fact.value.value();
  for (const auto& section : sections_) {
    Document& list = document[section.key];
    if (list.is_null()) list = Document::list();
    list.append(section.table.documents());
  }
  for (const auto& [key, value] : extra_) document[key] = value;
  return document;
}

}  // namespace fodspor::server
