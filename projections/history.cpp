// The order of facts on the same day, stated once for all types (`same_day_rank`):
//
//   0 about the record   who is the same person, what was erased, what the ledger says about itself
//   1 at entry           a programme registered, a citizen identified, screened, recruited, enrolled, compared; an enterprise recruited
//   2 ends               whatever ends, ends before anything starts: who changes employer overnight has one job that day, not two
//   3 starts
//   4 changes, answers   of what may have started that day: a job changed, a match accepted, a frame amended, a target pinned
//   5 observations       what was seen, done or measured on the day
//   6 completion
//   7 leaving            last: who enters and leaves on one day has left, who completes and leaves has completed
//
// Two facts of one rank on one day stand in the order of their event ids, which says nothing but is the same wherever and whenever they
// arrived. Facts without a date stand before all dated ones.
#include "projections/history.h"

#include <algorithm>
#include <limits>
#include <span>
#include <string>

#include "events/control.capnp.h"

namespace fodspor::projections {

std::optional<int> same_day_rank(EventType type) noexcept {
  enum : int { about_the_record, at_entry, ends, starts, changes, observations, completion, leaving };
  switch (type) {
    case EventType::unspecified:
      return std::nullopt;

    case EventType::corrected:
    case EventType::retracted:
    case EventType::identity_merged:
    case EventType::erased:
    case EventType::retired:
    case EventType::projection_skipped:
    case EventType::key_committed:
    case EventType::heads_committed:
    case EventType::other_log_root:
      return about_the_record;

    case EventType::programme_registered:
    case EventType::citizen_identified:
    case EventType::screened:
    case EventType::recruited:
    case EventType::enrolled:
    case EventType::compared:
    case EventType::enterprise_recruited:
    case EventType::network_formed:
      return at_entry;

    case EventType::portfolio_left:
    case EventType::consent_withdrawn:
    case EventType::course_ended:
    case EventType::enterprise_withdrew:
    case EventType::role_ended:
    case EventType::placement_ended:
    case EventType::employment_ended:
    case EventType::education_ended:
    case EventType::job_search_ended:
      return ends;

    case EventType::funding_granted:
    case EventType::portfolio_joined:
    case EventType::definition_approved:
    case EventType::code_list_adopted:
    case EventType::consent_given:
    case EventType::plan_made:
    case EventType::course_started:
    case EventType::commitment_given:
    case EventType::opening_offered:
    case EventType::role_trained:
    case EventType::role_assigned:
    case EventType::match_proposed:
    case EventType::placement_started:
    case EventType::network_joined:
    case EventType::employment_started:
    case EventType::education_started:
    case EventType::job_search_started:
      return starts;

    case EventType::programme_amended:
    case EventType::target_pinned:
    case EventType::plan_revised:
    case EventType::match_accepted:
    case EventType::match_declined:
    case EventType::employment_changed:
      return changes;

    case EventType::milestone_reached:
    case EventType::report_submitted:
    case EventType::covered:
    case EventType::status_observed:
    case EventType::progress_measured:
    case EventType::support_given:
    case EventType::course_attended:
    case EventType::mentor_checked_in:
    case EventType::hours_reported:
    case EventType::network_event_held:
    case EventType::network_event_attended:
    case EventType::aftercare_given:
    case EventType::followed_up:
    case EventType::referred:
      return observations;

    case EventType::completed:
      return completion;

    case EventType::left:
    case EventType::emigrated:
    case EventType::died:
      return leaving;
  }
  return std::nullopt;  // a number from a newer writer
}

namespace {

// What became of one event.
struct Fate {
  static constexpr std::size_t nothing = std::numeric_limits<std::size_t>::max();

  const Event* retracted_by = nullptr;
  const Event* corrected_by = nullptr;  // of an original: the latest correction in effect
  std::size_t corrects = nothing;       // of a correction: its original's place among the events
};

EventId id_of(wire::EventRef::Reader reference) {
  return {RequestKey{Id{reference.getHi(), reference.getLo()}}, reference.getIndex()};
}

EventType corrected_type(const Event& correction) {
  return static_cast<EventType>(correction.facts<wire::Corrected>().getType());
}

EventId target_of(const Event& control) {
  return control.type() == EventType::corrected ? id_of(control.facts<wire::Corrected>().getEvent())
                                                : id_of(control.facts<wire::Retracted>().getEvent());
}

// Events by id, for looking up what corrections and retractions speak of. Histories are short, so most are searched from end to end.
class ById {
 public:
  explicit ById(std::span<const Event> events) : events_(events) {
    if (events.size() <= searched_max) return;
    sorted_.reserve(events.size());
    for (const Event& event : events) sorted_.push_back(&event);
    std::sort(sorted_.begin(), sorted_.end(), [](const Event* a, const Event* b) { return a->id() < b->id(); });
  }

  // The event with that id, if it stands before `control` in the same stream: nothing speaks of another stream's events or of later ones.
  std::optional<std::size_t> before(const Event& control, const EventId& id) const {
    const Event* found = find(id);
    if (found == nullptr || found->stream() != control.stream() || found >= &control) return std::nullopt;
    return static_cast<std::size_t>(found - events_.data());
  }

 private:
  static constexpr std::size_t searched_max = 64;

  const Event* find(const EventId& id) const {
    if (sorted_.empty()) {
      const auto found = std::find_if(events_.begin(), events_.end(), [&](const Event& event) { return event.id() == id; });
      return found == events_.end() ? nullptr : &*found;
    }
    const auto found = std::lower_bound(sorted_.begin(), sorted_.end(), id,
                                        [](const Event* event, const EventId& wanted) { return event->id() < wanted; });
    return found == sorted_.end() || (*found)->id() != id ? nullptr : *found;
  }

  std::span<const Event> events_;
  std::vector<const Event*> sorted_;
};

bool corrects_or_retracts(EventType type) {
  return type == EventType::corrected || type == EventType::retracted;
}

// The fates of all events, in the events' order; empty if no event speaks of another. `dangling` gets those that speak of none of these.
std::vector<Fate> settle(std::span<const Event> events, std::vector<const Event*>& dangling) {
  std::vector<Fate> fates;
  if (std::none_of(events.begin(), events.end(), [](const Event& event) { return corrects_or_retracts(event.type()); })) return fates;
  fates.resize(events.size());
  const ById by_id(events);

  // Whatever retracts an event stands after it, so from the end backwards each retraction's own fate is settled before it takes effect.
  // Of several that take back one event, the first is named.
  for (std::size_t i = events.size(); i-- > 0;) {
    if (events[i].type() != EventType::retracted) continue;
    const auto target = by_id.before(events[i], target_of(events[i]));
    if (!target) dangling.push_back(&events[i]);
    if (target && fates[i].retracted_by == nullptr) fates[*target].retracted_by = &events[i];
  }

  // In order of version, so that the last correction in effect is the one that stays. A correction of a correction is one of the original.
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].type() != EventType::corrected) continue;
    const auto target = by_id.before(events[i], target_of(events[i]));
    if (!target || (events[*target].type() == EventType::corrected && fates[*target].corrects == Fate::nothing)) {
      dangling.push_back(&events[i]);
      continue;
    }
    fates[i].corrects = events[*target].type() == EventType::corrected ? fates[*target].corrects : *target;
    if (fates[i].retracted_by == nullptr && corrected_type(events[i]) == events[fates[i].corrects].type()) {
      fates[fates[i].corrects].corrected_by = &events[i];
    }
  }
  std::sort(dangling.begin(), dangling.end());
  return fates;
}

std::string misfit(const Event& correction, const Event& original) {
  return "it corrects " + original.id().text() + ", which is a " + std::string(name(original.type())) + ", as if that were a " +
         std::string(name(corrected_type(correction))) + "; retract it, and correct the event by its own type";
}

// Ranks take four bits, so the day above them and the rank order facts by one comparison. Days start at 1, so undated facts come first.
std::uint64_t order_of(const Fact& fact, int rank) {
  return (fact.dated ? std::uint64_t{fact.from.stored()} << 4 : 0) | static_cast<std::uint64_t>(rank);
}

struct Ordered {
  std::uint64_t order;
  Fact fact;
  bool operator<(const Ordered& other) const {
    return order != other.order ? order < other.order : fact.event->id() < other.fact.event->id();
  }
};

Fact fact_of(const Event& event, const Event* correction, const AsOf& as_of) {
  Fact fact;
  fact.event = &event;
  fact.correction = correction;
  fact.type = event.type();
  const auto from = fact.said().valid_from();
  fact.dated = from.has_value();
  if (from) fact.from = *from;
  fact.to = fact.said().valid_to();
  // What ends after the day has not ended yet. The day after it is as far as a whole period up to the day reaches.
  if (fact.to && as_of.valid && *fact.to > as_of.valid->plus_days(1)) fact.to.reset();
  return fact;
}

}  // namespace

std::optional<StreamId> Fact::reference(wire::Role role) const {
  for (const auto reference : said().proposal().getReferences()) {
    if (reference.getRole() != role || reference.getSuperseded()) continue;
    return StreamId{static_cast<StreamKind>(reference.getKind()), {reference.getHi(), reference.getLo()}};
  }
  return std::nullopt;
}

History History::fold(StreamId subject, std::vector<Event> events, const AsOf& as_of, const std::vector<EventId>* skipped) {
  History history;
  history.subject_ = subject;
  history.as_of_ = as_of;

  std::erase_if(events, [&](const Event& event) {
    if (event.position() > as_of.known) return true;
    return skipped != nullptr && std::find(skipped->begin(), skipped->end(), event.id()) != skipped->end();
  });
  const auto by_stream_and_version = [](const Event& a, const Event& b) {
    if (a.stream() != b.stream()) return a.stream() < b.stream();
    return a.placement().version < b.placement().version;
  };
  if (!std::is_sorted(events.begin(), events.end(), by_stream_and_version)) {
    std::sort(events.begin(), events.end(), by_stream_and_version);
  }
  history.events_ = std::move(events);
  const std::vector<Event>& all = history.events_;

  const auto stop_at = [&](const Event& event, std::string reason) {
    if (history.poison_ && history.poison_->position <= event.position()) return;
    history.poison_ = Poison{event.id(), event.position(), std::move(reason)};
  };

  const std::vector<Fate> fates = settle(all, history.dangling_);
  std::vector<Ordered> ordered;
  ordered.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Event& event = all[i];
    const Fate fate = fates.empty() ? Fate{} : fates[i];
    if (fate.retracted_by != nullptr) {
      history.set_aside_.push_back({&event, fate.retracted_by});
      continue;
    }
    if (event.type() == EventType::retracted) continue;
    if (event.type() == EventType::corrected) {
      if (fate.corrects == Fate::nothing) continue;
      const Event& original = all[fate.corrects];
      if (corrected_type(event) != original.type()) stop_at(event, misfit(event, original));
      // A correction that is not the latest, or whose original is gone, is set aside by what came in its place.
      const Fate& its = fates[fate.corrects];
      const Event* by = its.retracted_by != nullptr ? its.retracted_by : its.corrected_by;
      if (by != nullptr && by != &event) history.set_aside_.push_back({&event, by});
      continue;
    }
    const auto rank = same_day_rank(event.type());
    if (!rank) {
      if (event.critical()) {
        stop_at(event, "its type " + std::to_string(static_cast<unsigned>(event.type())) +
                           " is not known to this version and must not be ignored; update fodspor");
      } else {
        history.ignored_.push_back(&event);
      }
      continue;
    }
    if (fate.corrected_by != nullptr) history.set_aside_.push_back({&event, fate.corrected_by});
    const Fact fact = fact_of(event, fate.corrected_by, as_of);
    // What is said about the record itself holds whatever day of the world is asked for.
    if (fact.dated && as_of.valid && *rank != 0 && fact.from > *as_of.valid) continue;
    ordered.push_back({order_of(fact, *rank), fact});
  }

  if (!std::is_sorted(ordered.begin(), ordered.end())) std::sort(ordered.begin(), ordered.end());
  history.facts_.reserve(ordered.size());
  for (const Ordered& entry : ordered) history.facts_.push_back(entry.fact);
  return history;
}

}  // namespace fodspor::projections
