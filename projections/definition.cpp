#include "projections/definition.h"

#include <fmt/core.h>
#include <sodium/crypto_hash_sha256.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <set>

#include "events/limits.h"

#include "projections/definition_fields.h"
#include "projections/definition_parameters.h"
#include "projections/definition_reader.h"
#include "projections/definition_tree.h"

namespace fodspor::projections {
namespace {

using Name = std::pair<std::string, std::string>;

std::string written(const Name& name) {
  return fmt::format("{}@{}", name.first, name.second);
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return out;
}

// "1.10.0" is above "1.9.0".
std::vector<std::uint64_t> numbers_of(std::string_view version) {
  std::vector<std::uint64_t> numbers;
  while (!version.empty()) {
    std::uint64_t number = 0;
    const auto read = std::from_chars(version.data(), version.data() + version.size(), number);
    numbers.push_back(number);
    version.remove_prefix(static_cast<std::size_t>(read.ptr - version.data()));
    if (!version.empty()) version.remove_prefix(1);
  }
  return numbers;
}

bool is_version(std::string_view text) {
  if (text.empty() || text.size() > 32) return false;
  bool digit_before = false;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c != '.' || !digit_before)) return false;
    digit_before = digit;
  }
  return digit_before;
}

bool is_id(std::string_view text) {
  if (text.empty() || text.size() > limits::code_bytes_max || text.front() == '.' || text.back() == '.') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_'; });
}

// "id@version", split; no sign: no version.
Name split(const std::string& text) {
  const std::size_t sign = text.find('@');
  return sign == std::string::npos ? Name{text, {}} : Name{text.substr(0, sign), text.substr(sign + 1)};
}

// What clauses refer to, in order of appearance.
void collect_references(const Node& node, std::vector<Name>& out) {
  for (const Node& item : node.items) collect_references(item, out);
  for (const auto& [key, value] : node.fields) {
    if (key == "definition" && value.kind == Node::Kind::string) {
      out.push_back(split(value.text));
    } else {
      collect_references(value, out);
    }
  }
}

}  // namespace

const std::string& Definition::id() const {
  return tree_->id;
}
const std::string& Definition::version() const {
  return tree_->version;
}
const std::string& Definition::hash() const {
  return tree_->hash;
}
const Bilingual& Definition::title() const {
  return tree_->title;
}
const std::string& Definition::source_document() const {
  return tree_->source_document;
}
const std::string& Definition::toml() const {
  return tree_->toml;
}
Unit Definition::unit() const {
  return tree_->unit;
}
const std::vector<std::string>& Definition::breakdown() const {
  return tree_->breakdown;
}
int Definition::min_cell() const {
  return tree_->min_cell;
}
const ParsedDefinition& Definition::tree() const {
  return *tree_;
}
std::shared_ptr<const ParsedDefinition> Definition::shared_tree() const {
  return tree_;
}

struct Library::Draft {
  Node node;
  std::string toml, file;
  Name name;
  std::optional<Name> parent;
  std::vector<Name> needs;  // the parent and what clauses refer to

  static Result<Draft> read(std::string_view toml, std::string_view file_name) {
    Draft draft;
    FODSPOR_TRY(draft.node, read_toml(toml, file_name));
    draft.toml = toml;
    draft.file = file_name;
    const Node* head = draft.node.find("definition");
    if (head == nullptr)
      return refuse({draft.node.place.file, 1, 1}, "definition", "a definition begins with [definition], its id, version and unit");
    FODSPOR_DO(must_be(*head, "definition", Node::Kind::table));
    const Node* id = head->find("id");
    const Node* version = head->find("version");
    if (id == nullptr || version == nullptr) return refuse(head->place, "definition", "needs an `id` and a `version`");
    FODSPOR_TRY(draft.name.first, read_text(*id, "definition.id"));
    FODSPOR_TRY(draft.name.second, read_text(*version, "definition.version"));
    if (!is_id(draft.name.first)) {
      return refuse(id->place, "definition.id", fmt::format("'{}' is no id; it is of a-z, 0-9, _ and dots between", draft.name.first));
    }
    if (!is_version(draft.name.second)) {
      return refuse(version->place, "definition.version", fmt::format("'{}' is no version; write \"1.0.0\"", draft.name.second));
    }
    if (const Node* extends = head->find("extends")) {
      FODSPOR_TRY(const std::string text, read_text(*extends, "definition.extends"));
      draft.parent = split(text);
      if (draft.parent->first.empty() || draft.parent->second.empty()) {
        return refuse(extends->place, "definition.extends",
                      fmt::format("'{}' does not say which version; write \"base.completers@1.0.0\"", text));
      }
      draft.needs.push_back(*draft.parent);
    }
    for (const std::string_view part : {"population", "denominator", "outcome"}) {
      if (const Node* clauses = draft.node.find(part)) collect_references(*clauses, draft.needs);
    }
    return draft;
  }
};

Result<Definition> Library::add_draft(const Draft& draft) {
  auto tree = std::make_shared<ParsedDefinition>();
  tree->id = draft.name.first;
  tree->version = draft.name.second;
  tree->toml = draft.toml;
  tree->file = draft.file;

  const auto find_reference = [this](const std::string& id, const std::string& version) -> Result<Definition> { return find(id, version); };
  Node own = draft.node;
  tree->merged = own;
  if (draft.parent) {
    Node* extends = own.find("definition")->find("extends");
    auto parent = find(draft.parent->first, draft.parent->second);
    if (!parent) return refuse(extends->place, "definition.extends", parent.error().message);
    tree->merged = overlay(parent->tree().merged, draft.node);
    extends->text += "#" + hex(parent->hash());
  }
  FODSPOR_TRY(tree->parameters, read_parameters(tree->merged));
  FODSPOR_TRY(tree->forbidden, read_forbidden(tree->merged, tree->parameters));
  FODSPOR_TRY(const Node bound, bind_parameters(tree->merged, tree->parameters, tree->forbidden, {}));
  FODSPOR_DO(DefinitionReader(bound, *tree, find_reference).read());

  // The hash is of what the text means: its canonical form, with everything that it builds on named by hash.
  std::string hashed = "fodspor-definition-1\n" + canonical(own) + "\n";
  for (const Definition& reference : tree->references) {
    hashed += fmt::format("{}@{}#{}\n", reference.id(), reference.version(), hex(reference.hash()));
  }
  tree->hash.resize(crypto_hash_sha256_BYTES);
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(tree->hash.data()), reinterpret_cast<const unsigned char*>(hashed.data()),
                     hashed.size());

  if (const auto same = by_name_.find(draft.name); same != by_name_.end()) {
    if (same->second.hash() == tree->hash) return same->second;
    return refuse(own.find("definition")->find("version")->place, "definition.version",
                  fmt::format("{} is already there with other content, from {}; a version never changes, so give this one a new number",
                              written(draft.name), same->second.tree().file));
  }
  Definition definition;
  definition.tree_ = std::move(tree);
  by_name_.emplace(draft.name, definition);
  return definition;
}

Result<Definition> Library::add(std::string_view toml, std::string_view file_name) {
  FODSPOR_TRY(const Draft draft, Draft::read(toml, file_name));
  if (std::find(draft.needs.begin(), draft.needs.end(), draft.name) != draft.needs.end()) {
    return refuse(draft.node.find("definition")->place, "definition", fmt::format("{} refers to itself", written(draft.name)));
  }
  return add_draft(draft);
}

Status Library::add_all(std::span<const std::pair<std::string_view, std::string_view>> files) {
  std::vector<Draft> drafts;
  for (const auto& [file, toml] : files) {
    FODSPOR_TRY(Draft draft, Draft::read(toml, file));
    drafts.push_back(std::move(draft));
  }
  Library next = *this;
  while (!drafts.empty()) {
    std::set<Name> waiting;
    for (const Draft& draft : drafts) waiting.insert(draft.name);
    std::vector<Draft> later;
    for (Draft& draft : drafts) {
      const bool waits = std::any_of(draft.needs.begin(), draft.needs.end(), [&](const Name& name) { return waiting.contains(name); });
      if (waits) {
        later.push_back(std::move(draft));
        continue;
      }
      FODSPOR_TRY([[maybe_unused]] const Definition added, next.add_draft(draft));
    }
    if (later.size() == drafts.size()) {
      std::string names;
      for (const Draft& draft : later) names += fmt::format("{}{}", names.empty() ? "" : ", ", written(draft.name));
      return refuse(later.front().node.find("definition")->place, "definition",
                    fmt::format("these refer to each other in a circle: {}", names));
    }
    drafts = std::move(later);
  }
  *this = std::move(next);
  return {};
}

Library Library::shipped() {
  Library library;
  if (const auto added = library.add_all(shipped_definitions()); !added) {
    // A definition that ships and cannot be read is a fault of this build; the sentence says which.
    std::fputs((added.error().message + "\n").c_str(), stderr);
    FODSPOR_CHECK(added.has_value());
  }
  return library;
}

Status Library::add_approved(const Context& context) {
  std::vector<std::string> names;
  std::vector<std::pair<std::string_view, std::string_view>> files;
  names.reserve(context.definitions.size());
  for (const auto& [name, approved] : context.definitions) {
    names.push_back(fmt::format("{} (approved)", written(name)));
    files.emplace_back(names.back(), approved.source);
  }
  FODSPOR_DO(add_all(files));
  for (const auto& [name, approved] : context.definitions) {
    const auto added = by_name_.find(name);
    if (added == by_name_.end() || (!approved.hash.empty() && added->second.hash() != approved.hash)) {
      return events::fail(Fault::corrupt, fmt::format("the text approved as {} does not give the hash that was approved (event {}); "
                                                      "evaluate it from a file of your own, and approve it again under a new version",
                                                      written(name), approved.because.text()));
    }
  }
  return {};
}

Result<Definition> Library::find(std::string_view id, std::string_view version) const {
  const Definition* best = nullptr;
  std::vector<std::string> ids, versions;
  for (const auto& [name, definition] : by_name_) {
    if (ids.empty() || ids.back() != name.first) ids.push_back(name.first);
    if (name.first != id) continue;
    versions.push_back(name.second);
    if (!version.empty() && name.second != version) continue;
    if (best == nullptr || numbers_of(best->version()) < numbers_of(name.second)) best = &definition;
  }
  if (best != nullptr) return *best;
  if (!versions.empty()) {
    return events::fail(Fault::not_found, fmt::format("there is no version '{}' of '{}'; {}", version, id, suggestion(version, versions)));
  }
  // The whole catalogue is too long to answer with.
  std::string hint = suggestion(id, ids);
  if (ids.size() > 12 && !hint.starts_with("did")) hint = "`fodspor definitions list` shows those that there are";
  return events::fail(Fault::not_found, fmt::format("there is no definition '{}'; {}", id, hint));
}

std::vector<Definition> Library::all() const {
  std::vector<Definition> out;
  for (const auto& [name, definition] : by_name_) out.push_back(definition);
  std::sort(out.begin(), out.end(), [](const Definition& a, const Definition& b) {
    return std::pair(a.id(), numbers_of(a.version())) < std::pair(b.id(), numbers_of(b.version()));
  });
  return out;
}

}  // namespace fodspor::projections
