#include "events/event.h"
#include "events/limits.h"

namespace fodspor::events {

namespace {

// Enough for most events in one piece; more would cost memory in batches of thousands.
constexpr unsigned first_segment_words = 96;
constexpr std::uint16_t schema_version = 1;

kj::StringPtr text_of(const std::string& text) {
  return {text.c_str(), text.size()};
}

}  // namespace

Draft::Draft(EventType type, StreamId stream)
    : message_(std::make_unique<capnp::MallocMessageBuilder>(first_segment_words)), proposal_(message_->initRoot<wire::Proposal>()) {
  auto proposal = proposal_;
  const TypeInfo* info = find_type(type);
  proposal.setType(static_cast<std::uint16_t>(type));
  proposal.setSchemaVersion(schema_version);
  proposal.setCritical(info && info->critical);
  auto where = proposal.getStream();
  where.setKind(static_cast<std::uint8_t>(stream.kind));
  where.setHi(stream.id.hi);
  where.setLo(stream.id.lo);
}

Draft::Draft(wire::Proposal::Reader proposal) : proposal_(nullptr) {
  constexpr auto known = capnp::_::structSize<wire::Proposal>();
  // One piece of memory: the copy, the struct once more if the writer's was smaller than ours, and who submitted it.
  const std::size_t words = proposal.totalSize().wordCount + known.total() + limits::client_bytes_max / sizeof(capnp::word) + 2;
  message_ = std::make_unique<capnp::MallocMessageBuilder>(static_cast<unsigned>(words));
  message_->setRoot(proposal);
  proposal_ = message_->getRoot<wire::Proposal>();
  const TypeInfo* info = find_type(static_cast<EventType>(proposal_.getType()));
  proposal_.setSchemaVersion(schema_version);
  proposal_.setCritical(info && info->critical);
}

Draft::Draft(Draft&&) noexcept = default;
Draft& Draft::operator=(Draft&&) noexcept = default;
Draft::~Draft() = default;

EventType Draft::type() const {
  return static_cast<EventType>(proposal().getType());
}

StreamId Draft::stream() const {
  const auto where = proposal().getStream();
  return {static_cast<StreamKind>(where.getKind()), {where.getHi(), where.getLo()}};
}

Draft& Draft::in(ProgrammeId programme) {
  auto where = proposal().getProgramme();
  where.setHi(programme.id.hi);
  where.setLo(programme.id.lo);
  return *this;
}

Draft& Draft::on(Date from, std::optional<Date> to) {
  auto when = proposal();
  when.setValidFrom(from.stored());
  when.setValidTo(to ? to->stored() : 0);
  return *this;
}

Draft& Draft::by(wire::Source source, std::string_view actor) {
  auto who = proposal();
  who.setSource(source);
  if (!actor.empty()) who.setActor(text_of(std::string(actor)));
  return *this;
}

Draft& Draft::refer(std::span<const std::pair<wire::Role, StreamId>> references) {
  auto to = proposal();
  auto before = to.disownReferences();
  const auto kept = before.getReader();
  auto list = to.initReferences(kept.size() + static_cast<unsigned>(references.size()));
  for (unsigned i = 0; i < kept.size(); ++i) list.setWithCaveats(i, kept[i]);
  for (unsigned i = 0; i < references.size(); ++i) {
    const auto& [role, stream] = references[i];
    auto reference = list[kept.size() + i];
    reference.setRole(role);
    reference.setKind(static_cast<std::uint8_t>(stream.kind));
    reference.setHi(stream.id.hi);
    reference.setLo(stream.id.lo);
  }
  return *this;
}

}  // namespace fodspor::events
