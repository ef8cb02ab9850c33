#include "engine/sequencer.h"

#include <pthread.h>

#include <chrono>
#include <utility>

#include "engine/record.h"
#include "events/limits.h"

namespace fodspor::engine {
namespace {

// How long a group waits out a storage stall before its appends are told that the ledger is busy.
constexpr std::chrono::milliseconds stall_wait{2'000};
constexpr std::chrono::milliseconds stall_step{2};

// A group that holds this many events is worth the hand-over to another thread. A few such groups are under way at a time, if they do not
// hold more than that.
constexpr std::size_t large_group_events = 1'000;
constexpr std::size_t under_way_events_max = 32'768;
static_assert(under_way_events_max + limits::group_events_max + Indexes::run_events <= limits::overlay_events_max,
              "there is room for what is under way and the next group as soon as the last run is taken in");

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
      committer_(log, indexes, marks, ring, last, recorded_at),
      thread_([this] { run(); }) {}

Sequencer::~Sequencer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_one();
  thread_.join();
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
    wake = std::exchange(waiting_, false);
  }
  if (wake) queued_.notify_one();
  return group;
}

std::shared_ptr<Group> Sequencer::take() {
  std::unique_lock lock(mutex_);
  while (queue_.empty()) {
    if (stopping_) return nullptr;
    waiting_ = true;
    queued_.wait(lock);
  }
  waiting_ = false;
  std::shared_ptr<Group> group = std::move(queue_.front());
  queue_.pop_front();
  queued_batches_ -= group->items.size();
  queued_bytes_ -= group->bytes;
  return group;
}

void Sequencer::run() {
  ::pthread_setname_np(::pthread_self(), "sequencer");
  while (std::shared_ptr<Group> group = take()) {
    const bool large = group->events >= large_group_events && log_.syncs_apart();
    if (!large || committer_.events_under_way() + group->events > under_way_events_max) committer_.wait_until_idle();
    auto written = write(std::move(group), !large);
    if (!written) continue;
    if (large) {
      committer_.hand_over(std::move(*written));
      committer_.wait_until_taken();  // what is queued meanwhile goes into one group
    } else {
      committer_.commit(std::move(*written));
    }
  }
}

Status Sequencer::foresee(const Group& group) {
  std::vector<const Batch*> batches;
  batches.reserve(group.items.size());
  for (const Item* item : group.items) batches.push_back(&item->batch);
  return order_.foresee(batches);
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
std::optional<WrittenGroup> Sequencer::write(std::shared_ptr<Group> group, bool synced) {
  const auto refuse = [&](const Failure& failure) {
    group->refuse(failure);
    group->answer();
    return std::nullopt;
  };
  if (const auto poisoned = poison()) return refuse(*poisoned);
  if (const auto foreseen = foresee(*group); !foreseen) return refuse(foreseen.error());
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
    if (wrote) wrote = write_out_stalls(*block, synced);
    if (!wrote && (untouched || wrote.error().fault == Fault::busy)) {
      // Nothing was written, so what was ordered is as if it had never been asked.
      committer_.wait_until_idle();
      order_.forget(durable(), recorded_at());
      return refuse(wrote.error());
    }
    if (!wrote) {
      committer_.set_poison(wrote.error(), block->first, block->last());
      return refuse(*poison());
    }
    written.block = std::move(block);
  }
  written.synced = synced;
  order_.written(durable());
  written.group = std::move(group);
  return written;
}

Status Sequencer::write_out_stalls(const Block& block, bool synced) {
  const auto give_up = std::chrono::steady_clock::now() + stall_wait;
  while (true) {
    auto wrote = log_.write(block, synced);
    if (wrote || wrote.error().fault != Fault::busy || std::chrono::steady_clock::now() > give_up) return wrote;
    std::this_thread::sleep_for(stall_step);
  }
}

}  // namespace fodspor::engine
