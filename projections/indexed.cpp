// The context and single subjects, read through the ledger's indexes rather than by a scan.
#include <algorithm>
#include <array>

#include "projections/subjects.h"

namespace fodspor::projections {

namespace {

Status read_into(std::vector<Event>& events, const engine::Ledger& ledger, const StreamId& stream, Position known) {
  FODSPOR_TRY(engine::Cursor cursor, ledger.read_stream(stream));
  for (;;) {
    FODSPOR_TRY(std::optional<Event> event, cursor.next_event());
    if (!event || event->position() > known) return {};
    events.push_back(*std::move(event));
  }
}

Result<History> read_history(const engine::Ledger& ledger, const StreamId& stream, const AsOf& as_of, const std::vector<EventId>* skipped) {
  std::vector<Event> events;
  FODSPOR_DO(read_into(events, ledger, stream, as_of.known));
  return History::fold(stream, std::move(events), as_of, skipped);
}

// Every stream that says something to the context: those of programmes, portfolios, the ledger and enterprises.
Status each_of_context(const engine::Ledger& ledger, const AsOf& as_of, const std::vector<EventId>* skipped,
                       const std::function<Status(const History&)>& take) {
  for (const StreamKind kind : {StreamKind::programme, StreamKind::portfolio, StreamKind::ledger, StreamKind::enterprise}) {
    FODSPOR_TRY(const std::vector<StreamId> streams, ledger.streams(kind));
    for (const StreamId& stream : streams) {
      FODSPOR_TRY(const History history, read_history(ledger, stream, as_of, skipped));
      FODSPOR_DO(take(history));
    }
  }
  return {};
}

// The participants' streams in which an IdentityMerged stands, in effect or not.
Result<std::vector<StreamId>> merging_streams(const engine::Ledger& ledger, Position known) {
  std::vector<StreamId> streams;
  FODSPOR_TRY(engine::Cursor cursor, ledger.read_type(EventType::identity_merged));
  for (;;) {
    FODSPOR_TRY(const std::optional<Event> event, cursor.next_event());
    if (!event || event->position() > known) break;
    if (event->stream().kind == StreamKind::participant) streams.push_back(event->stream());
  }
  std::sort(streams.begin(), streams.end());
  streams.erase(std::unique(streams.begin(), streams.end()), streams.end());
  return streams;
}

}  // namespace

Result<Context> load_context(const engine::Ledger& ledger, const AsOf& as_of, const std::vector<EventId>* skipped) {
  Context context;
  FODSPOR_DO(each_of_context(ledger, as_of, skipped, [&](const History& history) { return context.add(history); }));
  FODSPOR_TRY(const std::vector<StreamId> merging, merging_streams(ledger, as_of.known));
  for (const StreamId& stream : merging) {
    FODSPOR_TRY(const History history, read_history(ledger, stream, as_of, skipped));
    FODSPOR_DO(context.add(history));
  }
  return context;
}

Result<History> load_history(const engine::Ledger& ledger, const Context& context, StreamId subject, const AsOf& as_of,
                             const std::vector<EventId>* skipped) {
  if (subject.kind != StreamKind::participant) return read_history(ledger, subject, as_of, skipped);
  std::vector<Event> events;
  for (const Id& id : context.merged_with(subject.id)) FODSPOR_DO(read_into(events, ledger, {subject.kind, id}, as_of.known));
  return History::fold({subject.kind, context.person(subject.id)}, std::move(events), as_of, skipped);
}

Result<std::optional<Poison>> context_poison(const engine::Ledger& ledger, const AsOf& as_of, const std::vector<EventId>* skipped) {
  std::optional<Poison> first;
  FODSPOR_DO(each_of_context(ledger, as_of, skipped, [&](const History& history) -> Status {
    if (history.poison() && (!first || history.poison()->position < first->position)) first = history.poison();
    return {};
  }));
  return first;
}

}  // namespace fodspor::projections
