// One table of a programme's TOML file: its fields are asked for one by one, and what nobody asked for is refused at the end. Each refusal
// names file, line, column and path. Owned by the reading of one file, whose nodes it borrows; one thread.
#pragma once

#include <fmt/core.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/context.h"
#include "projections/definition_source.h"

namespace fodspor::projections {

class ProgrammeTable {
 public:
  ProgrammeTable(const Node& node, std::string path) : node_(node), path_(std::move(path)) {}

  Status is_table() const;

  const Node* find(std::string_view key);
  Result<const Node*> need(std::string_view key, Node::Kind kind);
  Result<std::string> text(std::string_view key);  // empty if it is missing
  Result<std::string> needed_text(std::string_view key);
  Result<std::optional<Date>> date(std::string_view key);
  Result<Date> needed_date(std::string_view key);
  // Kroner as the file has them, in øre; 0 if they are missing.
  Result<std::uint64_t> oere(std::string_view key);
  // A count of the given unit: "14 days", "10 years"; 0 if it is missing.
  Result<int> count_of(std::string_view key, std::string_view unit, int most);
  // { en = "…", da = "…" }, or one text, which is Danish.
  Result<Bilingual> both(std::string_view key);
  Result<std::vector<std::string>> texts(std::string_view key);
  Result<ProgrammeId> slug(std::string_view key);

  // The tables of [[key]], each read by `read(ProgrammeTable&, const Node&)`.
  template <class Read>
  Status each(std::string_view key, const Read& read) {
    const Node* node = find(key);
    if (node == nullptr) return {};
    if (node->kind != Node::Kind::list) return wrong(*node, key, Node::Kind::list);
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      ProgrammeTable table(node->items[i], fmt::format("{}[{}]", at(key), i));
      FODSPOR_DO(table.is_table());
      FODSPOR_DO(read(table, node->items[i]));
      FODSPOR_DO(table.finish());
    }
    return {};
  }

  // Fault::invalid for a key that nobody asked for, with those that there are.
  Status finish() const;

  std::string at(std::string_view key) const { return path_.empty() ? std::string(key) : path_ + "." + std::string(key); }

 private:
  tl::unexpected<Failure> wrong(const Node& node, std::string_view key, Node::Kind meant) const;

  const Node& node_;
  std::string path_;
  std::vector<std::string_view> asked_;
};

}  // namespace fodspor::projections
