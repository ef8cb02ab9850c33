#include "projections/programme_drafts.h"

#include <array>

#include "events/control.capnp.h"
#include "events/programme.capnp.h"

namespace fodspor::projections {

namespace {

kj::StringPtr text(const std::string& of) {
  return {of.c_str(), of.size()};
}

Draft draft(EventType type, const StreamId& stream) {
  Draft made(type, stream);
  made.by(wire::Source::IMPORT);
  // A portfolio is of several programmes, so its own events are of none.
  if (stream.kind == StreamKind::programme) made.in({stream.id});
  return made;
}

void write(const Bilingual& words, wire::Text2::Builder to) {
  if (!words.en.empty()) to.setEn(text(words.en));
  if (!words.da.empty()) to.setDa(text(words.da));
}

bool empty(const Bilingual& words) {
  return words.en.empty() && words.da.empty();
}

void write(const Frame& frame, wire::ProgrammeFrame::Builder to) {
  if (!empty(frame.title)) write(frame.title, to.initTitle());
  if (!frame.operator_name.empty()) to.setOperator(text(frame.operator_name));
  to.setStarts(frame.starts.stored());
  to.setEnds(frame.ends.stored());
  if (!frame.industries.empty()) {
    auto industries = to.initIndustries(static_cast<unsigned>(frame.industries.size()));
    for (unsigned i = 0; i < industries.size(); ++i) industries.set(i, text(frame.industries[i]));
  }
  to.setCheckInDays(static_cast<std::uint16_t>(frame.check_in_days));
  to.setRetentionYears(static_cast<std::uint16_t>(frame.retention_years));
  if (!frame.zone.empty()) to.setZone(text(frame.zone));
  if (!empty(frame.target_group)) write(frame.target_group, to.initTargetGroup());
  if (!frame.document.empty()) to.setDocument(text(frame.document));
}

void write(const Target& target, wire::TargetPinned::Builder to) {
  to.setId(text(target.id));
  if (!empty(target.title)) write(target.title, to.initTitle());
  to.setComparator(target.comparator);
  to.setValue(static_cast<std::uint64_t>(target.value_millionths));
  to.setShare(target.share);
  to.setTolerance(static_cast<std::uint64_t>(target.tolerance_millionths));
  to.setBaseline(static_cast<std::uint64_t>(target.baseline_millionths.value_or(0)));
  to.setDefinition(text(target.definition));
  to.setDefinitionVersion(text(target.definition_version));
  if (!target.reading.empty()) to.setReading(text(target.reading));
  to.setDocument(text(target.document));
}

void write(const Membership& membership, wire::PortfolioJoined::Builder to) {
  if (!membership.document.empty()) to.setDocument(text(membership.document));
  to.setOere(membership.oere);
}

void refer_to_portfolio(Draft& draft, const Membership& membership) {
  const std::array references{std::pair(wire::Role::PORTFOLIO, StreamId{StreamKind::portfolio, membership.portfolio})};
  draft.refer(references);
}

// A correction of `event`, with the new body to be written.
wire::Corrected::Builder correct(Draft& draft, const EventId& event, EventType type, const std::string& reason) {
  auto correction = draft.facts<wire::Corrected>();
  auto about = correction.initEvent();
  about.setHi(event.request.id.hi);
  about.setLo(event.request.id.lo);
  about.setIndex(event.index);
  correction.setType(static_cast<std::uint16_t>(type));
  if (!reason.empty()) correction.setReason(text(reason));
  return correction;
}

const std::string from_the_file = "programme_file";

}  // namespace

Draft register_frame(const StreamId& stream, const Frame& frame) {
  Draft made = draft(EventType::programme_registered, stream);
  made.on(frame.from);
  write(frame, made.facts<wire::ProgrammeRegistered>().initFrame());
  return made;
}

Draft amend_frame(const StreamId& stream, const Frame& frame, const std::string& reason) {
  Draft made = draft(EventType::programme_amended, stream);
  made.on(frame.from);
  auto facts = made.facts<wire::ProgrammeAmended>();
  write(frame, facts.initFrame());
  if (!reason.empty()) facts.setReason(text(reason));
  return made;
}

Draft correct_frame(const StreamId& stream, const Frame& frame, const std::string& reason, const Frame& before) {
  Draft made = draft(EventType::corrected, stream);
  made.on(frame.from);
  const EventType type = before.registered ? EventType::programme_registered : EventType::programme_amended;
  auto body = correct(made, before.event, type, from_the_file).initBody();
  if (before.registered) {
    write(frame, body.initAs<wire::ProgrammeRegistered>().initFrame());
  } else {
    auto facts = body.initAs<wire::ProgrammeAmended>();
    write(frame, facts.initFrame());
    if (!reason.empty()) facts.setReason(text(reason));
  }
  return made;
}

Draft grant(const StreamId& stream, const Funding& funding) {
  Draft made = draft(EventType::funding_granted, stream);
  FODSPOR_CHECK(funding.on.has_value());
  made.on(*funding.on);
  auto facts = made.facts<wire::FundingGranted>();
  if (!funding.funder.empty()) facts.setFunder(text(funding.funder));
  facts.setOere(funding.oere);
  facts.setKind(funding.kind);
  if (!funding.document.empty()) facts.setDocument(text(funding.document));
  return made;
}

Draft approve_definition(ProgrammeId programme, const Definition& definition) {
  Draft made = draft(EventType::definition_approved, programme.stream());
  auto facts = made.facts<wire::DefinitionApproved>();
  facts.setId(text(definition.id()));
  facts.setVersion(text(definition.version()));
  const std::string& hash = definition.hash();
  facts.setHash({reinterpret_cast<const unsigned char*>(hash.data()), hash.size()});
  facts.setSource(text(definition.toml()));
  return made;
}

Draft pin_target(ProgrammeId programme, const Target& target) {
  Draft made = draft(EventType::target_pinned, programme.stream());
  made.on(target.from);
  write(target, made.facts<wire::TargetPinned>());
  return made;
}

Draft withdraw_target(ProgrammeId programme, const Target& target, Date on) {
  Draft made = draft(EventType::target_pinned, programme.stream());
  made.on(on);
  auto facts = made.facts<wire::TargetPinned>();
  write(target, facts);
  facts.setWithdrawn(true);
  return made;
}

Draft correct_target(ProgrammeId programme, const Target& target, const Target& before) {
  Draft made = draft(EventType::corrected, programme.stream());
  made.on(target.from);
  write(target, correct(made, before.event, EventType::target_pinned, from_the_file).initBody().initAs<wire::TargetPinned>());
  return made;
}

Draft join_portfolio(ProgrammeId programme, const Membership& membership) {
  Draft made = draft(EventType::portfolio_joined, programme.stream());
  made.on(membership.when.from);
  refer_to_portfolio(made, membership);
  write(membership, made.facts<wire::PortfolioJoined>());
  return made;
}

Draft leave_portfolio(ProgrammeId programme, const Membership& membership, Date on) {
  Draft made = draft(EventType::portfolio_left, programme.stream());
  made.on(on);
  refer_to_portfolio(made, membership);
  made.facts<wire::PortfolioLeft>();
  return made;
}

Draft correct_membership(ProgrammeId programme, const Membership& membership, const Membership& before) {
  Draft made = draft(EventType::corrected, programme.stream());
  made.on(membership.when.from);
  refer_to_portfolio(made, membership);
  write(membership, correct(made, before.event, EventType::portfolio_joined, from_the_file).initBody().initAs<wire::PortfolioJoined>());
  return made;
}

}  // namespace fodspor::projections
