#include "server/intake/delivery.h"

#include <capnp/message.h>

#include "events/control.capnp.h"

namespace fodspor::server::intake {
namespace {

// Content is encoded under one id, so that only what it says makes a difference.
constexpr EventId no_one{RequestKey{Id{0, 1}}, 0};

}  // namespace

Result<Content> Content::of(Draft draft) {
  draft.proposal().setRegisteredAt(0);
  Content content{draft.type(), draft.stream(), {}};
  FODSPOR_TRY(Proposal proposal, encode(draft, no_one, 1, ""));
  content.packed = std::move(proposal.packed);
  return content;
}

Result<Content> Content::of(const Event& event) {
  return of(Draft(event.proposal()));
}

Result<Content> Content::of_correction(const Event& corrected) {
  const auto body = corrected.facts<wire::Corrected>();
  Draft draft(corrected.proposal());
  auto proposal = draft.proposal();
  const auto type = static_cast<EventType>(body.getType());
  const TypeInfo* info = find_type(type);
  proposal.setType(body.getType());
  proposal.setCritical(info != nullptr && info->critical);
  proposal.getFacts().set(body.getBody());
  const auto before = corrected.proposal().getReferences();
  unsigned current = 0;
  for (const auto reference : before) current += reference.getSuperseded() ? 0U : 1U;
  if (current == 0) {
    proposal.disownReferences();
  } else if (current != before.size()) {
    auto list = proposal.initReferences(current);
    unsigned at = 0;
    for (const auto reference : before) {
      if (!reference.getSuperseded()) list.setWithCaveats(at++, reference);
    }
  }
  return of(std::move(draft));
}

Draft Content::draft() const {
  const auto event = Event::decode({reinterpret_cast<const unsigned char*>(packed.data()), packed.size()}, Placement{});
  FODSPOR_CHECK(event.has_value());  // it was encoded here
  return Draft(event->proposal());
}

std::uint64_t space_of(std::string_view name) {
  return Id::derived({"import", name}).hi;
}

Id key_of(std::string_view space, std::initializer_list<std::string_view> parts) {
  std::string all;
  for (const std::string_view part : parts) all += std::to_string(part.size()) + ":" + std::string(part);
  return {space_of(space), Id::derived({"import", space, all}).lo};
}

StreamId stream_of(StreamKind kind, std::string_view register_name, std::string_view number) {
  // Enterprises are numbered by one register for all; everybody else by the programme's own.
  if (kind == StreamKind::enterprise) return {kind, Id::derived({"enterprise", number})};
  return {kind, Id::derived({name(kind), register_name, number})};
}

}  // namespace fodspor::server::intake
