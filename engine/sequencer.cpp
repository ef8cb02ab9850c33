#include "engine/sequencer.h"

#include <pthread.h>

#include <chrono>
#include <utility>

#include "engine/record.h"
#include "events/limits.h"

namespace fodspor::engine {
namespace {

// How long a group waits for storage that is behind before its appends are told that the ledger is busy.
constexpr std::chrono::milliseconds stall_wait{2'000};

// While syncs run there is no haste: a group is taken when it has this many batches or events, and as it is when nothing is under way.
constexpr std::size_t few_batches = 8;
constexpr std::size_t few_events = 256;

std::size_t bytes_of(const Batch& batch) {
  std::size_t bytes = 0;
  for (const Proposal& proposal : batch.proposals) bytes += proposal.packed.size() + limits::placement_bytes_max;
  return bytes;
}

}  // namespace

Sequencer::Sequencer(LogStore& log, Indexes& indexes, const Past& past, Marks& marks, Ring& ring, Position last, Timestamp recorded_at)
    : log_(log),
      indexes_(indexes),
      order_(past, last, recorded_at),
      committer_(log, indexes, marks, ring, last, recorded_at,
                 [this] {
                   const std::lock_guard lock(mutex_);
                   queued_.notify_one();
                 }),
      thread_([this] { run(); }) {}

Sequencer::~Sequencer() {
  finish();
}

void Sequencer::finish() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_one();
  if (thread_.joinable()) thread_.join();
  committer_.wait_until_idle();
}

Result<Appended> Sequencer::append(Batch batch) {
  Item item{std::move(batch), {}};
  FODSPOR_TRY(const std::shared_ptr<Group> group, enqueue(item, nullptr));
  group->gate.wait();
  return std::move(item.answer);
}

void Sequencer::append(Batch batch, Done done) {
  auto owned = std::make_unique<Item>(Item{std::move(batch), std::move(done)});
  Item& item = *owned;
  const Done refused = item.done;
  if (auto queued = enqueue(item, std::move(owned)); !queued) refused(tl::make_unexpected(queued.error()));
}

Result<std::shared_ptr<Group>> Sequencer::enqueue(Item& item, std::unique_ptr<Item> owned) {
  const std::size_t bytes = bytes_of(item.batch);
  const std::size_t events = item.batch.proposals.size();
  std::shared_ptr<Group> group;
  bool wake = false;
  if (const auto poisoned = committer_.poison()) return tl::make_unexpected(*poisoned);
  {
    const std::lock_guard lock(mutex_);
    if (queued_batches_ >= limits::queue_batches_max || queued_bytes_ + bytes > limits::queue_bytes_max) {
      return fail(Fault::busy, "too many appends wait to be written; try again later");
    }
    if (queue_.empty() || queue_.back()->events + events > limits::group_events_max ||
        queue_.back()->bytes + bytes > limits::group_bytes_max) {
      queue_.push_back(std::make_shared<Group>());
    }
    group = queue_.back();
    group->items.push_back(&item);
    if (owned) group->owned.push_back(std::move(owned));
    group->events += events;
    group->bytes += bytes;
    ++queued_batches_;
    queued_bytes_ += bytes;
    wake = waiting_ && has_enough();
    if (wake) waiting_ = false;
  }
  if (wake) queued_.notify_one();
  return group;
}

bool Sequencer::has_enough() const {
  return stopping_ || (!queue_.empty() && (committer_.is_idle() || queued_batches_ >= few_batches || queue_.front()->events >= few_events));
}

std::shared_ptr<Group> Sequencer::take() {
  std::unique_lock lock(mutex_);
  while (!has_enough()) {
    waiting_ = true;
    queued_.wait(lock);
  }
  waiting_ = false;
  if (queue_.empty()) return nullptr;
  std::shared_ptr<Group> group = std::move(queue_.front());
  queue_.pop_front();
  queued_batches_ -= group->items.size();
  queued_bytes_ -= group->bytes;
  return group;
}

void Sequencer::run() {
  ::pthread_setname_np(::pthread_self(), "sequencer");
  while (std::shared_ptr<Group> group = take()) {
    committer_.wait_for_room(group->events);
    if (auto written = write(std::move(group))) committer_.hand_over(std::move(*written));
  }
}

void Sequencer::foresee(const Group& group) {
  std::vector<const Batch*> batches;
  batches.reserve(group.items.size());
  for (const Item* item : group.items) batches.push_back(&item->batch);
  order_.foresee(batches);
}

std::vector<const Item*> Sequencer::order(Group& group, std::vector<Placement>& placements) {
  std::vector<const Item*> accepted;
  accepted.reserve(group.items.size());
  placements.reserve(group.events);
  for (Item* item : group.items) {
    item->answer = order_.apply(item->batch, placements);
    if (item->answer && !item->answer->repeated) accepted.push_back(item);
  }
  return accepted;
}

// None if it was refused as a whole, and answered.
std::optional<WrittenGroup> Sequencer::write(std::shared_ptr<Group> group) {
  const auto refuse = [&](const Failure& failure) {
    group->refuse(failure);
    group->answer();
    return std::nullopt;
  };
  if (const auto poisoned = poison()) return refuse(*poisoned);
  foresee(*group);
  WrittenGroup written;
  const std::vector<const Item*> accepted = order(*group, written.placements);
  written.recorded_at = order_.recorded_at();
  if (!accepted.empty()) {
    auto block = std::make_shared<Block>();
    block->first = written.placements.front().position;
    block->ends.reserve(written.placements.size());
    block->bytes.reserve(group->bytes);
    written.ordered.reserve(written.placements.size());
    for (const Item* item : accepted) {
      for (const Proposal& proposal : item->batch.proposals) {
        const Placement& placement = written.placements[block->size()];
        write_record(block->bytes, proposal.packed, placement);
        block->ends.push_back(block->bytes.size());
        written.ordered.push_back({&proposal.header, &placement});
      }
    }
    auto wrote = indexes_.make_room(committer_.events_under_way() + block->size());
    const bool untouched = !wrote;
    if (wrote) wrote = log_.write(*block, stall_wait);
    if (!wrote && (untouched || wrote.error().fault == Fault::busy)) {
      // Nothing was written, so what was ordered is as if it had never been asked.
      committer_.wait_until_idle();
      order_.forget(durable(), recorded_at());
      return refuse(wrote.error());
    }
    if (!wrote) {
      committer_.set_poison(wrote.error());
      return refuse(*poison());
    }
    written.block = std::move(block);
  }
  order_.written(durable());
  written.group = std::move(group);
  return written;
}

}  // namespace fodspor::engine
