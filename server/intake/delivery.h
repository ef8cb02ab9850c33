// What a delivered file says should be so: facts under keys that stay the same from one delivery to the next. Values; any thread.
//
// A key is the fact's correlation id: the first half comes from the mapping's namespace, the second from what tells the row apart. So the
// facts of earlier deliveries are found in the ledger by their first half, and each is held against its successor by the second.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/codec.h"
#include "events/event.h"
#include "server/intake/problems.h"

namespace fodspor::server::intake {

using namespace fodspor::events;

// A fact's content without what only an append gives it (ids, who submitted it) and without when its source registered it: two facts say
// the same if these bytes are the same.
struct Content {
  EventType type{};
  StreamId stream;
  Bytes packed;
  bool operator==(const Content&) const = default;

  static Result<Content> of(Draft draft);
  static Result<Content> of(const Event& event);
  // What a Corrected event says of the fact that it corrects.
  static Result<Content> of_correction(const Event& corrected);
  Draft draft() const;
};

struct DesiredFact {
  Id key;
  Content content;
  std::int64_t registered_at = 0;
  std::string place;  // "people.csv:3"
};

struct Delivery {
  std::string space;
  std::vector<DesiredFact> facts;  // in an order in which they may be appended

  // What else the file speaks of. A fact of an earlier delivery that it speaks of and does not hold is retracted:
  std::vector<Id> spoken_for;  // keys that its rows could have had
  struct Stretch {             // all that begins in [from, to) in a stream
    StreamId stream;
    std::uint32_t from = 0, to = 0;
  };
  std::vector<Stretch> stretches;
  bool whole = false;  // everything in the namespace

  // Where its facts of earlier deliveries stand: in the streams of its facts and stretches, and in these. With `anywhere`, a row's facts
  // may have stood in any stream, so the whole log is read.
  std::vector<StreamId> speaks_of;
  bool anywhere = false;
  bool any_key = false;  // facts are found by the whole of their key, whoever gave it

  std::uint64_t rows = 0;
};

// The first half of every key of a namespace.
std::uint64_t space_of(std::string_view name);
Id key_of(std::string_view space, std::initializer_list<std::string_view> parts);

// The same for the streams that rows name by numbers of their own.
StreamId stream_of(StreamKind kind, std::string_view register_name, std::string_view number);

}  // namespace fodspor::server::intake
