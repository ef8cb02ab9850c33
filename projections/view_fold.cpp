#include "projections/view_fold.h"

#include <algorithm>

#include "events/control.capnp.h"
#include "projections/reach.h"

namespace fodspor::projections {

namespace {

EventId event_id(wire::EventRef::Reader reference) {
  return {{Id{reference.getHi(), reference.getLo()}}, reference.getIndex()};
}

void stop(ViewRun& run, const Poison& poison) {
  if (!run.stopped || poison.position < run.stopped->position) run.stopped = poison;
}

// One scan of log[1..to] for runs that skip the same events. Runs that meet a poison are marked stopped, and what they took is of no use.
Status scan(const engine::Ledger& ledger, ScanOptions options, Position to, const std::vector<EventId>& skipped,
            const std::vector<ViewRun*>& runs) {
  options.as_of.known = to;
  options.skipped = skipped;
  options.ready = [&](const Context& context) -> Status {
    for (ViewRun* run : runs) FODSPOR_DO(run->view->prepare(context));
    return {};
  };
  Contribution contribution;
  const auto scanned = for_each_subject(ledger, options, [&](const Subject& subject) -> Status {
    const std::optional<Date> last_day = last_day_of(subject.history);
    for (ViewRun* run : runs) {
      if (!run->view->folds(subject.id().kind)) continue;
      if (subject.history.poison()) stop(*run, *subject.history.poison());
      if (run->stopped) continue;
      contribution.clear();
      FODSPOR_DO(run->view->contribute(subject, contribution));
      add_reach(last_day, contribution);
      if (!contribution.rows.empty() || !contribution.sums.empty()) FODSPOR_DO(run->sink->take(subject.id(), contribution));
    }
    return {};
  });
  if (scanned) return {};
  if (scanned.error().fault != Fault::stopped) return tl::make_unexpected(scanned.error());
  // Without the context no subject can be read, so its poison is everyone's.
  FODSPOR_TRY(const std::optional<Poison> poison, context_poison(ledger, options.as_of, &skipped));
  if (!poison) return tl::make_unexpected(scanned.error());
  for (ViewRun* run : runs) stop(*run, *poison);
  return {};
}

}  // namespace

Result<Skips> Skips::load(const engine::Ledger& ledger, Position to) {
  Skips skips;
  FODSPOR_TRY(engine::Cursor cursor, ledger.read_type(EventType::projection_skipped));
  for (;;) {
    FODSPOR_TRY(const std::optional<Event> event, cursor.next_event());
    if (!event || event->position() > to) break;
    const auto body = event->facts<wire::ProjectionSkipped>();
    skips.by_view_[std::string(body.getView().cStr(), body.getView().size())].push_back(event_id(body.getEvent()));
  }
  for (auto& [view, events] : skips.by_view_) std::sort(events.begin(), events.end());
  return skips;
}

const std::vector<EventId>& Skips::of(std::string_view view) const {
  const auto found = by_view_.find(view);
  return found == by_view_.end() ? none_ : found->second;
}

Status fold_views(const engine::Ledger& ledger, const ScanOptions& options, Position to, std::span<ViewRun> runs) {
  FODSPOR_TRY(const Skips skips, Skips::load(ledger, to));
  std::map<std::vector<EventId>, std::vector<ViewRun*>> by_skipped;
  for (ViewRun& run : runs) {
    run.position = to;
    run.stopped.reset();
    by_skipped[skips.of(run.view->name())].push_back(&run);
  }
  for (const auto& [skipped, group] : by_skipped) FODSPOR_DO(scan(ledger, options, to, skipped, group));
  for (ViewRun& run : runs) {
    // Each turn ends earlier than the one before.
    while (run.stopped && run.stopped->position <= run.position) {
      const Poison poison = *run.stopped;
      FODSPOR_CHECK(poison.position.value > 0);
      FODSPOR_DO(run.sink->restart());
      run.position = {poison.position.value - 1};
      run.stopped.reset();
      FODSPOR_TRY(const Skips by_then, Skips::load(ledger, run.position));
      FODSPOR_DO(scan(ledger, options, run.position, by_then.of(run.view->name()), {&run}));
      if (!run.stopped) run.stopped = poison;
    }
  }
  return {};
}

}  // namespace fodspor::projections
