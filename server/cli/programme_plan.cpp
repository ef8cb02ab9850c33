#include "server/cli/programme_plan.h"

#include <fmt/format.h>

#include "events/rules.h"
#include "projections/subjects.h"

namespace fodspor::server {

namespace {

Words words_of(projections::PlannedChange::Kind kind) {
  using Kind = projections::PlannedChange::Kind;
  switch (kind) {
    case Kind::programme_registered:
      return {"registers", "registrerer"};
    case Kind::frame_amended:
      return {"amends", "ændrer"};
    case Kind::funding_granted:
      return {"grants", "bevilger"};
    case Kind::definition_approved:
      return {"approves", "godkender"};
    case Kind::target_pinned:
      return {"pins", "fastsætter"};
    case Kind::target_changed:
      return {"changes", "ændrer"};
    case Kind::target_withdrawn:
      return {"withdraws", "trækker tilbage"};
    case Kind::portfolio_joined:
      return {"joins", "optager"};
    case Kind::portfolio_left:
      return {"leaves", "udmelder"};
  }
  return {};
}

}  // namespace

Result<Planned> plan_for(const engine::Ledger& ledger, const std::vector<projections::ProgrammeFile>& files) {
  Planned planned;
  planned.at = ledger.durable();
  FODSPOR_TRY(const auto context, projections::load_context(ledger, {planned.at, {}}));
  auto library = projections::Library::shipped();
  FODSPOR_DO(library.add_approved(context));
  FODSPOR_TRY(planned.plan, projections::plan_programmes(files, context, library));
  std::string content;
  for (const auto& file : files) content += file.toml;
  planned.request = Id::derived({"programmes apply", content, std::to_string(planned.at.value)}).hex();
  return planned;
}

Result<engine::Appended> append_plan(engine::Ledger& ledger, Planned planned) {
  FODSPOR_DO(check_batch(planned.plan.drafts, *engine::known_to(ledger)));
  engine::Batch batch;
  batch.request = {"local", planned.request};
  // What was planned holds for the streams as they stood: whoever came between has to be looked at first.
  std::vector<StreamId> streams;
  for (const auto& draft : planned.plan.drafts) {
    const StreamId stream = draft.stream();
    if (std::find(streams.begin(), streams.end(), stream) != streams.end()) continue;
    streams.push_back(stream);
    FODSPOR_TRY(const Version head, ledger.head(stream));
    using Kind = engine::Expected::Kind;
    batch.expected.push_back({stream, head.value == 0 ? Kind::none : Kind::exactly, head});
  }
  FODSPOR_TRY(batch.proposals, encode_batch(batch.request, planned.plan.drafts));
  return ledger.append(std::move(batch));
}

void add_plan(Report& report, const projections::ProgrammePlan& plan) {
  Table& table = report.table("changes", Words{},
                              {{"programme", {"programme", "indsats"}},
                               {"change", {"change", "ændring"}},
                               {"what", {"what", "hvad"}, Column::Align::left, true},
                               {"before", {"before", "før"}, Column::Align::left, true},
                               {"after", {"after", "efter"}, Column::Align::left, true}});
  for (const auto& change : plan.changes) {
    table.add({Cell::text(change.programme.slug()), Cell::words(words_of(change.kind), name(change.kind)), Cell::text(change.what),
               Cell::text(change.before, Tone::faint), Cell::text(change.after)});
  }
  if (plan.changes.empty()) report.note("Nothing: the ledger says all of this already.", "Intet: journalen siger alt dette i forvejen.");
}

}  // namespace fodspor::server
