#include "projections/trail.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "events/control.capnp.h"
#include "projections/event_words.h"
#include "projections/kpi_row.h"
#include "projections/pinned.h"

namespace fodspor::projections {

namespace {

std::string text_of(capnp::Text::Reader text) {
  return {text.begin(), text.size()};
}

std::optional<EventId> about(const Event& event) {
  const auto id = [](wire::EventRef::Reader reference) {
    return EventId{{Id{reference.getHi(), reference.getLo()}}, reference.getIndex()};
  };
  if (event.type() == EventType::corrected) return id(event.facts<wire::Corrected>().getEvent());
  if (event.type() == EventType::retracted) return id(event.facts<wire::Retracted>().getEvent());
  return std::nullopt;
}

TrailEntry::Standing standing_of(const Event& event, const History& history, std::optional<EventId>& set_aside_by) {
  using Standing = TrailEntry::Standing;
  for (const SetAside& aside : history.set_aside()) {
    if (aside.event != &event) continue;
    set_aside_by = aside.by->id();
    return aside.by->type() == EventType::retracted ? Standing::retracted : Standing::corrected;
  }
  if (event.type() == EventType::corrected || event.type() == EventType::retracted) return Standing::correcting;
  const auto& ignored = history.ignored();
  if (std::find(ignored.begin(), ignored.end(), &event) != ignored.end()) return Standing::ignored;
  const auto& facts = history.facts();
  const bool in_effect = std::any_of(facts.begin(), facts.end(), [&](const Fact& fact) { return fact.event == &event; });
  return in_effect ? Standing::in_effect : Standing::not_yet;
}

TrailEntry entry_of(const Event& event, const History& history) {
  const auto proposal = event.proposal();
  TrailEntry entry;
  entry.standing = standing_of(event, history, entry.set_aside_by);
  entry.id = event.id();
  entry.position = event.position();
  entry.type = event.type();
  entry.type_name = name(event.type());
  entry.stream = event.stream();
  entry.programme = event.programme();
  entry.from = event.valid_from();
  entry.to = event.valid_to();
  entry.recorded_at = event.placement().recorded_at;
  if (proposal.getRegisteredAt() != 0) entry.registered_at = Timestamp{proposal.getRegisteredAt()};
  entry.source = proposal.getSource();
  entry.submitted_by = text_of(proposal.getSubmittedBy());
  entry.actor = text_of(proposal.getActor());
  entry.organisation = text_of(proposal.getOrganisation());
  entry.words = words(event);
  entry.about = about(event);
  for (const auto reference : proposal.getReferences()) {
    if (reference.getSuperseded() || reference.getKind() > stream_kind_max) continue;
    entry.references.emplace_back(reference.getRole(),
                                  StreamId{static_cast<StreamKind>(reference.getKind()), {reference.getHi(), reference.getLo()}});
  }
  return entry;
}

Date day_recorded(Timestamp time) {
  constexpr std::int64_t micros_a_day = 86'400'000'000;
  constexpr std::int64_t days_to_1970 = 25'568;  // from 1899-12-31 to 1970-01-01
  return Date::clamped(time.micros / micros_a_day + days_to_1970);
}

std::vector<TrailMilestone> milestones_of(const Person& person) {
  std::vector<TrailMilestone> milestones;
  const auto add = [&](ProgrammeId programme, std::string_view en, std::string_view da, const std::optional<Moment>& moment) {
    if (moment) milestones.push_back({programme, {std::string(en), std::string(da)}, moment->on, moment->because});
  };
  for (const Participation& one : person.participations) {
    add(one.programme, "screened", "visiteret", one.screened);
    add(one.programme, "recruited", "rekrutteret", one.recruited);
    add(one.programme, one.compared ? "followed for comparison" : "entered", one.compared ? "følges til sammenligning" : "indskrevet",
        one.entry);
    if (one.entry && one.last_entry && one.last_entry->on != one.entry->on) {
      add(one.programme, "entered again", "indskrevet igen", one.last_entry);
    }
    add(one.programme, "completed", "gennemført", one.completion);
    add(one.programme, "left", "udskrevet", one.exit);
  }
  add({}, "died", "død", person.died);
  add({}, "emigrated", "udvandret", person.emigrated);
  std::sort(milestones.begin(), milestones.end(), [](const TrailMilestone& a, const TrailMilestone& b) {
    return std::tie(a.on, a.programme, a.because) < std::tie(b.on, b.programme, b.because);
  });
  return milestones;
}

std::vector<TrailTarget> targets_of(const Subject& subject) {
  PinnedMeasures measures;
  measures.prepare(subject.context);
  std::vector<TrailTarget> targets;
  for (const Participation& one : subject.person->participations) {
    const Programme* programme = subject.context.find(one.programme);
    if (programme == nullptr) continue;
    const std::vector<PinnedTarget>& pinned = measures.of(one.programme);
    for (std::size_t i = 0; i < pinned.size(); ++i) {
      const Target& target = programme->targets[i];
      TrailTarget said{{one.programme, target.id, target.reading}, target.title, {}, pinned[i].problem};
      if (!pinned[i].measure) {
        targets.push_back(std::move(said));
        continue;
      }
      const Unit unit = pinned[i].measure->definition().unit();
      if (unit == Unit::enterprise || unit == Unit::staff) continue;
      std::vector<Verdict> verdicts;
      pinned[i].measure->apply(subject, one.programme, verdicts);
      for (const Verdict& verdict : verdicts) {
        said.unit = explained(subject.id(), verdict, *pinned[i].measure);
        targets.push_back(said);
      }
    }
  }
  return targets;
}

}  // namespace

std::string_view name(TrailEntry::Standing standing) noexcept {
  using Standing = TrailEntry::Standing;
  switch (standing) {
    case Standing::in_effect:
      return "in_effect";
    case Standing::corrected:
      return "corrected";
    case Standing::retracted:
      return "retracted";
    case Standing::correcting:
      return "correcting";
    case Standing::ignored:
      return "ignored";
    case Standing::not_yet:
      return "not_yet";
  }
  return "in_effect";
}

Result<Trail> read_trail(const engine::Ledger& ledger, const Context& context, const Id& participant, const AsOf& as_of) {
  Trail trail;
  trail.person = context.person(participant);
  trail.merged = context.merged_with(participant);
  trail.position = std::min(as_of.known, ledger.durable());
  const StreamId subject{StreamKind::participant, trail.person};
  FODSPOR_TRY(const History history, load_history(ledger, context, subject, AsOf{trail.position, as_of.valid}));
  if (history.events().empty()) {
    return fail(Fault::not_found, "nothing is recorded about " + StreamId{StreamKind::participant, participant}.text() +
                                      " up to position " + std::to_string(trail.position.value));
  }
  for (const Event& event : history.events()) trail.entries.push_back(entry_of(event, history));
  const auto order = [](const TrailEntry& entry) {
    return std::tuple(entry.from.value_or(day_recorded(entry.recorded_at)), entry.position);
  };
  std::sort(trail.entries.begin(), trail.entries.end(), [&](const TrailEntry& a, const TrailEntry& b) { return order(a) < order(b); });
  trail.poison = history.poison();
  if (trail.poison) return trail;
  const Person person = Person::fold(history, context);
  trail.milestones = milestones_of(person);
  trail.targets = targets_of(Subject{history, &person, context});
  return trail;
}

}  // namespace fodspor::projections
