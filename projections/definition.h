// An outcome definition: who counts and as what, as TOML that an evaluator can read, write, sign and send. Read, checked with line and
// column in each refusal, `extends` resolved, parameters bound. The grammar is documented in projections/definitions/README.md.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/context.h"

namespace fodspor::projections {

enum class Unit : std::uint8_t { participation, person, match, placement, enterprise };

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
  const ParsedDefinition& tree() const;

 private:
  friend class Library;
  std::shared_ptr<const ParsedDefinition> tree_;
};

// The definitions that can be named: those that ship with the program, those approved in a ledger, files of the user's.
class Library {
 public:
  static Library shipped();  // compiled into the program
  // Fault::invalid: "alt.toml:14:9: outcome.all[0].state: …"; also for the same id and version with other content.
  Result<Definition> add(std::string_view toml, std::string_view file_name);
  Status add_approved(const Context& context);
  Result<Definition> find(std::string_view id, std::string_view version = {}) const;  // no version: the highest
  std::vector<Definition> all() const;                                                // by id, version

 private:
  std::map<std::pair<std::string, std::string>, Definition> by_name_;
};

}  // namespace fodspor::projections
