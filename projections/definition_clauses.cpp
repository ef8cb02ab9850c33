// Clauses: what is asked of one unit. Each is one question (a state on a day, an event in a window, an attribute), or `all`, `any` or
// `not` of others.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "projections/definition_reader.h"

namespace fodspor::projections {
namespace {

// The key that says which question a clause asks; exactly one of them stands in it.
constexpr std::array<std::string_view, 12> questions{"all",   "any",   "not",   "attribute", "complete", "anchor",
                                                     "event", "state", "spell", "path",      "improved", "definition"};

std::vector<std::string> as_strings(std::initializer_list<std::string_view> list) {
  return {list.begin(), list.end()};
}

}  // namespace

Result<std::vector<Clause>> DefinitionReader::read_clauses(const Node& node, const std::string& path) {
  FODSPOR_DO(must_be(node, path, Node::Kind::list));
  if (node.items.empty()) return refuse(node.place, path, "an empty list asks nothing");
  std::vector<Clause> clauses;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    FODSPOR_TRY(Clause clause, read_clause(node.items[i], fmt::format("{}[{}]", path, i)));
    clauses.push_back(std::move(clause));
  }
  return clauses;
}

Result<Clause> DefinitionReader::read_clause(const Node& node, const std::string& path) {
  FODSPOR_DO(must_be(node, path, Node::Kind::table));
  std::string_view question;
  for (const std::string_view candidate : questions) {
    if (node.find(candidate) == nullptr) continue;
    if (!question.empty()) {
      return refuse(node.place, path, fmt::format("asks two things, `{}` and `{}`; put them under `all` or `any`", question, candidate));
    }
    question = candidate;
  }
  if (question.empty()) {
    // The nearest question to whatever stands here, as the likeliest slip is a misspelt one.
    std::string wrong;
    for (const auto& [key, value] : node.fields) {
      if (key != "id") wrong = key;
    }
    return refuse(node.place, path,
                  fmt::format("asks nothing{}; {}", wrong.empty() ? "" : fmt::format(": '{}' is no question", wrong),
                              suggestion(wrong, {questions.begin(), questions.end()})));
  }

  Clause clause;
  clause.name = static_cast<std::uint16_t>(into_.clause_names.size());
  std::string name = path;
  if (const Node* id = node.find("id")) {
    FODSPOR_TRY(name, read_text(*id, path + ".id"));
  }
  into_.clause_names.push_back(std::move(name));

  Status read;
  if (question == "all" || question == "any") {
    FODSPOR_DO(only_keys(node, path, {"id", "all", "any"}));
    clause.kind = question == "all" ? Clause::Kind::all : Clause::Kind::any;
    FODSPOR_TRY(clause.parts, read_clauses(*node.find(question), below(path, question)));
  } else if (question == "not") {
    FODSPOR_DO(only_keys(node, path, {"id", "not"}));
    clause.kind = Clause::Kind::negation;
    FODSPOR_TRY(Clause part, read_clause(*node.find("not"), path + ".not"));
    clause.parts.push_back(std::move(part));
  } else if (question == "attribute") {
    read = read_attribute(node, path, clause);
  } else if (question == "complete") {
    read = read_complete(node, path, clause);
  } else if (question == "anchor") {
    read = read_happened(node, path, clause);
  } else if (question == "event") {
    read = read_event_clause(node, path, clause);
  } else if (question == "state") {
    read = read_state_clause(node, path, clause);
  } else if (question == "spell") {
    read = read_spell(node, path, clause);
  } else if (question == "path") {
    read = read_path(node, path, clause);
  } else if (question == "improved") {
    read = read_improved(node, path, clause);
  } else {
    read = read_reference(node, path, clause);
  }
  if (!read) return tl::make_unexpected(std::move(read).error());
  return clause;
}

Status DefinitionReader::read_happened(const Node& node, const std::string& path, Clause& clause) {
  FODSPOR_DO(only_keys(node, path, {"id", "anchor", "in"}));
  clause.kind = Clause::Kind::happened;
  FODSPOR_TRY(const std::string name, read_text(*node.find("anchor"), path + ".anchor"));
  FODSPOR_TRY(clause.anchor, anchor_named(*node.find("anchor"), path + ".anchor", name));
  if (const Node* in = node.find("in")) {
    FODSPOR_TRY(clause.range, read_range(*in, path + ".in"));
    clause.has_range = true;
  }
  return {};
}

Result<std::int32_t> DefinitionReader::read_times(const Node& node, const std::string& path) const {
  FODSPOR_TRY(const std::int64_t times, read_whole(node, path, 1, 100'000));
  return static_cast<std::int32_t>(times);
}

Status DefinitionReader::read_event_clause(const Node& node, const std::string& path, Clause& clause) {
  FODSPOR_DO(only_keys(node, path, {"id", "event", "where", "in", "times"}));
  clause.kind = Clause::Kind::event;
  FODSPOR_TRY(clause.event, read_event(*node.find("event"), node.find("where"), path));
  if (const Node* times = node.find("times")) {
    FODSPOR_TRY(clause.times, read_times(*times, path + ".times"));
  }
  if (const Node* in = node.find("in")) {
    FODSPOR_TRY(clause.range, read_range(*in, path + ".in"));
    clause.has_range = true;
  }
  return {};
}

Status DefinitionReader::read_state_clause(const Node& node, const std::string& path, Clause& clause) {
  FODSPOR_DO(only_keys(
      node, path, {"id", "state", "at", "by", "any_time_in", "throughout", "at_least", "unbroken", "times", "grows_by", "over", "in"}));
  FODSPOR_TRY(clause.state, state_named(*node.find("state"), path + ".state"));
  if (node.find("grows_by") != nullptr) return read_growth(node, path, clause);
  std::string_view how;
  for (const std::string_view candidate : {"at", "by", "any_time_in", "throughout", "at_least", "unbroken", "times"}) {
    if (node.find(candidate) == nullptr) continue;
    if (!how.empty())
      return refuse(node.place, path, fmt::format("says both `{}` and `{}`; keep one, or put two clauses under `all`", how, candidate));
    how = candidate;
  }
  if (how.empty()) {
    return refuse(node.place, path, "when? at, by, any_time_in, throughout, or at_least, unbroken or times with `in`");
  }
  const Node& value = *node.find(how);
  const std::string value_path = below(path, how);
  const Node* in = node.find("in");
  const bool needs_in = how == "at_least" || how == "unbroken" || how == "times";
  if (needs_in != (in != nullptr)) {
    return refuse(in == nullptr ? node.place : in->place, path,
                  needs_in ? fmt::format("`{}` needs `in`: the window", how) : fmt::format("`{}` says when; leave `in` out", how));
  }
  if (node.find("over") != nullptr) return refuse(node.find("over")->place, path + ".over", "`over` belongs to `grows_by`");
  if (how == "at") {
    clause.kind = Clause::Kind::at;
    FODSPOR_TRY(clause.point, read_point(value, value_path));
    return {};
  }
  clause.has_range = true;
  if (how == "by") {
    // By a day: some time from the entry on, up to and with that day.
    clause.kind = Clause::Kind::any_time;
    FODSPOR_TRY(clause.range.to, read_point(value, value_path));
    return {};
  }
  if (how == "any_time_in" || how == "throughout") {
    clause.kind = how == "throughout" ? Clause::Kind::throughout : Clause::Kind::any_time;
    FODSPOR_TRY(clause.range, read_range(value, value_path));
    if (clause.kind == Clause::Kind::throughout && !clause.range.to && !clause.range.whole_month) {
      return refuse(value.place, value_path, "every day of a window that never ends cannot be known; give it a last day");
    }
    return {};
  }
  FODSPOR_TRY(clause.range, read_range(*in, path + ".in"));
  if (how == "times") {
    clause.kind = Clause::Kind::spells;
    FODSPOR_TRY(clause.times, read_times(value, value_path));
    FODSPOR_DO(refuse_empty(clause.range, value, value_path, Period{0, clause.times}));
    return {};
  }
  clause.kind = how == "unbroken" ? Clause::Kind::unbroken : Clause::Kind::in_total;
  FODSPOR_TRY(clause.length, read_length(value, value_path));
  if (clause.kind == Clause::Kind::in_total && clause.length.months != 0) {
    return refuse(value.place, value_path, "a total of days is given in days or weeks: months differ in length");
  }
  if (clause.length == Period{}) return refuse(value.place, value_path, "no length at all is always met; leave the clause out");
  return refuse_empty(clause.range, value, value_path, clause.length);
}

Status DefinitionReader::read_growth(const Node& node, const std::string& path, Clause& clause) {
  FODSPOR_DO(only_keys(node, path, {"id", "state", "grows_by", "over", "in"}));
  clause.kind = Clause::Kind::growth;
  const Node* over = node.find("over");
  const Node* in = node.find("in");
  if (over == nullptr || in == nullptr) {
    return refuse(node.place, path, "growth needs `over` (how long the first and the last stretch are) and `in` (the whole)");
  }
  const State& state = into_.states[clause.state];
  if (state.from != State::From::employment && state.from != State::From::placement) {
    return refuse(node.find("state")->place, path + ".state", fmt::format("'{}' has no hours that could grow", state.name));
  }
  FODSPOR_TRY(clause.grows_by, read_number(*node.find("grows_by"), path + ".grows_by", 0, 168));
  FODSPOR_TRY(clause.length, read_length(*over, path + ".over"));
  if (clause.length.months != 0 || clause.length.days == 0) {
    return refuse(over->place, path + ".over", "a mean of hours is taken over days or weeks, at least one day");
  }
  FODSPOR_TRY(clause.range, read_range(*in, path + ".in"));
  clause.has_range = true;
  return refuse_empty(clause.range, *over, path + ".over", clause.length);
}

Status DefinitionReader::read_spell(const Node& node, const std::string& path, Clause& clause) {
  FODSPOR_DO(only_keys(node, path, {"id", "spell", "starts", "lasts_at_least"}));
  clause.kind = Clause::Kind::spell;
  FODSPOR_TRY(clause.state, state_named(*node.find("spell"), path + ".spell"));
  const Node* starts = node.find("starts");
  const Node* lasts = node.find("lasts_at_least");
  if (starts == nullptr) return refuse(node.place, path, "needs `starts`: the window in which the spell begins");
  FODSPOR_TRY(clause.range, read_range(*starts, path + ".starts"));
  clause.has_range = true;
  clause.length = Period{0, 1};
  if (lasts != nullptr) {
    FODSPOR_TRY(clause.length, read_length(*lasts, path + ".lasts_at_least"));
    if (clause.length == Period{}) clause.length = Period{0, 1};
  }
  return {};
}

Status DefinitionReader::read_path(const Node& node, const std::string& path, Clause& clause) {
  FODSPOR_DO(only_keys(node, path, {"id", "path", "within", "in", "lasts_at_least"}));
  clause.kind = Clause::Kind::path;
  const Node& list = *node.find("path");
  FODSPOR_DO(must_be(list, path + ".path", Node::Kind::list));
  if (list.items.size() != 2) return refuse(list.place, path + ".path", "a path is from one state to another: two names");
  FODSPOR_TRY(clause.state, state_named(list.items[0], path + ".path[0]"));
  FODSPOR_TRY(clause.other_state, state_named(list.items[1], path + ".path[1]"));
  if (clause.state == clause.other_state)
    return refuse(list.place, path + ".path", "a path leads from one state to another, not to itself");
  const Node* within = node.find("within");
  const Node* in = node.find("in");
  if (within == nullptr || in == nullptr) {
    return refuse(node.place, path, "a path needs `within` (how soon the second follows) and `in` (where the first begins)");
  }
  FODSPOR_TRY(clause.length, read_length(*within, path + ".within"));
  FODSPOR_TRY(clause.range, read_range(*in, path + ".in"));
  clause.has_range = true;
  clause.other_length = Period{0, 1};
  if (const Node* lasts = node.find("lasts_at_least")) {
    FODSPOR_TRY(clause.other_length, read_length(*lasts, path + ".lasts_at_least"));
  }
  return {};
}

Status DefinitionReader::read_improved(const Node& node, const std::string& path, Clause& clause) {
  FODSPOR_DO(only_keys(node, path, {"id", "improved", "at"}));
  clause.kind = Clause::Kind::improved;
  const Node& list = *node.find("improved");
  const std::string list_path = path + ".improved";
  FODSPOR_DO(must_be(list, list_path, Node::Kind::list));
  if (into_.unit != Unit::participation && into_.unit != Unit::person) {
    return refuse(node.place, path, "a situation is a participation's or a person's");
  }
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const std::string at = fmt::format("{}[{}]", list_path, i);
    FODSPOR_TRY(const Field field, field_named(list.items[i], at));
    if (field != Field::contract && field != Field::weekly_hours && field != Field::skill_level) {
      return refuse(
          list.items[i].place, at,
          fmt::format("whether '{}' is better than at entry cannot be said; contract, weekly_hours and skill_level can", info(field).name));
    }
    clause.fields.push_back(field);
  }
  if (clause.fields.empty()) return refuse(list.place, list_path, "nothing in an empty list can be better");
  const Node* at = node.find("at");
  if (at == nullptr) return refuse(node.place, path, "needs `at`: on which day?");
  FODSPOR_TRY(clause.point, read_point(*at, path + ".at"));
  return {};
}

Result<Definition> DefinitionReader::find_reference(const Node& node, const std::string& path, const std::string& id,
                                                    const std::string& version) const {
  auto found = find_(id, version);
  if (!found) return refuse(node.place, path, found.error().message);
  return found;
}

Status DefinitionReader::read_reference(const Node& node, const std::string& path, Clause& clause) {
  FODSPOR_DO(only_keys(node, path, {"id", "definition", "is"}));
  clause.kind = Clause::Kind::reference;
  const Node& name_node = *node.find("definition");
  FODSPOR_TRY(const std::string name, read_text(name_node, path + ".definition"));
  const std::size_t sign = name.find('@');
  if (sign == std::string::npos || sign == 0 || sign + 1 == name.size()) {
    return refuse(name_node.place, path + ".definition", fmt::format("'{}' does not say which version; write \"{}@1.0.0\"", name, name));
  }
  FODSPOR_TRY(auto found, find_reference(name_node, path + ".definition", name.substr(0, sign), name.substr(sign + 1)));
  if (found.unit() != into_.unit) {
    return refuse(name_node.place, path + ".definition", fmt::format("'{}' counts another unit than this definition", name));
  }
  if (const Node* is = node.find("is")) {
    FODSPOR_TRY(const std::string word, read_text(*is, path + ".is"));
    if (word == "not_met") {
      clause.says = Clause::Says::not_met;
    } else if (word == "unknown") {
      clause.says = Clause::Says::unknown;
    } else if (word == "in_population") {
      clause.says = Clause::Says::in_population;
    } else if (word == "in_denominator") {
      clause.says = Clause::Says::in_denominator;
    } else if (word != "met") {
      return refuse(is->place, path + ".is",
                    fmt::format("there is no '{}' here; {}", word,
                                suggestion(word, as_strings({"met", "not_met", "unknown", "in_population", "in_denominator"}))));
    }
  }
  const auto same = std::find_if(into_.references.begin(), into_.references.end(),
                                 [&](const Definition& d) { return d.id() == found.id() && d.version() == found.version(); });
  clause.reference = static_cast<std::uint16_t>(same - into_.references.begin());
  if (same == into_.references.end()) into_.references.push_back(std::move(found));
  return {};
}

}  // namespace fodspor::projections
