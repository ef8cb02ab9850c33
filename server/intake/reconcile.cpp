#include "server/intake/reconcile.h"

#include <algorithm>
#include <unordered_set>

#include "events/control.capnp.h"
#include "events/rules.h"

namespace fodspor::server::intake {
namespace {

struct Named {
  wire::Role role;
  StreamId stream;
  bool operator==(const Named&) const = default;
};

std::vector<Named> references_of(wire::Proposal::Reader proposal) {
  std::vector<Named> named;
  for (const auto r : proposal.getReferences())
    named.push_back({r.getRole(), {static_cast<StreamKind>(r.getKind()), {r.getHi(), r.getLo()}}});
  return named;
}

void point_to(wire::EventRef::Builder ref, const EventId& event) {
  ref.setHi(event.request.id.hi);
  ref.setLo(event.request.id.lo);
  ref.setIndex(event.index);
}

// The dates and references of a correction are the new ones; references that it no longer says are kept and marked as superseded, so that
// whoever was named hears of it.
Draft correction(const DesiredFact& fact, const StandingFact& standing) {
  const Draft said = fact.content.draft();
  const auto from = said.proposal();
  Draft draft(EventType::corrected, fact.content.stream);
  auto proposal = draft.proposal();
  const auto programme = from.getProgramme();
  draft.in({{programme.getHi(), programme.getLo()}}).by(from.getSource());
  proposal.setValidFrom(from.getValidFrom());
  proposal.setValidTo(from.getValidTo());
  if (from.hasActor()) proposal.setActor(from.getActor());
  if (from.hasOrganisation()) proposal.setOrganisation(from.getOrganisation());
  if (from.hasEvidence()) proposal.setEvidence(from.getEvidence());
  if (from.hasCausation()) proposal.setCausation(from.getCausation());
  proposal.setCorrelation(from.getCorrelation());
  proposal.setRegisteredAt(fact.registered_at);

  const std::vector<Named> now = references_of(from);
  std::vector<Named> before = references_of(standing.content.draft().proposal());
  std::erase_if(before, [&](const Named& named) { return std::find(now.begin(), now.end(), named) != now.end(); });
  if (!now.empty() || !before.empty()) {
    auto list = proposal.initReferences(static_cast<unsigned>(now.size() + before.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
      const bool superseded = i >= now.size();
      const Named& named = superseded ? before[i - now.size()] : now[i];
      list[i].setRole(named.role);
      list[i].setSuperseded(superseded);
      list[i].setKind(static_cast<std::uint8_t>(named.stream.kind));
      list[i].setHi(named.stream.id.hi);
      list[i].setLo(named.stream.id.lo);
    }
  }
  auto body = draft.facts<wire::Corrected>();
  point_to(body.initEvent(), standing.event);
  body.setType(static_cast<std::uint16_t>(fact.content.type));
  body.setReason("delivered-anew");
  body.getBody().set(from.getFacts());
  return draft;
}

Draft retraction(const StandingFact& standing, const Id& key) {
  const Draft said = standing.content.draft();
  const auto programme = said.proposal().getProgramme();
  Draft draft(EventType::retracted, standing.content.stream);
  draft.in({{programme.getHi(), programme.getLo()}}).by(said.proposal().getSource());
  auto correlation = draft.proposal().initCorrelation();
  correlation.setHi(key.hi);
  correlation.setLo(key.lo);
  auto body = draft.facts<wire::Retracted>();
  point_to(body.initEvent(), standing.event);
  body.setReason("not-in-delivery");
  return draft;
}

Draft addition(const DesiredFact& fact) {
  Draft draft = fact.content.draft();
  // Placeholders of the content form; the append gives the event its own.
  draft.proposal().setRegisteredAt(fact.registered_at);
  return draft;
}

// Which facts that stand the delivery speaks of.
class Reach {
 public:
  explicit Reach(const Delivery& delivery) : whole_(delivery.whole), spoken_for_(delivery.spoken_for.begin(), delivery.spoken_for.end()) {
    for (const Delivery::Stretch& stretch : delivery.stretches) stretches_.emplace(stretch.stream, stretch);
  }

  bool covers(const Id& key, const StandingFact& fact) const {
    if (whole_ || spoken_for_.contains(key)) return true;
    const auto [begin, end] = stretches_.equal_range(fact.content.stream);
    return std::any_of(begin, end, [&](const auto& entry) { return entry.second.from <= fact.from && fact.from < entry.second.to; });
  }

 private:
  bool whole_;
  std::unordered_set<Id> spoken_for_;
  std::unordered_multimap<StreamId, Delivery::Stretch> stretches_;
};

// What the ledger knows, and what the steps before this one will have told it.
class KnownSoFar : public Known {
 public:
  explicit KnownSoFar(Known& ledger) : ledger_(ledger) {}
  void tell(const StreamId& stream) { told_.insert(stream); }
  Result<bool> stream_exists(const StreamId& stream) override {
    if (told_.contains(stream)) return true;
    return ledger_.stream_exists(stream);
  }
  Result<std::optional<Found>> find_event(const EventId& id) override { return ledger_.find_event(id); }

 private:
  Known& ledger_;
  std::unordered_set<StreamId> told_;
};

}  // namespace

Difference difference(const Delivery& delivery, const Standing& standing) {
  Difference result;
  std::unordered_set<Id> said;
  for (const DesiredFact& fact : delivery.facts) {
    said.insert(fact.key);
    const StandingFact* before = standing.find(fact.key);
    if (before == nullptr || before->withdrawn) {
      result.steps.push_back({addition(fact), &fact});
      ++result.added;
    } else if (before->content == fact.content) {
      ++result.unchanged;
    } else if (before->content.type == fact.content.type && before->content.stream == fact.content.stream) {
      result.steps.push_back({correction(fact, *before), &fact});
      ++result.corrected;
    } else {
      // Of another person, or something else altogether: a correction cannot say that.
      result.steps.push_back({retraction(*before, fact.key), nullptr});
      result.steps.push_back({addition(fact), &fact});
      ++result.retracted;
      ++result.added;
    }
  }
  const Reach reach(delivery);
  for (const Id& key : standing.all()) {
    const StandingFact& fact = *standing.find(key);
    if (said.contains(key) || !reach.covers(key, fact)) continue;
    result.steps.push_back({retraction(fact, key), nullptr});
    ++result.retracted;
  }
  return result;
}

Status check(Difference& difference, Known& known) {
  KnownSoFar so_far(known);
  Problems problems;
  std::vector<Draft> one;
  for (Difference::Step& step : difference.steps) {
    one.clear();
    one.push_back(std::move(step.draft));
    const auto checked = check_batch(one, so_far);
    step.draft = std::move(one.front());
    so_far.tell(step.draft.stream());
    if (checked) continue;
    if (checked.error().fault != Fault::invalid) return checked;
    std::string reason = checked.error().message;
    constexpr std::string_view counted = "event 1 of 1: ";
    if (reason.starts_with(counted)) reason.erase(0, counted.size());
    problems.add(step.fact != nullptr ? step.fact->place : std::string(), std::move(reason));
    if (problems.many()) break;
  }
  return problems.status();
}

}  // namespace fodspor::server::intake
