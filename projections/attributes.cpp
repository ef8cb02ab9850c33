#include "projections/attributes.h"

#include <capnp/schema.h>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "events/enterprise.capnp.h"

namespace fodspor::projections {
namespace {

template <class Enum>
std::optional<std::int64_t> said(Enum value) {
  if (value == Enum{}) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

template <class Integer>
std::optional<std::int64_t> widened(const std::optional<Integer>& value) {
  if (!value) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

// Hours are compared in minutes; definitions write hours, and the reader multiplies.
constexpr std::int64_t minutes_a_week = 168 * 60;

std::vector<FieldInfo> make_fields() {
  using Type = FieldInfo::Type;
  std::vector<FieldInfo> fields;
  const auto word = [&fields](Field field, std::string_view name, capnp::EnumSchema schema, bool at_entry = true) {
    fields.push_back({field, name, Type::word, schema, 0, 0, at_entry});
  };
  const auto number = [&fields](Field field, std::string_view name, std::int64_t least, std::int64_t most, bool at_entry = true) {
    fields.push_back({field, name, Type::number, std::nullopt, least, most, at_entry});
  };
  const auto yes_no = capnp::Schema::from<wire::YesNo>();
  word(Field::labour_status, "labour_status", capnp::Schema::from<wire::LabourStatus>());
  word(Field::in_education, "in_education", yes_no);
  word(Field::gender, "gender", capnp::Schema::from<wire::Gender>());
  word(Field::migrant_or_minority, "migrant_or_minority", yes_no);
  word(Field::disability, "disability", yes_no);
  word(Field::other_disadvantage, "other_disadvantage", yes_no);
  word(Field::homeless, "homeless", yes_no);
  word(Field::rural, "rural", yes_no);
  number(Field::isced, "isced", 0, 8);
  number(Field::birth_year, "birth_year", 1900, 2399);
  number(Field::age, "age", 0, 150, false);
  number(Field::municipality, "municipality", 101, 860);
  word(Field::benefit, "benefit", capnp::Schema::from<wire::Benefit>());
  word(Field::readiness, "readiness", capnp::Schema::from<wire::Readiness>());
  word(Field::contract, "contract", capnp::Schema::from<wire::Enrolled::Contract>());
  number(Field::weekly_hours, "weekly_hours", 0, minutes_a_week);
  number(Field::wanted_hours, "wanted_hours", 0, minutes_a_week);
  number(Field::skill_level, "skill_level", 1, 4);
  fields.push_back({Field::unemployed_for, "unemployed_for", Type::length, std::nullopt, 0, 0, false});
  word(Field::exit_reason, "exit_reason", capnp::Schema::from<wire::Left::Reason>(), false);
  number(Field::enrolments, "enrolments", 0, 10'000, false);
  word(Field::enterprise_kind, "enterprise_kind", capnp::Schema::from<wire::EnterpriseKind>(), false);
  fields.push_back({Field::industry, "industry", Type::industry, std::nullopt, 0, 0, false});
  word(Field::placement_kind, "placement_kind", capnp::Schema::from<wire::PlacementKind>(), false);
  word(Field::placement_completed, "placement_completed", yes_no, false);
  return fields;
}

std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

const std::vector<FieldInfo>& all_fields() {
  static const std::vector<FieldInfo> fields = make_fields();
  return fields;
}

const FieldInfo* find_field(std::string_view name) noexcept {
  const auto& fields = all_fields();
  const auto at = std::find_if(fields.begin(), fields.end(), [name](const FieldInfo& f) { return f.name == name; });
  return at == fields.end() ? nullptr : &*at;
}

const FieldInfo& info(Field field) noexcept {
  const FieldInfo& found = all_fields()[static_cast<std::size_t>(field)];
  FODSPOR_CHECK(found.field == field);
  return found;
}

std::optional<std::int64_t> value_of(Field field, const AttributeSubject& subject, std::optional<Date> on) {
  if (field == Field::enterprise_kind) return subject.enterprise == nullptr ? std::nullopt : said(subject.enterprise->kind);
  if (field == Field::placement_kind) return subject.placement == nullptr ? std::nullopt : said(subject.placement->placement_kind);
  if (field == Field::placement_completed) return subject.placement == nullptr ? std::nullopt : said(subject.placement->completed);
  if (subject.participation == nullptr) return std::nullopt;
  const EntryRecord& entry = subject.participation->at_entry;
  // Who refused to say did not say.
  const auto yes_no = [](wire::YesNo value) { return value == wire::YesNo::REFUSED ? std::nullopt : said(value); };
  switch (field) {
    case Field::labour_status:
      return said(entry.labour_status);
    case Field::in_education:
      return yes_no(entry.in_education);
    case Field::gender:
      return said(entry.gender);
    case Field::migrant_or_minority:
      return yes_no(entry.migrant_or_minority);
    case Field::disability:
      return yes_no(entry.disability);
    case Field::other_disadvantage:
      return yes_no(entry.other_disadvantage);
    case Field::homeless:
      return yes_no(entry.homeless);
    case Field::rural:
      return yes_no(entry.rural);
    case Field::isced:
      return widened(entry.isced);
    case Field::birth_year:
      return entry.birth_year == 0 ? std::nullopt : std::optional<std::int64_t>(entry.birth_year);
    case Field::age:
      if (entry.birth_year == 0 || !on) return std::nullopt;
      return on->year() - entry.birth_year;
    case Field::municipality:
      return entry.municipality == 0 ? std::nullopt : std::optional<std::int64_t>(entry.municipality);
    case Field::benefit:
      return said(entry.benefit);
    case Field::readiness:
      return said(entry.readiness);
    case Field::contract:
      return said(entry.contract);
    case Field::weekly_hours:
      return widened(entry.weekly_minutes);
    case Field::wanted_hours:
      return widened(entry.wanted_minutes);
    case Field::skill_level:
      return widened(entry.skill_level);
    case Field::unemployed_for:
      if (!entry.unemployed_since || !on) return std::nullopt;
      return *on - *entry.unemployed_since;
    case Field::exit_reason:
      return said(subject.participation->exit_reason);
    case Field::enrolments:
      return subject.participation->enrolments;
    case Field::enterprise_kind:
    case Field::industry:
    case Field::placement_kind:
    case Field::placement_completed:
      return std::nullopt;
  }
  return std::nullopt;
}

std::string_view industry_of(const AttributeSubject& subject) {
  if (subject.enterprise == nullptr || subject.context == nullptr) return {};
  if (subject.enterprise->industry >= subject.context->industries.size()) return {};
  return subject.context->industries[subject.enterprise->industry];
}

bool in_industries(std::string_view code, const std::vector<std::string>& listed) {
  return std::any_of(listed.begin(), listed.end(), [code](const std::string& head) { return !head.empty() && code.starts_with(head); });
}

Result<BreakdownKey> breakdown_key(std::string_view key) {
  if (key == "programme") return BreakdownKey{BreakdownKey::Kind::programme, {}};
  if (key == "entry_year") return BreakdownKey{BreakdownKey::Kind::entry_year, {}};
  if (key == "exit_year") return BreakdownKey{BreakdownKey::Kind::exit_year, {}};
  std::string_view bare = key;
  if (bare.ends_with("_at_entry")) bare.remove_suffix(std::string_view("_at_entry").size());
  if (const FieldInfo* found = find_field(bare)) return BreakdownKey{BreakdownKey::Kind::field, found->field};
  std::vector<std::string> known{"programme", "entry_year", "exit_year"};
  for (const FieldInfo& f : all_fields()) known.push_back(fmt::format("{}{}", f.name, f.at_entry ? "_at_entry" : ""));
  return events::fail(events::Fault::invalid, fmt::format("there is no breakdown by '{}'; {}", key, suggestion(key, known)));
}

std::string stratum(const BreakdownKey& key, const AttributeSubject& subject, ProgrammeId programme) {
  const Participation* participation = subject.participation;
  const auto year = [](const std::optional<Moment>& moment) {
    return moment ? fmt::format("{}", moment->on.year()) : std::string("unknown");
  };
  switch (key.kind) {
    case BreakdownKey::Kind::programme:
      return programme ? programme.slug() : std::string("none");
    case BreakdownKey::Kind::entry_year:
      return participation == nullptr ? "unknown" : year(participation->entry);
    case BreakdownKey::Kind::exit_year:
      return participation == nullptr ? "unknown" : year(participation->exit);
    case BreakdownKey::Kind::field:
      break;
  }
  if (key.field == Field::industry) {
    const std::string_view code = industry_of(subject);
    return code.empty() ? "unknown" : std::string(code.substr(0, 2));
  }
  const std::optional<Date> on = participation != nullptr && participation->entry ? std::optional(participation->entry->on) : std::nullopt;
  const auto value = value_of(key.field, subject, on);
  if (!value) return "unknown";
  // The bands of the regulation's indicators: under 25 (CO06), over 54 (CO07), long-term over 12 months (CO02).
  if (key.field == Field::age) return *value < 25 ? "under 25" : *value > 54 ? "over 54" : "25 to 54";
  if (key.field == Field::unemployed_for) return *value > 365 ? "over 12 months" : "up to 12 months";
  if (key.field == Field::weekly_hours || key.field == Field::wanted_hours) return fmt::format("{}", *value / 60);
  const FieldInfo& field = info(key.field);
  return field.words ? word(*field.words, static_cast<std::uint16_t>(*value)) : fmt::format("{}", *value);
}

std::string snake_case(std::string_view camel_case) {
  std::string out;
  for (const char c : camel_case) {
    if (c >= 'A' && c <= 'Z') {
      if (!out.empty()) out += '_';
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<std::uint16_t> ordinal(capnp::EnumSchema schema, std::string_view word) {
  for (const auto enumerant : schema.getEnumerants()) {
    if (snake_case(enumerant.getProto().getName().cStr()) == word) return enumerant.getOrdinal();
  }
  return std::nullopt;
}

std::string word(capnp::EnumSchema schema, std::uint16_t ordinal) {
  const auto enumerants = schema.getEnumerants();
  return ordinal < enumerants.size() ? snake_case(enumerants[ordinal].getProto().getName().cStr()) : std::string("unknown");
}

std::vector<std::string> words(capnp::EnumSchema schema) {
  std::vector<std::string> out;
  for (const auto enumerant : schema.getEnumerants()) {
    if (enumerant.getOrdinal() != 0) out.push_back(snake_case(enumerant.getProto().getName().cStr()));
  }
  return out;
}

std::string suggestion(std::string_view wrong, const std::vector<std::string>& known) {
  const std::string* nearest = nullptr;
  std::size_t distance = std::max<std::size_t>(2, wrong.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t d = edits(wrong, candidate);
    if (d < distance) {
      distance = d;
      nearest = &candidate;
    }
  }
  if (nearest != nullptr) return fmt::format("did you mean '{}'?", *nearest);
  if (known.empty()) return "there are none to choose from";
  return fmt::format("one of {} is meant", fmt::join(known, ", "));
}

}  // namespace fodspor::projections
