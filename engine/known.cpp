// What the rules of events/ ask of a ledger.
#include "engine/ledger.h"

namespace fodspor::engine {
namespace {

class KnownToLedger : public Known {
 public:
  explicit KnownToLedger(const Ledger& ledger) : ledger_(ledger) {}

  Result<bool> stream_exists(const StreamId& stream) override {
    FODSPOR_TRY(const Version head, ledger_.head(stream));
    return head.value > 0;
  }

  Result<std::optional<Found>> find_event(const EventId& id) override {
    FODSPOR_TRY(const auto position, ledger_.find(id));
    if (!position) return std::nullopt;
    FODSPOR_TRY(const Event event, ledger_.read(*position));
    return Found{event.type(), event.stream(), event.programme()};
  }

 private:
  const Ledger& ledger_;
};

}  // namespace

std::unique_ptr<Known> known_to(const Ledger& ledger) {
  return std::make_unique<KnownToLedger>(ledger);
}

}  // namespace fodspor::engine
