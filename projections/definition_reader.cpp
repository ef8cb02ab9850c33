#include "projections/definition_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace fodspor::projections {
namespace {

constexpr std::array<std::pair<std::string_view, Unit>, 6> units{{{"participation", Unit::participation},
                                                                  {"person", Unit::person},
                                                                  {"match", Unit::match},
                                                                  {"placement", Unit::placement},
                                                                  {"enterprise", Unit::enterprise},
                                                                  {"staff", Unit::staff}}};
constexpr std::array<std::pair<std::string_view, Repeats>, 4> repeats{
    {{"each", Repeats::each}, {"first", Repeats::first}, {"last", Repeats::last}, {"any", Repeats::any}}};
constexpr std::array<std::pair<std::string_view, Competing>, 3> competing{
    {{"exclude", Competing::exclude}, {"no", Competing::no}, {"unknown", Competing::unknown}}};

template <class Enum, std::size_t Count>
Result<Enum> one_of(const Node& node, const std::string& path, const std::array<std::pair<std::string_view, Enum>, Count>& choices) {
  FODSPOR_TRY(const std::string text, read_text(node, path));
  std::vector<std::string> known;
  for (const auto& [word, value] : choices) {
    if (word == text) return value;
    known.emplace_back(word);
  }
  return refuse(node.place, path, fmt::format("there is no '{}' here; {}", text, suggestion(text, known)));
}

}  // namespace

DefinitionReader::DefinitionReader(const Node& bound, ParsedDefinition& into, Find find)
    : root_(bound), into_(into), find_(std::move(find)) {}

Status DefinitionReader::read() {
  FODSPOR_DO(only_keys(
      root_, "", {"definition", "anchor", "population", "state", "denominator", "outcome", "evidence", "parameter", "sweep", "breakdown"}));
  FODSPOR_DO(read_head());
  FODSPOR_DO(read_states());
  FODSPOR_DO(read_anchors());
  FODSPOR_DO(read_population());
  if (const Node* denominator = root_.find("denominator")) {
    FODSPOR_TRY(into_.denominator, read_clause(*denominator, "denominator"));
  }
  if (const Node* outcome = root_.find("outcome")) {
    FODSPOR_TRY(into_.outcome, read_clause(*outcome, "outcome"));
  }
  FODSPOR_DO(read_evidence());
  return read_breakdown();
}

Status DefinitionReader::read_head() {
  const Node* head = root_.find("definition");
  if (head == nullptr) return refuse(root_.place, "definition", "a definition begins with [definition], its id, version and unit");
  FODSPOR_DO(must_be(*head, "definition", Node::Kind::table));
  FODSPOR_DO(only_keys(*head, "definition", {"id", "version", "title", "source", "unit", "repeats", "group", "extends", "note"}));
  const Node* unit = head->find("unit");
  if (unit == nullptr)
    return refuse(head->place, "definition.unit", "what is counted? participation, person, match, placement or enterprise");
  FODSPOR_TRY(into_.unit, one_of(*unit, "definition.unit", units));
  into_.repeats = into_.unit == Unit::person ? Repeats::any : Repeats::each;
  if (const Node* node = head->find("repeats")) {
    FODSPOR_TRY(into_.repeats, one_of(*node, "definition.repeats", repeats));
    const bool several = into_.unit == Unit::person || into_.unit == Unit::match || into_.unit == Unit::placement;
    if (!several && into_.repeats != Repeats::each) {
      return refuse(node->place, "definition.repeats",
                    fmt::format("a subject has one {} a programme, so nothing repeats; leave it out", unit->text));
    }
    if (into_.unit == Unit::person && into_.repeats == Repeats::each) {
      return refuse(node->place, "definition.repeats", "a person counts once: by the first, the last or any participation");
    }
  }
  if (const Node* node = head->find("group")) {
    FODSPOR_TRY(const std::string group, read_text(*node, "definition.group"));
    if (group != "participants" && group != "comparison") {
      return refuse(node->place, "definition.group",
                    fmt::format("there is no '{}' here; {}", group, suggestion(group, {"participants", "comparison"})));
    }
    if (into_.unit == Unit::enterprise || into_.unit == Unit::staff) {
      return refuse(node->place, "definition.group", "only people are followed for comparison");
    }
    into_.of_comparison = group == "comparison";
  }
  if (const Node* title = head->find("title")) {
    if (title->kind == Node::Kind::table) {
      FODSPOR_DO(only_keys(*title, "definition.title", {"en", "da"}));
      if (const Node* en = title->find("en")) {
        FODSPOR_TRY(into_.title.en, read_text(*en, "definition.title.en"));
      }
      if (const Node* da = title->find("da")) {
        FODSPOR_TRY(into_.title.da, read_text(*da, "definition.title.da"));
      }
    } else {
      FODSPOR_TRY(into_.title.en, read_text(*title, "definition.title"));
    }
  }
  if (const Node* source = head->find("source")) {
    FODSPOR_TRY(into_.source_document, read_text(*source, "definition.source"));
  }
  if (const Node* note = head->find("note")) {
    FODSPOR_TRY([[maybe_unused]] const std::string text, read_text(*note, "definition.note"));
  }
  return {};
}

Status DefinitionReader::read_population() {
  const Node* population = root_.find("population");
  if (population == nullptr) return {};
  FODSPOR_DO(must_be(*population, "population", Node::Kind::table));
  FODSPOR_DO(only_keys(*population, "population", {"step"}));
  const Node* steps = population->find("step");
  if (steps == nullptr) return refuse(population->place, "population", "a population is made of [[population.step]]");
  FODSPOR_DO(must_be(*steps, "population.step", Node::Kind::list));
  for (std::size_t i = 0; i < steps->items.size(); ++i) {
    const Node& step = steps->items[i];
    const std::string path = fmt::format("population.step[{}]", i);
    FODSPOR_DO(must_be(step, path, Node::Kind::table));
    const Node* id = step.find("id");
    if (id == nullptr) return refuse(step.place, path, "a step needs an `id`: it is a row of the attrition table");
    FODSPOR_TRY(auto clause, read_clause(step, path));
    for (const Clause& before : into_.steps) {
      if (into_.clause_names[before.name] == id->text) {
        return refuse(id->place, path + ".id", fmt::format("there is a step '{}' already; each step has an id of its own", id->text));
      }
    }
    into_.steps.push_back(std::move(clause));
  }
  return {};
}

Status DefinitionReader::read_evidence() {
  const Node* evidence = root_.find("evidence");
  if (evidence == nullptr) return {};
  FODSPOR_DO(must_be(*evidence, "evidence", Node::Kind::table));
  FODSPOR_DO(only_keys(*evidence, "evidence", {"not_observed", "competing"}));
  if (const Node* silence = evidence->find("not_observed")) {
    FODSPOR_TRY(const std::string word, read_text(*silence, "evidence.not_observed"));
    if (word != "unknown" && word != "no") {
      return refuse(silence->place, "evidence.not_observed", fmt::format("'{}' is neither 'unknown' nor 'no'", word));
    }
    into_.silence_is_no = word == "no";
  }
  if (const Node* node = evidence->find("competing")) {
    FODSPOR_DO(must_be(*node, "evidence.competing", Node::Kind::table));
    FODSPOR_DO(only_keys(*node, "evidence.competing", {"death", "emigration"}));
    if (const Node* death = node->find("death")) {
      FODSPOR_TRY(into_.death, one_of(*death, "evidence.competing.death", competing));
    }
    if (const Node* emigration = node->find("emigration")) {
      FODSPOR_TRY(into_.emigration, one_of(*emigration, "evidence.competing.emigration", competing));
    }
  }
  return {};
}

Status DefinitionReader::read_breakdown() {
  const Node* breakdown = root_.find("breakdown");
  if (breakdown == nullptr) return {};
  FODSPOR_DO(must_be(*breakdown, "breakdown", Node::Kind::table));
  FODSPOR_DO(only_keys(*breakdown, "breakdown", {"by", "min_cell"}));
  if (const Node* by = breakdown->find("by")) {
    FODSPOR_DO(must_be(*by, "breakdown.by", Node::Kind::list));
    for (std::size_t i = 0; i < by->items.size(); ++i) {
      const std::string path = fmt::format("breakdown.by[{}]", i);
      FODSPOR_TRY(const std::string key, read_text(by->items[i], path));
      if (const auto known = breakdown_key(key); !known) return refuse(by->items[i].place, path, known.error().message);
      into_.breakdown.push_back(key);
    }
  }
  if (const Node* min_cell = breakdown->find("min_cell")) {
    FODSPOR_TRY(const std::int64_t cell, read_whole(*min_cell, "breakdown.min_cell", 0, 1'000'000));
    into_.min_cell = static_cast<int>(cell);
  }
  return {};
}

}  // namespace fodspor::projections
