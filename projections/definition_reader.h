// From a definition's tree of values, parameters bound, to the tree that measure.cpp compiles: every name known, every value of its type,
// nothing that can never be met. One reader a definition; its parts stand in definition_anchors.cpp, definition_states.cpp,
// definition_events.cpp, definition_attributes.cpp and definition_clauses.cpp.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "projections/definition_fields.h"
#include "projections/definition_tree.h"

namespace fodspor::projections {

class DefinitionReader {
 public:
  // Another definition, which extends or clauses name; the Failure's message says what is wrong with the name, without a place.
  using Find = std::function<Result<Definition>(const std::string& id, const std::string& version)>;
  DefinitionReader(const Node& bound, ParsedDefinition& into, Find find);

  Status read();

 private:
  // definition_reader.cpp
  Status read_head();
  Status read_population();
  Status read_evidence();
  Status read_breakdown();

  // definition_anchors.cpp
  Status read_anchors();
  Status read_anchor(const Node& node, const std::string& path, Anchor& anchor);
  Status refuse_circles(const Node& anchors) const;
  Result<std::uint16_t> anchor_named(const Node& at, const std::string& path, std::string_view name);
  Result<Point> read_point(const Node& node, const std::string& path);
  Result<std::vector<Point>> read_points(const Node& node, const std::string& path);
  Result<DayRange> read_range(const Node& node, const std::string& path);
  // Fault::invalid if `to` lies before `from` whatever the anchors' days are, or the range is shorter than `holds`.
  Status refuse_empty(const DayRange& range, const Node& node, const std::string& path, const Period& holds = {}) const;
  std::optional<std::uint16_t> known_anchor(std::string_view name) const;

  // definition_states.cpp
  Status read_states();
  Status read_state(const Node& node, const std::string& path, State& state);
  Status read_hours(const Node& node, const std::string& path, State& state);
  Result<std::uint16_t> state_named(const Node& node, const std::string& path) const;

  // definition_events.cpp
  Result<EventPattern> read_event(const Node& event, const Node* where, const std::string& path) const;

  // definition_attributes.cpp
  Result<Field> field_named(const Node& node, const std::string& path) const;
  Status read_attribute(const Node& node, const std::string& path, Clause& clause);
  Status read_complete(const Node& node, const std::string& path, Clause& clause);

  // definition_clauses.cpp
  Result<Clause> read_clause(const Node& node, const std::string& path);
  Result<std::vector<Clause>> read_clauses(const Node& node, const std::string& path);
  Status read_happened(const Node& node, const std::string& path, Clause& clause);
  Status read_event_clause(const Node& node, const std::string& path, Clause& clause);
  Status read_state_clause(const Node& node, const std::string& path, Clause& clause);
  Status read_spell(const Node& node, const std::string& path, Clause& clause);
  Status read_path(const Node& node, const std::string& path, Clause& clause);
  Status read_growth(const Node& node, const std::string& path, Clause& clause);
  Status read_improved(const Node& node, const std::string& path, Clause& clause);
  Status read_reference(const Node& node, const std::string& path, Clause& clause);
  Result<Definition> find_reference(const Node& node, const std::string& path, const std::string& id, const std::string& version) const;
  Result<std::int32_t> read_times(const Node& node, const std::string& path) const;

  const Node& root_;
  ParsedDefinition& into_;
  Find find_;
};

}  // namespace fodspor::projections
