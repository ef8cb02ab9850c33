#include "server/intake/standing.h"

#include <set>

#include "events/control.capnp.h"

namespace fodspor::server::intake {
namespace {

EventId referred(wire::EventRef::Reader ref) {
  return {RequestKey{Id{ref.getHi(), ref.getLo()}}, ref.getIndex()};
}

}  // namespace

Status Standing::collect(const Event& event, bool any_key) {
  versions_[event.stream()] = event.placement().version;
  const auto proposal = event.proposal();
  if (!proposal.hasCorrelation()) return {};
  const Id key{proposal.getCorrelation().getHi(), proposal.getCorrelation().getLo()};
  if (!any_key && key.hi != space_) return {};
  if (event.type() == EventType::corrected || event.type() == EventType::retracted) {
    const bool corrects = event.type() == EventType::corrected;
    const EventId about = referred(corrects ? event.facts<wire::Corrected>().getEvent() : event.facts<wire::Retracted>().getEvent());
    const auto known = keys_.find(about);
    if (known != keys_.end() && known->second == key) {
      StandingFact& fact = facts_.at(key);
      // An earlier fact under the same key may have been followed by another one.
      if (fact.event != about) return {};
      if (corrects) {
        FODSPOR_TRY(fact.content, Content::of_correction(event));
        fact.from = proposal.getValidFrom();
      } else {
        fact.withdrawn = true;
      }
      return {};
    }
    if (!any_key) return {};
  }
  FODSPOR_TRY(Content content, Content::of(event));
  keys_[event.id()] = key;
  const auto [at, is_new] = facts_.insert_or_assign(key, StandingFact{event.id(), std::move(content), proposal.getValidFrom(), false});
  if (is_new) order_.push_back(at->first);
  return {};
}

Result<Standing> Standing::read(const engine::Ledger& ledger, const Delivery& delivery) {
  Standing standing(delivery.space);
  const auto collect_all = [&](Result<engine::Cursor> cursor, bool any_key) -> Status {
    if (!cursor) return tl::make_unexpected(std::move(cursor).error());
    for (;;) {
      FODSPOR_TRY(const std::optional<Event> event, cursor->next_event());
      if (!event) return {};
      FODSPOR_DO(standing.collect(*event, any_key));
    }
  };
  if (delivery.whole || delivery.anywhere) {
    FODSPOR_DO(collect_all(ledger.read_log(), false));
    return standing;
  }
  std::set<StreamId> streams;
  for (const DesiredFact& fact : delivery.facts) streams.insert(fact.content.stream);
  for (const Delivery::Stretch& stretch : delivery.stretches) streams.insert(stretch.stream);
  for (const StreamId& stream : delivery.speaks_of) streams.insert(stream);
  for (const StreamId& stream : streams) FODSPOR_DO(collect_all(ledger.read_stream(stream), delivery.any_key));
  return standing;
}

const StandingFact* Standing::find(const Id& key) const {
  const auto found = facts_.find(key);
  return found == facts_.end() ? nullptr : &found->second;
}

std::vector<Id> Standing::all() const {
  std::vector<Id> keys;
  for (const Id& key : order_) {
    if (!facts_.at(key).withdrawn) keys.push_back(key);
  }
  return keys;
}

std::optional<Version> Standing::version(const StreamId& stream) const {
  const auto found = versions_.find(stream);
  if (found == versions_.end()) return std::nullopt;
  return found->second;
}

}  // namespace fodspor::server::intake
