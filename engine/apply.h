// The deterministic step: an accepted batch gets its positions, versions and time, or a refusal that depends only on what was ordered
// before it. One thread. It reads no clock, randomness or configuration, and does not see how batches were grouped into writes: any
// node that is given the same batches in the same order stores the same bytes.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "engine/keys.h"
#include "engine/table.h"
#include "events/codec.h"
#include "events/event.h"

namespace fodspor::engine {

struct Batch;
struct Appended;

// What was ordered and written before. Lives as long as the Order that asks it. It is asked for many at a time, which costs a storage much
// less than one after another; the answers are written beside the questions.
class Past {
 public:
  virtual ~Past() = default;
  virtual Status stream_heads(std::span<const StreamId> streams, std::span<std::optional<Head>> heads) const = 0;
  virtual Status first_of_each(std::span<const RequestKey> requests, std::span<std::optional<Position>> first) const = 0;
  virtual Result<std::optional<Head>> programme_head(ProgrammeId programme) const = 0;
  // The answer that this request got if just these proposals stand from `first` on; none if it had other content.
  virtual Result<std::optional<Appended>> same(Position first, std::span<const Proposal> proposals) const = 0;
};

class Order {
 public:
  Order(const Past& past, Position last, Timestamp recorded_at) : past_(past), last_(last), recorded_at_(recorded_at) {}

  // Asks the past at once what apply() would ask it batch by batch. These batches are the next to be applied. It changes no answer: what
  // Past fails with here is asked again by apply(), so that it meets the batch that needs it and no other of its group.
  void foresee(std::span<const Batch* const> batches);
  // Orders one batch: its placements are appended to `placements`, in the order of its proposals. None are for a repeated request, nor
  // for a refusal, which leaves everything as it was. The batch must live until `written` or `forget`. Its time must be set.
  // Fault::conflict, too_large; and what Past fails with.
  Result<Appended> apply(const Batch& batch, std::vector<Placement>& placements);

  // All that was ordered can be read through Past::same now; its other answers know the events up to `known`, and will know the rest.
  void written(Position known);
  // What was ordered since Past knew all of it was not written: start again after `last`, which it knows.
  void forget(Position last, Timestamp recorded_at);

  Position last() const noexcept { return last_; }
  Timestamp recorded_at() const noexcept { return recorded_at_; }

 private:
  struct Pending {
    Position first;
    const Batch* batch;
    Timestamp recorded_at;
  };
  Result<Head*> stream_head(const StreamId& stream);
  Result<Head*> programme_head(ProgrammeId programme);
  void drop_known(Position known);
  Result<std::optional<Appended>> answered_before(RequestKey request, const Batch& batch) const;
  Status check_expected(const Batch& batch);

  // Heads of the streams touched last: two generations, so that the older half is dropped at once and cheaply when the newer one is full.
  static constexpr std::size_t heads_in_generation = 524'288;

  struct Touched {
    Head* stream = nullptr;
    Head* programme = nullptr;
  };

  const Past& past_;
  Position last_;
  Timestamp recorded_at_;
  Table<StreamId, Head> heads_;
  Table<StreamId, Head> older_heads_;
  Table<ProgrammeId, Head> programmes_;
  Position older_to_;                   // every event that an older head speaks of stands up to there
  Table<RequestKey, Pending> pending_;  // of this group
  // Requests that are written, and that Past may not know yet; in the order of their positions too.
  Table<RequestKey, Position> written_;
  std::deque<std::pair<RequestKey, Position>> written_order_;
  Table<RequestKey, std::optional<Position>> foreseen_;  // of the group in hand
  std::vector<Touched> touched_;                         // by the batch in hand; kept for its memory
};

}  // namespace fodspor::engine
