// What the rules of events/ ask of a ledger.
#include <boost/unordered/unordered_flat_set.hpp>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "engine/ledger.h"
#include "engine/table.h"

namespace fodspor::engine {
namespace {

// Streams that are there, remembered: one that exists goes on existing, and most events name a programme and an enterprise that others
// have named before. Two generations, so that the older half is dropped at once when the newer is full.
class Remembered {
 public:
  bool contains(const StreamId& stream) const {
    const std::shared_lock lock(mutex_);
    return newer_.contains(stream) || older_.contains(stream);
  }

  void add(const StreamId& stream) {
    const std::unique_lock lock(mutex_);
    if (newer_.size() == generation) older_ = std::exchange(newer_, {});
    newer_.insert(stream);
  }

 private:
  static constexpr std::size_t generation = 131'072;
  using Set = boost::unordered_flat_set<StreamId, MixedHash<StreamId>>;

  mutable std::shared_mutex mutex_;
  Set newer_;
  Set older_;
};

class KnownToLedger : public Known {
 public:
  explicit KnownToLedger(const Ledger& ledger) : ledger_(ledger) {}

  Result<bool> stream_exists(const StreamId& stream) override {
    if (remembered_.contains(stream)) return true;
    FODSPOR_TRY(const Version head, ledger_.head(stream));
    const bool exists = head.value > 0;
    if (exists) remembered_.add(stream);
    return exists;
  }

  Result<std::optional<Found>> find_event(const EventId& id) override {
    FODSPOR_TRY(const auto position, ledger_.find(id));
    if (!position) return std::nullopt;
    FODSPOR_TRY(const Event event, ledger_.read(*position));
    return Found{event.type(), event.stream(), event.programme()};
  }

 private:
  const Ledger& ledger_;
  Remembered remembered_;
};

}  // namespace

std::unique_ptr<Known> known_to(const Ledger& ledger) {
  return std::make_unique<KnownToLedger>(ledger);
}

}  // namespace fodspor::engine
