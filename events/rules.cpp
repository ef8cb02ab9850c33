#include "events/rules.h"

#include <algorithm>
#include <array>
#include <string>

#include "events/body_rules.h"
#include "events/control.capnp.h"
#include "events/limits.h"
#include "events/proposal.h"

namespace fodspor::events {

namespace {

using References = capnp::List<wire::Reference>::Reader;

tl::unexpected<Failure> refuse(std::string_view field, std::string_view why, Fault fault = Fault::invalid) {
  return fail(fault, std::string(field) + ": " + std::string(why));
}

std::string a_stream_of(StreamKind kind) {
  return (kind == StreamKind::ledger ? "the ledger" : a(name(kind))) + "'s stream";
}

std::string streams_of(const TypeInfo& type) {
  std::string result;
  for (std::uint8_t kind = 1; kind <= stream_kind_max; ++kind) {
    if (!type.may_stand_in(static_cast<StreamKind>(kind))) continue;
    result += (result.empty() ? "" : " or ") + a_stream_of(static_cast<StreamKind>(kind));
  }
  return result;
}

Status check_stream(const StreamId& stream, std::string_view field) {
  const auto kind = static_cast<std::uint8_t>(stream.kind);
  if (kind == 0 || kind > stream_kind_max) return refuse(field, "its kind is none that this version knows");
  if (!stream.id) return refuse(field, "the id is all zeros");
  if (!stream.well_formed()) return refuse(field, a(name(stream.kind)) + " is named by a short name, as programme/roskilde");
  return {};
}

// Which streams a reference in that role may lead to; none stated: any.
std::uint16_t streams_for(wire::Role role) {
  const auto only = [](auto... kinds) { return static_cast<std::uint16_t>((... | (1u << static_cast<unsigned>(kinds)))); };
  switch (role) {
    case wire::Role::PARTICIPANT:
      return only(StreamKind::participant);
    case wire::Role::ENTERPRISE:
      return only(StreamKind::enterprise);
    case wire::Role::STAFF:
      return only(StreamKind::staff);
    case wire::Role::NETWORK:
      return only(StreamKind::network);
    case wire::Role::PROGRAMME:
      return only(StreamKind::programme);
    case wire::Role::PORTFOLIO:
      return only(StreamKind::portfolio);
    case wire::Role::MENTOR:
    case wire::Role::BUDDY:
    case wire::Role::AMBASSADOR:
    case wire::Role::JOB_BROKER:
    case wire::Role::CONSULTANT:
      return only(StreamKind::participant, StreamKind::enterprise, StreamKind::staff);
    case wire::Role::UNSPECIFIED:
    case wire::Role::MERGED:
      break;
  }
  return static_cast<std::uint16_t>(~0u);
}

Status check_reference(wire::Reference::Reader reference, const Draft& draft, std::string_view place) {
  const auto role = static_cast<std::uint16_t>(reference.getRole());
  const auto& roles = choices_of(capnp::Schema::from<wire::Role>());
  if (role == 0 || role >= roles.size())
    return refuse(std::string(place) + ".role", "it is not specified, or not one that this version knows");
  const StreamId stream = stream_of(reference);
  FODSPOR_DO(check_stream(stream, std::string(place) + ".stream"));
  if ((streams_for(reference.getRole()) >> static_cast<unsigned>(stream.kind) & 1u) == 0) {
    return refuse(place, "a reference with role " + roles[role] + " does not lead to " + a_stream_of(stream.kind));
  }
  if (reference.getRole() == wire::Role::MERGED) {
    if (draft.type() != EventType::identity_merged) return refuse(place, "only an IdentityMerged has a reference with role merged");
    if (stream.kind != draft.stream().kind) return refuse(place, "only streams of one kind can be merged");
    if (stream == draft.stream()) return refuse(place, "a stream cannot be merged with itself");
  }
  if (reference.getSuperseded() && draft.type() != EventType::corrected) return refuse(place, "only a Corrected names what is superseded");
  return {};
}

bool same(wire::Reference::Reader a, wire::Reference::Reader b) {
  return a.getRole() == b.getRole() && a.getSuperseded() == b.getSuperseded() && stream_of(a) == stream_of(b);
}

Status check_references(const Draft& draft) {
  const References references = draft.proposal().getReferences();
  if (references.size() > limits::references_max) {
    return refuse("references", std::to_string(references.size()) + " are too many: at most " + std::to_string(limits::references_max),
                  Fault::too_large);
  }
  for (unsigned i = 0; i < references.size(); ++i) {
    const std::string place = "references[" + std::to_string(i) + "]";
    FODSPOR_DO(check_reference(references[i], draft, place));
    for (unsigned j = 0; j < i; ++j) {
      if (same(references[i], references[j])) return refuse(place, "it stands twice");
    }
  }
  return {};
}

Status need_reference(const Draft& draft, const TypeInfo& type, wire::Role role) {
  for (const auto reference : draft.proposal().getReferences()) {
    if (reference.getRole() == role && !reference.getSuperseded()) return {};
  }
  const auto& roles = choices_of(capnp::Schema::from<wire::Role>());
  return refuse("references", a(type.name) + " needs one with role " + roles[static_cast<std::uint16_t>(role)]);
}

Status check_needed_references(const Draft& draft, const TypeInfo& type) {
  switch (type.type) {
    case EventType::portfolio_joined:
    case EventType::portfolio_left:
      return need_reference(draft, type, wire::Role::PORTFOLIO);
    case EventType::identity_merged:
      return need_reference(draft, type, wire::Role::MERGED);
    case EventType::network_joined:
    case EventType::network_event_attended:
      if (draft.proposal().getReferences().size() > 0) return {};
      return refuse("references", "who it was is missing: a member or guest is a reference");
    default:
      return {};
  }
}

Status check_programme(const Draft& draft, const TypeInfo& type) {
  const ProgrammeId programme = programme_of(draft.proposal());
  const StreamId stream = draft.stream();
  if (!programme) {
    // A portfolio is of several programmes, and the ledger of all.
    if (!type.needs_programme || stream.kind == StreamKind::portfolio || stream.kind == StreamKind::ledger) return {};
    return refuse("programme", "it is missing, and " + a(type.name) + " needs it");
  }
  if (!programme.well_formed()) return refuse("programme", "this is not a programme's short name");
  if (stream.kind == StreamKind::programme && stream != programme.stream()) {
    return refuse("programme", programme.slug() + " is another than that of its stream, " + stream.text());
  }
  return {};
}

Status check_days(const Draft& draft, const TypeInfo& type) {
  const auto proposal = draft.proposal();
  constexpr auto last = static_cast<std::uint32_t>(Date::days_max);
  if (proposal.getValidFrom() > last) return refuse("valid_from", "the day is outside of the calendar, which ends with 2399");
  if (proposal.getValidTo() > last) return refuse("valid_to", "the day is outside of the calendar, which ends with 2399");
  if (proposal.getValidFrom() == 0) {
    if (proposal.getValidTo() != 0) return refuse("valid_from", "it is missing, and valid_to is given");
    return type.needs_date ? refuse("valid_from", "it is missing, and " + a(type.name) + " needs it") : Status();
  }
  if (proposal.getValidTo() != 0 && proposal.getValidTo() <= proposal.getValidFrom()) {
    return refuse("valid_to", Date::stored(proposal.getValidTo())->text() + " is not after valid_from, " +
                                  Date::stored(proposal.getValidFrom())->text() +
                                  ": it is the first day on which the fact no longer holds");
  }
  return {};
}

Status check_envelope_codes(wire::Proposal::Reader proposal) {
  const auto code = [](bool given, capnp::Text::Reader text, std::string_view field) -> Status {
    if (!given || text.size() == 0) return {};
    auto checked = check_code({text.begin(), text.size()});
    if (!checked) return tl::make_unexpected(at(field, std::move(checked).error()));
    return {};
  };
  FODSPOR_DO(code(proposal.hasActor(), proposal.getActor(), "actor"));
  FODSPOR_DO(code(proposal.hasOrganisation(), proposal.getOrganisation(), "organisation"));
  if (proposal.hasEvidence()) {
    if (auto checked = check_fields(proposal.getEvidence(), evidence_form()); !checked) {
      return tl::make_unexpected(at("evidence", std::move(checked).error()));
    }
  }
  const auto source = static_cast<std::uint16_t>(proposal.getSource());
  if (source >= choices_of(capnp::Schema::from<wire::Source>()).size()) return refuse("source", "it is none that this version knows");
  if (proposal.hasCausation() && !id_of(proposal.getCausation())) return refuse("causation", "the id is all zeros");
  if (proposal.getSealed().size() > 0) return refuse("sealed", "personal parts are refused until they can be sealed", Fault::unsupported);
  return {};
}

Status facts_at(Status checked, std::string_view place) {
  if (checked) return {};
  Failure failure = std::move(checked).error();
  failure.message = std::string(place) + "." + failure.message;
  return tl::make_unexpected(std::move(failure));
}

Status check_facts(const Draft& draft, const TypeInfo& type, capnp::AnyPointer::Reader facts, std::string_view place) {
  const auto proposal = draft.proposal();
  FODSPOR_DO(facts_at(check_fields(facts.getAs<capnp::DynamicStruct>(type.schema), form_of(type)), place));
  const Validity valid{Date::stored(proposal.getValidFrom()), Date::stored(proposal.getValidTo())};
  return facts_at(check_body(type.type, facts, valid, draft.stream().kind), place);
}

// The type whose rules hold for the event's dates, programme and place: of a correction, that of what it corrects.
Result<const TypeInfo*> type_in_effect(const Draft& draft) {
  const TypeInfo* type = find_type(draft.type());
  if (!type) return refuse("type", std::to_string(static_cast<unsigned>(draft.type())) + " is not an event type that this version knows");
  if (type->type != EventType::corrected) return type;
  const auto number = draft.proposal().getFacts().getAs<wire::Corrected>().getType();
  const TypeInfo* corrected = find_type(static_cast<EventType>(number));
  if (!corrected) return refuse("facts.type", "it does not name an event type that this version knows");
  if (corrected->group == "control") {
    return refuse("facts.type",
                  a(corrected->name) + " cannot be corrected: correct the event that it is about, and the last correction holds");
  }
  return corrected;
}

// Only a person's histories are read as one. What is said of an enterprise or of staff stands in other people's histories, as references:
// two streams that were declared one would go on being counted as two.
Status check_who_is_merged(const Draft& draft) {
  const StreamKind kind = draft.stream().kind;
  if (draft.type() != EventType::identity_merged || (kind != StreamKind::enterprise && kind != StreamKind::staff)) return {};
  return refuse("stream", "only participants can be merged. If " +
                              std::string(kind == StreamKind::enterprise ? "an enterprise" : "a member of staff") +
                              " came in twice, keep one of the two: correct the events that refer to the other so that they name the one "
                              "that is kept, and retract what stands in the other itself");
}

}  // namespace

Status check_draft(const Draft& draft) {
  FODSPOR_TRY(const TypeInfo* const type, type_in_effect(draft));
  FODSPOR_DO(check_stream(draft.stream(), "stream"));
  FODSPOR_DO(check_who_is_merged(draft));
  if (!type->may_stand_in(draft.stream().kind)) {
    return refuse("stream", a(type->name) + " stands in " + streams_of(*type) + ", not in " + a_stream_of(draft.stream().kind));
  }
  FODSPOR_DO(check_programme(draft, *type));
  FODSPOR_DO(check_days(draft, *type));
  FODSPOR_DO(check_envelope_codes(draft.proposal()));
  FODSPOR_DO(check_references(draft));
  FODSPOR_DO(check_needed_references(draft, *type));
  const auto facts = draft.proposal().getFacts();
  FODSPOR_DO(check_facts(draft, *find_type(draft.type()), facts, "facts"));
  if (draft.type() != EventType::corrected) return {};
  return check_facts(draft, *type, facts.getAs<wire::Corrected>().getBody(), "facts.body");
}

}  // namespace fodspor::events
