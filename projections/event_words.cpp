#include "projections/event_words.h"

#include <capnp/dynamic.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "events/control.capnp.h"
#include "events/forms.h"

namespace fodspor::projections {

namespace {

using Kind = FieldForm::Kind;

struct TypeWords {
  EventType type;
  std::string_view en, da;
};

constexpr auto type_words = std::to_array<TypeWords>({
    {EventType::programme_registered, "Programme registered", "Projekt oprettet"},
    {EventType::programme_amended, "Programme amended", "Projekt ændret"},
    {EventType::funding_granted, "Funding granted", "Tilskud bevilget"},
    {EventType::portfolio_joined, "Joined a portfolio", "Kom med i en pulje"},
    {EventType::portfolio_left, "Left a portfolio", "Gik ud af en pulje"},
    {EventType::definition_approved, "Definition approved", "Definition godkendt"},
    {EventType::target_pinned, "Target pinned", "Mål fastsat"},
    {EventType::code_list_adopted, "Code list adopted", "Kodeliste taget i brug"},
    {EventType::milestone_reached, "Milestone reached", "Milepæl nået"},
    {EventType::report_submitted, "Report submitted", "Rapport indsendt"},
    {EventType::covered, "Covered by a source", "Dækket af en kilde"},
    {EventType::citizen_identified, "Citizen identified", "Borger identificeret"},
    {EventType::screened, "Screened", "Visiteret"},
    {EventType::recruited, "Recruited", "Rekrutteret"},
    {EventType::consent_given, "Consent given", "Samtykke givet"},
    {EventType::consent_withdrawn, "Consent withdrawn", "Samtykke trukket tilbage"},
    {EventType::enrolled, "Enrolled", "Indskrevet"},
    {EventType::compared, "Followed for comparison", "Følges til sammenligning"},
    {EventType::status_observed, "Status observed", "Status observeret"},
    {EventType::died, "Died", "Død"},
    {EventType::emigrated, "Emigrated", "Udvandret"},
    {EventType::plan_made, "Plan made", "Plan lagt"},
    {EventType::plan_revised, "Plan revised", "Plan revideret"},
    {EventType::progress_measured, "Progress measured", "Progression målt"},
    {EventType::support_given, "Support given", "Støtte givet"},
    {EventType::course_started, "Course started", "Forløb startet"},
    {EventType::course_attended, "Course attended", "Fremmøde på forløb"},
    {EventType::course_ended, "Course ended", "Forløb afsluttet"},
    {EventType::enterprise_recruited, "Enterprise recruited", "Virksomhed rekrutteret"},
    {EventType::commitment_given, "Commitment given", "Tilsagn givet"},
    {EventType::enterprise_withdrew, "Enterprise withdrew", "Virksomhed trak sig"},
    {EventType::opening_offered, "Opening offered", "Åbning tilbudt"},
    {EventType::role_trained, "Trained for a role", "Uddannet til en rolle"},
    {EventType::role_assigned, "Role assigned", "Rolle tildelt"},
    {EventType::role_ended, "Role ended", "Rolle ophørt"},
    {EventType::mentor_checked_in, "Mentor checked in", "Mentor fulgte op"},
    {EventType::match_proposed, "Match proposed", "Match foreslået"},
    {EventType::match_accepted, "Match accepted", "Match accepteret"},
    {EventType::match_declined, "Match declined", "Match afslået"},
    {EventType::placement_started, "Placement started", "Virksomhedsforløb startet"},
    {EventType::hours_reported, "Hours reported", "Timer indberettet"},
    {EventType::placement_ended, "Placement ended", "Virksomhedsforløb afsluttet"},
    {EventType::network_formed, "Network formed", "Netværk dannet"},
    {EventType::network_joined, "Joined a network", "Kom med i netværk"},
    {EventType::network_event_held, "Network event held", "Netværksarrangement afholdt"},
    {EventType::network_event_attended, "Network event attended", "Deltog i netværksarrangement"},
    {EventType::employment_started, "Employment started", "Ansættelse startet"},
    {EventType::employment_changed, "Employment changed", "Ansættelse ændret"},
    {EventType::employment_ended, "Employment ended", "Ansættelse ophørt"},
    {EventType::education_started, "Education started", "Uddannelse startet"},
    {EventType::education_ended, "Education ended", "Uddannelse afsluttet"},
    {EventType::job_search_started, "Job search started", "Jobsøgning startet"},
    {EventType::job_search_ended, "Job search ended", "Jobsøgning afsluttet"},
    {EventType::completed, "Completed", "Gennemført"},
    {EventType::left, "Left", "Udskrevet"},
    {EventType::aftercare_given, "Aftercare given", "Efterværn givet"},
    {EventType::followed_up, "Followed up", "Opfølgning"},
    {EventType::referred, "Referred", "Henvist"},
    {EventType::corrected, "Corrected", "Rettet"},
    {EventType::retracted, "Retracted", "Trukket tilbage"},
    {EventType::identity_merged, "Identity merged", "Identiteter samlet"},
    {EventType::erased, "Erased", "Slettet"},
    {EventType::retired, "Retired", "Udløbet"},
    {EventType::projection_skipped, "Event skipped for a view", "Hændelse sprunget over for en visning"},
    {EventType::key_committed, "Key committed", "Nøgle bundet"},
    {EventType::heads_committed, "Heads committed", "Hoveder bundet"},
    {EventType::other_log_root, "Root of another log", "Rod af en anden log"},
});

struct FieldWords {
  std::string_view name, en, da;
};

// Fields whose names say more in other words; all others are shown as they are called, with spaces.
constexpr auto field_words = std::to_array<FieldWords>({
    {"benefit", "benefit", "ydelse"},
    {"birth_year", "born", "født"},
    {"by", "by", "af"},
    {"case_number", "case number", "sagsnummer"},
    {"channel", "by", "ved"},
    {"chosen_by_citizen", "chosen by the citizen", "valgt af borgeren"},
    {"code", "code", "kode"},
    {"completed", "completed", "gennemført"},
    {"contract", "contract", "kontrakt"},
    {"course", "course", "forløb"},
    {"cvr", "CVR", "CVR"},
    {"disability", "disability", "handicap"},
    {"employer", "employed by", "ansat hos"},
    {"employment", "job", "ansættelse"},
    {"gender", "gender", "køn"},
    {"homeless", "homeless", "hjemløs"},
    {"in_education", "in education", "i uddannelse"},
    {"industry", "industry", "branche"},
    {"isced", "ISCED", "ISCED"},
    {"kind", "kind", "art"},
    {"labour_status", "labour market status", "arbejdsmarkedsstatus"},
    {"match", "match", "match"},
    {"migrant_or_minority", "migrant or minority", "indvandrer eller minoritet"},
    {"municipality", "municipality", "kommune"},
    {"next_step", "next step", "næste skridt"},
    {"ordinary_minutes", "ordinary", "ordinære timer"},
    {"p_number", "P-number", "P-nummer"},
    {"paid_minutes", "paid", "betalte timer"},
    {"placement", "placement", "virksomhedsforløb"},
    {"places", "places", "pladser"},
    {"purpose", "purpose", "formål"},
    {"qualification", "qualification", "kvalifikation"},
    {"readiness", "readiness", "parathed"},
    {"reason", "reason", "årsag"},
    {"result", "result", "resultat"},
    {"role", "role", "rolle"},
    {"score", "score", "score"},
    {"skill_level", "skill level", "færdighedsniveau"},
    {"status", "status", "status"},
    {"subsidised_minutes", "subsidised", "timer med tilskud"},
    {"unemployed_since", "unemployed since", "ledig siden"},
    {"unpaid_minutes", "unpaid", "ulønnede timer"},
    {"wanted_minutes", "wants", "ønsker"},
    {"weekly_minutes", "weekly", "ugentlig"},
    {"weight", "weight", "vægt"},
    {"wellbeing", "well-being", "trivsel"},
});

std::string spaced(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::string field_name(std::string_view name, bool danish) {
  for (const FieldWords& one : field_words) {
    if (one.name == name) return std::string(danish ? one.da : one.en);
  }
  return spaced(name);
}

std::string hours(std::uint64_t minutes) {
  if (minutes % 60 == 0) return fmt::format("{} h", minutes / 60);
  return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

std::string millionths(std::uint64_t value) {
  constexpr std::uint64_t million = 1'000'000;
  std::string text = fmt::format("{}.{:06}", value / million, value % million);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

// `yes` and `no` are the commonest choices; the field's other terms are Danish already, or are names.
std::string choice(std::uint16_t number, const std::vector<std::string>& choices, bool danish) {
  if (number >= choices.size()) return std::to_string(number);
  const std::string& name = choices[number];
  if (danish && name == "yes") return "ja";
  if (danish && name == "no") return "nej";
  return spaced(name);
}

class Words {
 public:
  explicit Words(bool danish) : danish_(danish) {}

  std::string object(capnp::DynamicStruct::Reader object, const StructForm& form) const {
    std::string text;
    for (const FieldForm& field : form.fields) {
      if (!object.has(field.field, capnp::HasMode::NON_DEFAULT)) continue;
      const std::string value = field.list ? list(object.get(field.field).as<capnp::DynamicList>(), field) : said(object, field);
      if (value.empty()) continue;
      if (!text.empty()) text += ", ";
      if (field.kind != Kind::object && field.kind != Kind::body) text += field_name(field.name, danish_) + " ";
      text += value;
    }
    return text;
  }

 private:
  std::string said(capnp::DynamicStruct::Reader object, const FieldForm& field) const {
    if (field.kind != Kind::body) return value(object.get(field.field), field);
    const TypeInfo* type = find_type(static_cast<EventType>(object.get("type").as<std::uint16_t>()));
    if (type == nullptr) return {};
    return this->object(object.get(field.field).as<capnp::AnyPointer>().getAs<capnp::DynamicStruct>(type->schema), form_of(*type));
  }

  std::string list(capnp::DynamicList::Reader items, const FieldForm& field) const {
    std::string text;
    for (unsigned i = 0; i < items.size(); ++i) text += (text.empty() ? "" : " and ") + value(items[i], field);
    return text;
  }

  std::string value(const capnp::DynamicValue::Reader& value, const FieldForm& field) const {
    switch (field.kind) {
      case Kind::date: {
        const auto date = Date::stored(value.as<std::uint32_t>());
        return date ? date->text() : std::string();
      }
      case Kind::count: {
        const std::uint64_t number = value.as<std::uint64_t>() - (field.plus_one ? 1 : 0);
        return field.name.ends_with("minutes") ? hours(number) : std::to_string(number);
      }
      case Kind::decimal:
        return millionths(value.as<std::uint64_t>() - (field.plus_one ? 1 : 0));
      case Kind::moment:
        return text(Timestamp{value.as<std::int64_t>()});
      case Kind::code:
      case Kind::prose: {
        const auto said = value.as<capnp::Text>();
        return {said.begin(), said.size()};
      }
      case Kind::flag:
        return value.as<bool>() ? (danish_ ? "ja" : "yes") : (danish_ ? "nej" : "no");
      case Kind::choice:
        return choice(value.as<capnp::DynamicEnum>().getRaw(), *field.choices, danish_);
      case Kind::event_type: {
        const auto type = static_cast<EventType>(value.as<std::uint16_t>());
        return words(type).in(danish_);
      }
      case Kind::object:
        return object(value.as<capnp::DynamicStruct>(), *field.object);
      case Kind::hash:
      case Kind::id:
      case Kind::event:
      case Kind::body:
        return {};  // nothing that a person reads; ids are shown beside the words
    }
    return {};
  }

  bool danish_;
};

std::string words_of(const Event& event, bool danish) {
  std::string text = words(event.type()).in(danish);
  const TypeInfo* type = find_type(event.type());
  if (type == nullptr || event.proposal().getFacts().isNull()) return text;
  const std::string facts = Words(danish).object(event.proposal().getFacts().getAs<capnp::DynamicStruct>(type->schema), form_of(*type));
  return facts.empty() ? text : text + ": " + facts;
}

}  // namespace

Bilingual words(EventType type) {
  for (const TypeWords& one : type_words) {
    if (one.type == type) return {std::string(one.en), std::string(one.da)};
  }
  const std::string number = std::to_string(static_cast<unsigned>(type));
  return {"Event of a newer version, type " + number, "Hændelse fra en nyere version, type " + number};
}

Bilingual words(const Event& event) {
  return {words_of(event, false), words_of(event, true)};
}

}  // namespace fodspor::projections
