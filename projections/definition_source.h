// A definition's text as a tree of values, each with the place it was written at; and its canonical form, of which the hash is made.
//
// The only room that sees the TOML library. Values; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/failure.h"

namespace fodspor::projections {

struct Place {
  std::shared_ptr<const std::string> file;  // shared by all places of one file
  std::uint32_t line = 0, column = 0;
};

struct Node {
  enum class Kind : std::uint8_t { string, number, boolean, list, table };
  struct Field;

  // Written out of line, as Field holds a Node.
  Node();
  Node(const Node&);
  Node(Node&&) noexcept;
  Node& operator=(const Node&);
  Node& operator=(Node&&) noexcept;
  ~Node();

  Kind kind = Kind::table;
  std::string text;             // of a string; a TOML date is its ISO text
  std::int64_t millionths = 0;  // of a number
  bool truth = false;           // of a boolean
  std::vector<Node> items;      // of a list
  std::vector<Field> fields;    // of a table, sorted by name
  Place place;

  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
  void set(std::string_view key, Node value);
};

struct Node::Field {
  std::string name;
  Node value;
};

std::string_view name(Node::Kind kind) noexcept;  // "a string", "a table"

// Fault::invalid: "alt.toml:14:9: …"; Fault::too_large past limits::prose_bytes_max.
events::Result<Node> read_toml(std::string_view toml, std::string_view file_name);

// "alt.toml:14:9: outcome.all[0].state: what is wrong; what was meant".
tl::unexpected<events::Failure> refuse(const Place& place, std::string_view path, std::string_view what);

// One line, keys sorted, no white space, strings quoted as JSON has them, numbers as decimals without trailing zeros. Comments, the order
// of keys and the way a value was written do not enter it.
std::string canonical(const Node& node);
std::string decimal(std::int64_t millionths);  // "0.5", "10"

// A definition laid over the one that it extends. Anchors, states, parameters and evidence are the parent's and the child's, the child's
// in place of the parent's of the same name; so are population steps, by id, the child's new ones after the parent's. Title, source and
// note are the child's alone. Every other part is the child's if it has one, else the parent's.
Node overlay(const Node& parent, const Node& child);

}  // namespace fodspor::projections
