// What earlier deliveries of a namespace left in the ledger: each fact as its latest delivery said it, and whether it still stands.
// Collected from events in order of position; owned by one import, one thread.
#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/ledger.h"
#include "server/intake/delivery.h"

namespace fodspor::server::intake {

struct StandingFact {
  EventId event;
  Content content;  // as the import last said it; a correction by hand is not the import's word
  std::uint32_t from = 0;
  bool withdrawn = false;  // retracted by an import
};

class Standing {
 public:
  explicit Standing(std::string_view space) : space_(space_of(space)) {}

  // All streams that the delivery speaks of, or the whole log if it is whole.
  static Result<Standing> read(const engine::Ledger& ledger, const Delivery& delivery);

  const StandingFact* find(const Id& key) const;
  // Keys of facts that stand, in the order in which they came.
  std::vector<Id> all() const;
  // How many events a stream held when it was read.
  std::optional<Version> version(const StreamId& stream) const;

 private:
  Status collect(const Event& event, bool any_key);

  std::uint64_t space_;
  std::unordered_map<Id, StandingFact> facts_;
  std::unordered_map<EventId, Id> keys_;
  std::vector<Id> order_;
  std::unordered_map<StreamId, Version> versions_;
};

}  // namespace fodspor::server::intake
