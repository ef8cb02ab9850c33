#include "server/concern.h"

#include <algorithm>

#include "events/codec.h"
#include "events/control.capnp.h"
#include "events/proposal.h"
#include "events/vocabulary.h"

namespace fodspor::server {

namespace {

ProgrammeId programme_of(const Draft& draft) {
  const auto programme = draft.proposal().getProgramme();
  return {{programme.getHi(), programme.getLo()}};
}

// The event that a control event is about; none: it is no such event.
std::optional<EventId> subject_of(EventType type, events::wire::Proposal::Reader proposal) {
  if (type == EventType::corrected) return id_of(proposal.getFacts().getAs<events::wire::Corrected>().getEvent());
  if (type == EventType::retracted) return id_of(proposal.getFacts().getAs<events::wire::Retracted>().getEvent());
  return std::nullopt;
}

// A programme that is named by what changes how others' events are read is a claim, and counts for nothing.
ProgrammeId counted(EventType type, ProgrammeId named) {
  const TypeInfo* info = find_type(type);
  return info == nullptr || info->critical ? ProgrammeId{} : named;
}

// What is settled by the event's own words; none: it says nothing that counts.
std::optional<std::vector<ProgrammeId>> said(const StreamId& stream, ProgrammeId named) {
  switch (stream.kind) {
    case StreamKind::programme:
      return std::vector{ProgrammeId{stream.id}};
    case StreamKind::participant:
    case StreamKind::enterprise:
    case StreamKind::network:
    case StreamKind::staff:
      if (named) return std::vector{named};
      return std::nullopt;
    case StreamKind::portfolio:
    case StreamKind::ledger:
    case StreamKind::unspecified:
      break;
  }
  return std::vector<ProgrammeId>{};
}

}  // namespace

Result<std::vector<ProgrammeId>> Concerns::of(const Event& event) {
  if (const auto subject = subject_of(event.type(), event.proposal())) return of_subject(*subject, event.stream());
  if (const auto own = said(event.stream(), counted(event.type(), event.programme()))) return *own;
  return of_stream(event.stream());
}

Result<std::vector<ProgrammeId>> Concerns::of(const Draft& draft, std::span<const Draft> batch) {
  const StreamId stream = draft.stream();
  const auto subject = subject_of(draft.type(), draft.proposal());
  if (subject) {
    FODSPOR_TRY(const auto position, ledger_.find(*subject));
    if (position) return of_subject(*subject, stream);
  }
  // What is not in the ledger is earlier in the same batch, or the rules refuse it.
  if (const auto own = said(stream, counted(draft.type(), programme_of(draft)))) return *own;
  FODSPOR_TRY(std::vector<ProgrammeId> programmes, of_stream(stream));
  if (stream.kind != StreamKind::participant) return programmes;
  for (const Draft& other : batch) {
    if (other.stream() != stream) continue;
    if (const ProgrammeId programme = counted(other.type(), programme_of(other))) programmes.push_back(programme);
  }
  return programmes;
}

// What is about it may itself be what something is about, as far back as people have gone; each stands before the next, so this ends.
Result<std::vector<ProgrammeId>> Concerns::of_subject(EventId id, const StreamId& stream) {
  for (;;) {
    FODSPOR_TRY(const auto position, ledger_.find(id));
    if (!position) return of_stream(stream);
    FODSPOR_TRY(const Event event, ledger_.read(*position));
    const auto before = subject_of(event.type(), event.proposal());
    if (!before) return of(event);
    id = *before;
  }
}

Result<std::vector<ProgrammeId>> Concerns::of_stream(const StreamId& stream) {
  if (stream.kind != StreamKind::participant) return std::vector<ProgrammeId>{};
  if (const auto known = streams_.find(stream); known != streams_.end()) return known->second;
  std::vector<ProgrammeId> programmes;
  FODSPOR_TRY(engine::Cursor events, ledger_.read_stream(stream));
  for (;;) {
    FODSPOR_TRY(const auto stored, events.next());
    if (!stored) break;
    FODSPOR_TRY(const Header header, read_header(stored->packed));
    if (header.programme) programmes.push_back(header.programme);
  }
  std::sort(programmes.begin(), programmes.end());
  programmes.erase(std::unique(programmes.begin(), programmes.end()), programmes.end());
  return streams_.emplace(stream, std::move(programmes)).first->second;
}

}  // namespace fodspor::server
