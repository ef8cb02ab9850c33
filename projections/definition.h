// An outcome definition: who counts and as what, as TOML that an evaluator can read, write, sign and send. Read, checked with line and
// column in each refusal, `extends` resolved, parameters bound. The grammar is documented in projections/definitions/README.md.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "projections/context.h"

namespace fodspor::projections {

// What is counted. `staff`: who holds a role for a programme (a person as ambassador).
enum class Unit : std::uint8_t { participation, person, match, placement, enterprise, staff };

struct ParsedDefinition;  // the syntax tree; in definition_tree.h

class Definition {
 public:
  const std::string& id() const;
  const std::string& version() const;
  const std::string& hash() const;  // 32 bytes: SHA-256 of the canonical form, `extends` resolved by hash
  const Bilingual& title() const;
  const std::string& source_document() const;
  const std::string& toml() const;  // as it was read
  Unit unit() const;
  // What its figures are broken down by unless somebody asks for another breakdown, and the least cell that may be shown.
  const std::vector<std::string>& breakdown() const;
  int min_cell() const;
  const ParsedDefinition& tree() const;
  // The same, for those who outlive this value.
  std::shared_ptr<const ParsedDefinition> shared_tree() const;

 private:
  friend class Library;
  std::shared_ptr<const ParsedDefinition> tree_;
};

// Those compiled into the program: file name and content.
std::span<const std::pair<std::string_view, std::string_view>> shipped_definitions();

// The definitions that can be named: those that ship with the program, those approved in a ledger, files of the user's.
class Library {
 public:
  static Library shipped();  // compiled into the program
  // Fault::invalid: "alt.toml:14:9: outcome.all[0].state: …"; also for the same id and version with other content.
  Result<Definition> add(std::string_view toml, std::string_view file_name);
  // Several at once, in whatever order they refer to each other: file name and content. A circle of references is refused. All or none.
  Status add_all(std::span<const std::pair<std::string_view, std::string_view>> files);
  // Those approved in a ledger. Fault::corrupt if a text does not give the hash that was approved.
  Status add_approved(const Context& context);
  Result<Definition> find(std::string_view id, std::string_view version = {}) const;  // no version: the highest
  std::vector<Definition> all() const;                                                // by id, version

 private:
  struct Draft;  // a file that was read, before what it refers to is known
  Result<Definition> add_draft(const Draft& draft);

  std::map<std::pair<std::string, std::string>, Definition> by_name_;
};

}  // namespace fodspor::projections
