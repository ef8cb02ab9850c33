#include "server/intake/mapping.h"

#include <algorithm>

#include "server/intake/mapping_fields.h"
#include "server/intake/personal.h"
#include "server/intake/section.h"

namespace fodspor::server::intake {
namespace {

const std::vector<std::string>& roles() {
  return choices_of(capnp::Schema::from<wire::Role>());
}

// The kind of stream that a reference with this role names by a number of a column.
StreamKind kind_of_role(std::string_view role) {
  if (role == "enterprise" || role == "ambassador" || role == "buddy") return StreamKind::enterprise;
  if (role == "network") return StreamKind::network;
  if (role == "participant" || role == "merged") return StreamKind::participant;
  if (role == "programme" || role == "portfolio" || role == "unspecified") return StreamKind::unspecified;
  return StreamKind::staff;
}

class MappingReader {
 public:
  MappingReader(const toml::table& document, std::string_view file, Problems& problems) : root_(document, "", file, problems) {
    mapping_.file = file;
  }

  Mapping read() {
    read_import();
    if (auto personal = root_.section("personal")) {
      personal->problem_here(
          "names, CPR numbers and other personal columns cannot be imported: nothing personal may enter the log in the clear, and sealing "
          "is not there yet. Take [personal] out; participants are told apart by a case number");
    }
    read_participant();
    if (mapping_.format == Mapping::Format::long_rows) {
      for (Section& section : root_.sections("event")) read_event(section);
      if (mapping_.events.empty() && !root_.has("event")) root_.problem("event", "no [[event]] says what a row means");
    } else {
      for (Section& section : root_.sections("series")) read_series(section);
      if (mapping_.series.empty() && !root_.has("series")) root_.problem("series", "no [[series]] says which columns are periods");
      const TypeInfo* enrolled = find_type(EventType::enrolled);
      if (auto fields = root_.section("enrolled")) mapping_.enrolled = read_fields(*fields, *enrolled);
    }
    root_.refuse_unknown();
    for (const std::string& column : mapping_.columns()) {
      if (!names_something_personal(column)) continue;
      root_.problem_here(
          "column '" + column +
          "' is a person's name, number, address or telephone by its own name: nothing personal may enter the log in the clear. "
          "Map a case number instead; columns that no rule names are not read");
    }
    return std::move(mapping_);
  }

 private:
  void read_import() {
    auto section = root_.section("import");
    if (!section) {
      if (!root_.has("import")) root_.problem("import", "this is missing: write [import] with namespace, format and programme");
      return;
    }
    mapping_.space = section->required_text("namespace");
    // It stands in the id of every request, with room for a number beside it.
    constexpr std::size_t space_bytes_max = 64;
    if (mapping_.space.size() > space_bytes_max) section->problem("namespace", "this is too long: at most 64 bytes");
    const std::string format = section->choice("format", {"long", "wide"});
    mapping_.format = format == "wide" ? Mapping::Format::wide_rows : Mapping::Format::long_rows;
    const std::string slug = section->required_text("programme");
    if (!slug.empty()) {
      const auto programme = ProgrammeId::parse(slug);
      if (programme) mapping_.programme = *programme;
      if (!programme) section->problem("programme", programme.error().message);
    }
    mapping_.whole = section->choice("delivery", {"additions", "whole"}) == "whole";
    const std::string encoding = section->choice("encoding", {"detect", "utf-8", "windows-1252"});
    mapping_.table.encoding = encoding == "utf-8" ? Encoding::utf8 : encoding == "detect" ? Encoding::detect : Encoding::windows_1252;
    const std::string separator = section->choice("separator", {"detect", ";", ",", "tab", "\t"});
    mapping_.table.separator = separator == "detect" ? '\0' : separator == "tab" ? '\t' : separator.front();
    mapping_.decimal = section->choice("decimal", {",", "."}).front();
    mapping_.source = section->text("source", "import");
    const auto& sources = choices_of(capnp::Schema::from<wire::Source>());
    if (!is_choice(sources, mapping_.source)) section->problem("source", "'" + mapping_.source + "' is none of " + listed(sources));
    mapping_.key = section->texts("key");
    mapping_.ignore_unmatched = section->choice("unmatched", {"refuse", "ignore"}) == "ignore";
    section->refuse_unknown();
  }

  void read_participant() {
    mapping_.register_name = mapping_.programme ? mapping_.programme.slug() : "";
    if (root_.has("participant")) {
      if (auto section = root_.section("participant")) {
        mapping_.participant_column = section->required_text("column");
        mapping_.register_name = section->text("register", mapping_.register_name);
        section->refuse_unknown();
      }
    } else if (mapping_.format == Mapping::Format::wide_rows) {
      root_.problem("participant", "this is missing: write [participant] with column = the column of the case number");
    }
    if (mapping_.key.empty() && !mapping_.participant_column.empty()) mapping_.key = {mapping_.participant_column};
    if (mapping_.key.empty() && root_.has("import")) {
      root_.problem("import", "key is missing: write key = [\"…\"] with the columns that tell rows apart");
    }
  }

  // "Column", or { column = "Column", included = true }.
  std::optional<DateRule> read_date(Section& section, std::string_view key, bool may_include) {
    const toml::node* at = section.node(key);
    if (at == nullptr) return std::nullopt;
    if (at->is_string()) return DateRule{section.text(key), false};
    auto inner = section.section(key);
    if (!inner) return std::nullopt;
    DateRule rule{inner->required_text("column"), false};
    if (may_include) rule.included = inner->flag("included");
    inner->refuse_unknown();
    return rule;
  }

  NamedRule read_named(Section& section) {
    NamedRule rule;
    rule.column = section.required_text("column");
    return rule;
  }

  void read_event(Section& section) {
    EventRule rule;
    const std::string type = section.required_text("type");
    rule.type = find_type(type);
    if (rule.type == nullptr) {
      if (!type.empty()) section.problem("type", "there is no event '" + type + "'; they are named as in CourseEnded");
      return;
    }
    if (rule.type->group == "control") {
      section.problem("type", type + " is the ledger's own: corrections and retractions follow from delivering the file again");
      return;
    }
    if (auto when = section.section("when")) {
      for (const std::string& column : when->keys()) rule.when.push_back({column, when->texts(column)});
    }
    rule.on = read_date(section, "on", false);
    if (!rule.on && rule.type->needs_date && !section.has("on")) section.problem("on", "this is missing: write on = the column of the day");
    rule.to = read_date(section, "to", true);
    rule.registered = read_date(section, "registered", false);
    rule.date_required = section.flag("required", !rule.when.empty());
    rule.once = section.flag("once");
    read_stream(section, rule);
    if (auto fields = section.section("fields")) rule.fields = read_fields(*fields, *rule.type);
    for (Section& inner : section.sections("reference")) {
      NamedRule named = read_named(inner);
      named.role = inner.required_text("role");
      if (!named.role.empty() && !is_choice(roles(), named.role))
        inner.problem("role", "'" + named.role + "' is none of " + listed(roles()));
      named.kind = kind_of_role(named.role);
      if (named.kind == StreamKind::unspecified && is_choice(roles(), named.role)) {
        inner.problem("role", "a reference to a " + named.role + " cannot be made from a column");
      }
      inner.refuse_unknown();
      rule.references.push_back(std::move(named));
    }
    section.refuse_unknown();
    mapping_.events.push_back(std::move(rule));
  }

  void read_stream(Section& section, EventRule& rule) {
    if (auto inner = section.section("stream")) {
      NamedRule named = read_named(*inner);
      const std::string kind = inner->choice("kind", {"enterprise", "staff", "network", "participant"});
      named.kind = kind == "enterprise" ? StreamKind::enterprise
                   : kind == "staff"    ? StreamKind::staff
                   : kind == "network"  ? StreamKind::network
                                        : StreamKind::participant;
      inner->refuse_unknown();
      rule.stream = named;
    }
    const StreamKind kind = rule.stream ? rule.stream->kind : StreamKind::participant;
    if (!rule.type->may_stand_in(kind)) {
      section.problem("type", std::string(rule.type->name) + " does not stand in the history of a " + std::string(name(kind)) +
                                  ": write stream = { kind = \"…\", column = \"…\" }");
    }
    if (!rule.stream && mapping_.participant_column.empty()) {
      section.problem("type", "whose event is it? Write [participant] with column = the column of the case number, or stream = { … }");
    }
  }

  void read_series(Section& section) {
    SeriesRule series;
    series.name = section.required_text("name");
    series.first = section.required_text("first");
    series.last = section.required_text("last");
    if (const auto day = section.day("starts")) {
      const auto date = Date::from_ymd(day->year, day->month, day->day);
      if (date) series.starts = *date;
    } else if (!section.has("starts")) {
      section.problem("starts", "this is missing: write starts = the first day of the first column's period");
    }
    const auto every = Period::parse(section.required_text("every"));
    if (every && every->days_at_least() > 0) {
      series.every = *every;
    } else if (section.has("every")) {
      section.problem("every", "write how long a column's period is, as \"1 week\" or \"1 month\"");
    }
    series.hours = section.choice("cells", {"codes", "hours"}) == "hours";
    series.covers = section.texts("covers");
    const auto& facts = choices_of(capnp::Schema::from<wire::Covered::Fact>());
    for (const std::string& fact : series.covers) {
      if (!is_choice(facts, fact)) section.problem("covers", "'" + fact + "' is none of " + listed(facts));
    }
    if (auto codes = section.section("codes")) {
      for (const std::string& code : codes->keys()) series.codes.emplace(code, read_code(*codes, code));
    }
    if (!series.hours && series.codes.empty()) section.problem("codes", "no code says what a cell means");
    if (series.hours && !series.codes.empty()) section.problem("codes", "cells of hours have no codes");
    if (std::any_of(mapping_.series.begin(), mapping_.series.end(), [&](const SeriesRule& s) { return s.name == series.name; })) {
      section.problem("name", "another series is called '" + series.name + "' already");
    }
    section.refuse_unknown();
    mapping_.series.push_back(std::move(series));
  }

  CodeRule read_code(Section& codes, const std::string& code) {
    CodeRule rule;
    auto section = codes.section(code);
    if (!section) return rule;
    rule.participation = section->flag("participation");
    rule.missing = section->flag("missing");
    rule.status = section->text("status");
    rule.benefit = section->text("benefit");
    const auto check = [&](std::string_view key, const std::vector<std::string>& choices, const std::string& value) {
      if (!value.empty() && !is_choice(choices, value)) section->problem(key, "'" + value + "' is none of " + listed(choices));
    };
    check("status", choices_of(capnp::Schema::from<wire::LabourStatus>()), rule.status);
    check("benefit", choices_of(capnp::Schema::from<wire::Benefit>()), rule.benefit);
    if (rule.missing ? rule.participation || !rule.status.empty() || !rule.benefit.empty()
                     : !rule.participation && rule.status.empty() && rule.benefit.empty()) {
      section->problem_here("write status, benefit or participation = true; or missing = true alone");
    }
    section->refuse_unknown();
    return rule;
  }

  Section root_;
  Mapping mapping_;
};

}  // namespace

Result<Mapping> Mapping::read(std::string_view text, std::string_view file) {
  toml::table document;
  try {
    document = toml::parse(text, std::string(file));
  } catch (const toml::parse_error& error) {
    const auto begin = error.source().begin;
    // The most frequent one with Danish columns: TOML's bare keys are ASCII.
    const bool bare = error.description().find("expected '='") != std::string_view::npos;
    return fail(Fault::invalid, std::string(file) + ":" + std::to_string(begin.line) + ":" + std::to_string(begin.column) + ": " +
                                    std::string(error.description()) +
                                    (bare ? "; a key with other letters than a-z, digits, - and _ stands in quotes" : ""));
  }
  Problems problems;
  Mapping mapping = MappingReader(document, file, problems).read();
  FODSPOR_DO(problems.status());
  return mapping;
}

std::vector<std::string> Mapping::columns() const {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  const auto add_fields = [&](const std::vector<FieldRule>& fields) {
    for (const FieldRule& field : fields) {
      for (const std::string& column : field.value.columns) add(column);
    }
  };
  for (const std::string& column : key) add(column);
  add(participant_column);
  for (const EventRule& event : events) {
    for (const Condition& condition : event.when) add(condition.column);
    for (const auto& date : {event.on, event.to, event.registered}) {
      if (date) add(date->column);
    }
    if (event.stream) add(event.stream->column);
    add_fields(event.fields);
    for (const NamedRule& reference : event.references) add(reference.column);
  }
  for (const SeriesRule& one : series) {
    add(one.first);
    add(one.last);
  }
  add_fields(enrolled);
  return names;
}

}  // namespace fodspor::server::intake
