// Walking stored events in order: over the log, a stream, a type, a subject. Owned by one thread, and short-lived.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "events/event.h"

namespace fodspor::engine {

using namespace fodspor::events;

// A stored event in place; valid until the cursor moves.
struct Stored {
  Placement placement;
  std::span<const unsigned char> packed;  // the proposal
  std::span<const unsigned char> bytes;   // the whole stored value: what the Merkle leaf is over
};

class Cursor {
 public:
  class Source {  // one implementation an index
   public:
    virtual ~Source() = default;
    virtual Result<std::optional<Stored>> next() = 0;
  };
  explicit Cursor(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  // The next stored event, undecoded; none at the end. Fault::corrupt for damage, with the position.
  Result<std::optional<Stored>> next() { return source_->next(); }
  // The next event, decoded.
  Result<std::optional<Event>> next_event();

 private:
  std::unique_ptr<Source> source_;
};

}  // namespace fodspor::engine
