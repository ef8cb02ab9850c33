// One recorded fact, immutable: its proposal, read in place, and what ordering added. It owns its bytes, or they lie in a room that
// outlives it, and it can be moved, so a history is a vector of these. Any thread may read one; readers taken from it must not outlive it.
#pragma once

#include <capnp/message.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "events/calendar.h"
#include "events/envelope.capnp.h"
#include "events/ids.h"
#include "events/vocabulary.h"

namespace fodspor::events {

// What ordering adds; engine/record.h states its stored form.
struct Placement {
  Position position;
  Timestamp recorded_at;
  Version version;                         // in its stream
  Position previous_in_stream;             // 0: the first
  std::uint64_t ordinal_in_programme = 0;  // 0: of no programme
  Position previous_in_programme;
  bool operator==(const Placement&) const = default;
};

class WordRoom;

class Event {
 public:
  // `packed` is a proposal as codec.h packs it. Fault::corrupt if it cannot be read, Fault::too_large past limits.h.
  static Result<Event> decode(std::span<const unsigned char> packed, const Placement& placement);
  // The same, with its words in `room`: for whoever folds histories one after another.
  static Result<Event> decode(std::span<const unsigned char> packed, const Placement& placement, WordRoom& room);

  Event(Event&&) noexcept;
  Event& operator=(Event&&) noexcept;
  ~Event();

  const Placement& placement() const noexcept { return placement_; }
  Position position() const noexcept { return placement_.position; }
  const EventId& id() const noexcept { return id_; }
  EventType type() const noexcept { return type_; }
  const StreamId& stream() const noexcept { return stream_; }
  ProgrammeId programme() const noexcept { return programme_; }
  std::optional<Date> valid_from() const noexcept { return Date::stored(valid_from_); }
  std::optional<Date> valid_to() const noexcept { return Date::stored(valid_to_); }
  bool critical() const noexcept { return critical_; }
  wire::Proposal::Reader proposal() const noexcept { return proposal_; }

  // The body. The type must be Body's: asking for another is our own bug.
  template <class Body>
  typename Body::Reader facts() const {
    FODSPOR_CHECK(body_id_ == capnp::typeId<Body>());
    return proposal_.getFacts().getAs<Body>();
  }

 private:
  struct Words;
  Event(wire::Proposal::Reader proposal, const Placement& placement);
  std::unique_ptr<Words> words_;  // none: they lie in a room
  wire::Proposal::Reader proposal_;
  Placement placement_;
  EventId id_;
  StreamId stream_;
  ProgrammeId programme_;
  EventType type_ = EventType::unspecified;
  std::uint32_t valid_from_ = 0;
  std::uint32_t valid_to_ = 0;
  bool critical_ = false;
  std::uint64_t body_id_ = 0;  // the schema of the type's body; 0: not known here
};

// An event before ordering, as its author wrote it: a Cap'n Proto message under construction.
class Draft {
 public:
  Draft(EventType type, StreamId stream);
  // A copy of what somebody else wrote, with this version's word on what is critical. Throws what its reader throws (kj::Exception).
  explicit Draft(wire::Proposal::Reader proposal);
  Draft(Draft&&) noexcept;
  Draft& operator=(Draft&&) noexcept;
  ~Draft();

  wire::Proposal::Builder proposal() { return proposal_; }
  wire::Proposal::Reader proposal() const { return proposal_.asReader(); }
  EventType type() const;
  StreamId stream() const;

  capnp::MessageBuilder& message() { return *message_; }

  // Shorthand for what nearly every draft sets.
  Draft& in(ProgrammeId programme);
  Draft& on(Date from, std::optional<Date> to = {});
  Draft& by(wire::Source source, std::string_view actor = {});
  // References are few; each call keeps those already given. Call before `facts`, as Cap'n Proto lists do not grow in place.
  Draft& refer(std::span<const std::pair<wire::Role, StreamId>> references);

  template <class Body>
  typename Body::Builder facts() {
    auto pointer = proposal().getFacts();
    return pointer.isNull() ? pointer.initAs<Body>() : pointer.getAs<Body>();
  }

 private:
  std::unique_ptr<capnp::MallocMessageBuilder> message_;
  mutable wire::Proposal::Builder proposal_;  // its root: found once, asked for often. A builder is a place, and its readers are const
};

}  // namespace fodspor::events
