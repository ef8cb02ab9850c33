// Events as a ledger would hold them, told one after the other without a ledger: positions, versions and previous positions are filled in,
// every event is a request of its own. For scenarios about folds. Owned by one scenario.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/codec.h"
#include "events/control.capnp.h"
#include "events/event.h"

namespace fodspor::stories {

using namespace fodspor::events;

Date day(std::string_view iso);
ProgrammeId programme(std::string_view slug);
StreamId participant(std::uint64_t number);
StreamId enterprise(std::uint64_t number);

class Story {
 public:
  // Ids follow from `client` and the name alone, never from the order of telling.
  explicit Story(std::string client = "story") : client_(std::move(client)) {}

  EventId id_of(const std::string& name) const { return {RequestKey::of(client_, name), 0}; }
  // Tells a draft under a name; by default its number in the story.
  EventId tell(Draft draft, std::string name = {});
  EventId tell(Proposal proposal, std::string name);

  // A fact of a participant, about `slug`'s programme (empty: of none).
  template <class Body>
  EventId say(EventType type, const StreamId& stream, std::string_view slug, Date from,
              const std::function<void(typename Body::Builder)>& fill = {},
              const std::vector<std::pair<wire::Role, StreamId>>& references = {}, std::optional<Date> to = {}) {
    Draft draft(type, stream);
    if (!slug.empty()) draft.in(programme(slug));
    draft.on(from, to).by(wire::Source::STAFF);
    if (!references.empty()) draft.refer(references);
    auto facts = draft.facts<Body>();
    if (fill) fill(facts);
    return tell(std::move(draft));
  }
  // What was said is otherwise: the whole body anew, with its dates.
  template <class Body>
  EventId correct(const EventId& what, EventType type, const StreamId& stream, Date from,
                  const std::function<void(typename Body::Builder)>& fill = {},
                  const std::vector<std::pair<wire::Role, StreamId>>& references = {}, std::optional<Date> to = {}) {
    Draft draft(EventType::corrected, stream);
    draft.on(from, to).by(wire::Source::STAFF);
    if (!references.empty()) draft.refer(references);
    auto correction = draft.facts<wire::Corrected>();
    point(correction.initEvent(), what);
    correction.setType(static_cast<std::uint16_t>(type));
    auto body = correction.getBody().template initAs<Body>();
    if (fill) fill(body);
    return tell(std::move(draft));
  }
  EventId retract(const EventId& what, const StreamId& stream);
  EventId merge(const StreamId& one, const StreamId& other);

  static void point(wire::EventRef::Builder reference, const EventId& to);

  std::vector<Event> events() const;
  std::vector<Event> events_of(const std::vector<StreamId>& streams) const;
  const std::vector<Proposal>& proposals() const noexcept { return proposals_; }
  const std::vector<std::string>& names() const noexcept { return names_; }
  const std::string& client() const noexcept { return client_; }
  std::size_t size() const noexcept { return proposals_.size(); }

 private:
  std::string client_;
  std::vector<Proposal> proposals_;
  std::vector<std::string> names_;
  std::vector<Placement> placements_;
  std::map<StreamId, Placement> heads_;
};

}  // namespace fodspor::stories
