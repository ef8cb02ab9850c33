#include "engine/indexes.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>

#include "engine/record.h"
#include "events/limits.h"

namespace fodspor::engine {
namespace {

// After a run could not be written, for want of space perhaps, it is tried again.
constexpr std::chrono::seconds retry_after{2};

static_assert(Indexes::run_events + limits::group_events_max <= limits::overlay_events_max);

}  // namespace

Indexes::Indexes(IndexStore::Options options, const LogStore& log, std::shared_ptr<IndexStore> store)
    : options_(std::move(options)),
      log_(log),
      store_(std::move(store)),
      growing_(std::make_unique<Segment>(store_ ? store_->watermark() : Position{})) {}

Result<std::unique_ptr<Indexes>> Indexes::open(const IndexStore::Options& options, const LogStore& log, Position durable) {
  auto store = IndexStore::open(options);
  const bool stale = store && (*store)->watermark() > durable;
  const bool unusable = !store && (store.error().fault == Fault::corrupt || store.error().fault == Fault::unsupported);
  if (options.write && (stale || unusable)) {
    // Everything in derived/ follows from the log: rather than mended, it is made again.
    if (store) store->reset();
    FODSPOR_DO(IndexStore::remove(options));
    store = IndexStore::open(options);
  }
  const bool without = !options.write && (stale || unusable || (!store && store.error().fault == Fault::not_found));
  if (!store && !without) return tl::make_unexpected(store.error());

  std::shared_ptr<IndexStore> shared;
  if (!without) shared = std::move(*store);
  std::unique_ptr<Indexes> indexes(new Indexes(options, log, std::move(shared)));
  FODSPOR_DO(indexes->read_log(durable));
  if (options.write) {
    Indexes* self = indexes.get();
    indexes->builder_ = std::jthread([self](const std::stop_token& stop) { self->build_runs(stop); });
  }
  return indexes;
}

Indexes::~Indexes() {
  if (!builder_.joinable()) return;
  builder_.request_stop();
  builder_.join();
}

Status Indexes::read_log(Position to) {
  LogStore::Walk walk(log_, {growing_->last().value + 1}, to);
  while (true) {
    FODSPOR_TRY(const auto value, walk.next());
    if (!value) return {};
    FODSPOR_TRY(const Stored stored, read_record(*value, {growing_->last().value + 1}));
    auto header = read_header(stored.packed);
    if (!header) return tl::make_unexpected(at("event " + std::to_string(stored.placement.position.value), header.error()));
    growing_->add(*header, stored.placement);
    if (options_.write && growing_->size() >= run_events) {
      FODSPOR_DO(store_->ingest(*growing_));
      growing_ = std::make_unique<Segment>(store_->watermark());
    }
  }
}

void Indexes::cut_locked() {
  if (building_ || growing_->size() == 0) return;
  building_ = std::move(growing_);
  growing_ = std::make_unique<Segment>(building_->last());
  changed_.notify_all();
}

Status Indexes::make_room(std::size_t events) {
  std::shared_lock lock(mutex_);
  const auto held = [this] { return growing_->size() + (building_ ? building_->size() : 0); };
  while (held() + events > limits::overlay_events_max) {
    if (build_failure_) return tl::make_unexpected(*build_failure_);
    changed_.wait(lock);
  }
  return {};
}

void Indexes::publish(std::span<const Ordered> events) {
  const std::unique_lock lock(mutex_);
  for (const Ordered& event : events) growing_->add(*event.header, *event.placement);
  if (growing_->size() >= run_events) cut_locked();
}

void Indexes::build_runs(const std::stop_token& stop) {
  ::pthread_setname_np(::pthread_self(), "indexes");
  std::unique_lock lock(mutex_);
  while (true) {
    // Room has to be made even if nobody adds to the segment that grew full meanwhile.
    if (!building_ && growing_->size() >= run_events) cut_locked();
    changed_.wait(lock, stop, [this] { return building_ != nullptr; });
    if (!building_) return;
    const std::shared_ptr<IndexStore> store = store_;
    const Segment& segment = *building_;
    lock.unlock();
    auto ingested = store->ingest(segment);
    lock.lock();
    if (ingested) {
      building_.reset();
      build_failure_.reset();
      changed_.notify_all();
      continue;
    }
    build_failure_ = ingested.error();
    changed_.notify_all();
    if (changed_.wait_for(lock, stop, retry_after, [this] { return build_again_; })) build_again_ = false;
    if (stop.stop_requested()) return;
  }
}

Status Indexes::settle() {
  std::unique_lock lock(mutex_);
  if (!options_.write) return fail(Fault::unavailable, "derived/: this process only reads");
  const Position target = growing_->last();
  build_failure_.reset();
  build_again_ = true;
  changed_.notify_all();
  while (store_->watermark() < target || building_) {
    cut_locked();
    if (build_failure_) return tl::make_unexpected(*build_failure_);
    if (store_->watermark() >= target) break;
    changed_.wait(lock);
  }
  build_again_ = false;
  return {};
}

Status Indexes::extend(Position durable) {
  const std::unique_lock lock(mutex_);
  if (growing_->last() >= durable) return {};
  if (durable.value - growing_->before().value > limits::overlay_events_max) {
    // The writer has written further runs meanwhile.
    auto newer = IndexStore::open(options_);
    if (newer && (*newer)->watermark() > growing_->before() && (*newer)->watermark() <= durable) {
      store_ = std::move(*newer);
      growing_ = std::make_unique<Segment>(store_->watermark());
    }
  }
  return read_log(durable);
}

Position Indexes::last() const {
  const std::shared_lock lock(mutex_);
  return growing_->last();
}

Position Indexes::watermark() const {
  const std::shared_lock lock(mutex_);
  return store_ ? store_->watermark() : Position{};
}

// What the segments in memory do not answer is asked of the store, all at once.
template <class Asked, class Answer, class InMemory, class InStore>
Status Indexes::look_up(std::span<const Asked> asked, std::span<std::optional<Answer>> answers, InMemory in_memory,
                        InStore in_store) const {
  FODSPOR_CHECK(asked.size() == answers.size());
  std::vector<Asked> open;
  std::vector<std::size_t> places;
  std::shared_lock lock(mutex_);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    answers[i] = in_memory(*growing_, asked[i]);
    if (!answers[i] && building_) answers[i] = in_memory(*building_, asked[i]);
    if (answers[i]) continue;
    open.push_back(asked[i]);
    places.push_back(i);
  }
  const std::shared_ptr<IndexStore> store = store_;
  lock.unlock();
  if (!store || open.empty()) return {};
  std::vector<std::optional<Answer>> stored(open.size());
  FODSPOR_DO(in_store(*store, open, stored));
  for (std::size_t i = 0; i < open.size(); ++i) answers[places[i]] = stored[i];
  return {};
}

Status Indexes::stream_heads(std::span<const StreamId> streams, std::span<std::optional<Head>> heads) const {
  return look_up(
      streams, heads, [](const Segment& segment, const StreamId& stream) { return segment.stream_head(stream); },
      [](const IndexStore& store, const auto& open, auto& stored) { return store.stream_heads(open, stored); });
}

Status Indexes::first_of_each(std::span<const RequestKey> requests, std::span<std::optional<Position>> first) const {
  return look_up(
      requests, first, [](const Segment& segment, RequestKey request) { return segment.first_of(request); },
      [](const IndexStore& store, const auto& open, auto& stored) { return store.first_of_each(open, stored); });
}

Result<std::optional<Head>> Indexes::programme_head(ProgrammeId programme) const {
  std::shared_lock lock(mutex_);
  if (const auto head = growing_->programme_head(programme)) return head;
  if (building_) {
    if (const auto head = building_->programme_head(programme)) return head;
  }
  const std::shared_ptr<IndexStore> store = store_;
  lock.unlock();
  if (!store) return std::nullopt;
  return store->programme_head(programme);
}

Result<std::vector<StreamId>> Indexes::streams(StreamKind kind) const {
  std::vector<StreamId> streams;
  std::shared_lock lock(mutex_);
  const std::shared_ptr<IndexStore> store = store_;
  growing_->streams(kind, streams);
  if (building_) building_->streams(kind, streams);
  lock.unlock();
  if (store) {
    FODSPOR_TRY(const std::vector<StreamId> stored, store->streams(kind));
    streams.insert(streams.end(), stored.begin(), stored.end());
  }
  std::sort(streams.begin(), streams.end());
  streams.erase(std::unique(streams.begin(), streams.end()), streams.end());
  return streams;
}

template <class Collect>
Indexes::Positions Indexes::positions(const Collect& collect) const {
  Positions positions;
  const std::shared_lock lock(mutex_);
  positions.store_ = store_;
  positions.watermark_ = building_ ? building_->before() : growing_->before();
  if (building_) collect(*building_, positions.memory_);
  collect(*growing_, positions.memory_);
  return positions;
}

Indexes::Positions Indexes::of_stream(const StreamId& stream, Version from) const {
  Positions found = positions([&](const Segment& segment, std::vector<Position>& out) { segment.of_stream(stream, from, out); });
  if (found.store_) found.stored_.emplace(found.store_->of_stream(stream, from));
  return found;
}

Indexes::Positions Indexes::of_type(EventType type, Position from) const {
  Positions found = positions([&](const Segment& segment, std::vector<Position>& out) { segment.of_type(type, out); });
  std::erase_if(found.memory_, [&](Position position) { return position < from; });
  if (found.store_) found.stored_.emplace(found.store_->of_type(type, from));
  return found;
}

Indexes::Positions Indexes::of_subject(const StreamId& subject, Position from) const {
  Positions found = positions([&](const Segment& segment, std::vector<Position>& out) { segment.of_subject(subject, out); });
  std::erase_if(found.memory_, [&](Position position) { return position < from; });
  if (found.store_) found.stored_.emplace(found.store_->of_subject(subject, from));
  return found;
}

Result<std::optional<Position>> Indexes::Positions::next() {
  while (true) {
    if (taken_ < batch_.size()) {
      const Position position = batch_[taken_++];
      if (in_memory_ || position <= watermark_) return position;
      // The store has taken in more since: that part is held in memory here.
      taken_ = batch_.size();
      stored_.reset();
    }
    batch_.clear();
    taken_ = 0;
    if (stored_) {
      FODSPOR_TRY(const bool more, stored_->next(batch_));
      if (!more) stored_.reset();
    } else if (!in_memory_) {
      in_memory_ = true;
      batch_ = std::move(memory_);
    } else {
      return std::nullopt;
    }
  }
}

}  // namespace fodspor::engine
