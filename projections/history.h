// One subject's events in effect: corrected, retracted, merged, ordered by valid date. A value folded from the subject's streams; nothing
// of it depends on the order in which events arrived or on when they were recorded, but through AsOf.
#pragma once

#include <optional>
#include <vector>

#include "events/control.capnp.h"
#include "events/event.h"
#include "projections/as_of.h"

namespace fodspor::projections {

// A fact in effect: an event, as its latest correction says it. The same-day order of facts is stated in history.cpp, once for all
// types: what is known at entry, then ends, then starts, then changes and answers, then observations, then completion, then leaving.
struct Fact {
  const Event* event = nullptr;             // the original: its id names the fact
  const Event* correction = nullptr;        // the latest Corrected in effect, if any: its body, dates and references count
  EventType type = EventType::unspecified;  // of the original
  Date from;               // valid from; for an event without one, the day it stands for cannot be used and `dated` is false
  std::optional<Date> to;  // none: open, or it ends after the day that AsOf.valid names
  bool dated = false;

  const Event& said() const noexcept { return correction != nullptr ? *correction : *event; }
  // The body in effect.
  template <class Body>
  typename Body::Reader body() const {
    if (correction == nullptr) return event->facts<Body>();
    return correction->facts<wire::Corrected>().getBody().getAs<Body>();
  }
  // The first reference with that role in effect (not superseded).
  std::optional<StreamId> reference(wire::Role role) const;
  // What decided the fact as it stands: the correction's id if there is one.
  const EventId& because() const noexcept { return said().id(); }
};

// The place of a type within a day; none for a type that is not known here.
std::optional<int> same_day_rank(EventType type) noexcept;

// Why an event of the stream is not a fact, or no longer as it was written.
struct SetAside {
  const Event* event;
  const Event* by;  // the Corrected or Retracted that did it
};

// Where a fold had to stop: an event that it may not ignore and cannot apply.
struct Poison {
  EventId event;
  Position position;
  std::string reason;
};

class History {
 public:
  // `events`: all events of the subject's streams (of a merged person: of all of them), any order; those past as_of.known are left out.
  // `skipped`: events that a ProjectionSkipped sets aside for this view. A critical event of an unknown type makes a Poison.
  static History fold(StreamId subject, std::vector<Event> events, const AsOf& as_of, const std::vector<EventId>* skipped = nullptr);

  const StreamId& subject() const noexcept { return subject_; }
  const std::vector<Event>& events() const noexcept { return events_; }           // by stream, then version
  const std::vector<Fact>& facts() const noexcept { return facts_; }              // in effect, by valid date, same-day order, event id
  const std::vector<SetAside>& set_aside() const noexcept { return set_aside_; }  // by stream, then version, of the event
  const std::vector<const Event*>& ignored() const noexcept { return ignored_; }  // unknown newer types, not critical
  // Corrections and retractions of an event that is not in this history (skipped, or pruned); they change nothing.
  const std::vector<const Event*>& dangling() const noexcept { return dangling_; }
  const std::optional<Poison>& poison() const noexcept { return poison_; }
  const AsOf& as_of() const noexcept { return as_of_; }

 private:
  StreamId subject_;
  std::vector<Event> events_;
  std::vector<Fact> facts_;
  std::vector<SetAside> set_aside_;
  std::vector<const Event*> ignored_;
  std::vector<const Event*> dangling_;
  std::optional<Poison> poison_;
  AsOf as_of_;
};

}  // namespace fodspor::projections
