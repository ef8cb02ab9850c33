#include "engine/ledger.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <chrono>
#include <mutex>

#include "engine/following.h"
#include "engine/indexes.h"
#include "engine/lock.h"
#include "engine/log_store.h"
#include "engine/marks.h"
#include "engine/opening.h"
#include "engine/record.h"
#include "engine/ring.h"
#include "engine/sequencer.h"
#include "engine/walks.h"
#include "engine/written.h"
#include "events/limits.h"

namespace fodspor::engine {
namespace {

constexpr std::int64_t clock_jump_max_micros = 3'600'000'000;

Timestamp system_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
}

Status check_shape(const Batch& batch) {
  const std::size_t count = batch.proposals.size();
  if (count == 0) return fail(Fault::invalid, "an append needs at least one event");
  if (count > limits::batch_events_max) {
    return fail(Fault::too_large, "an append holds " + std::to_string(count) + " events; at most " +
                                      std::to_string(limits::batch_events_max) + " go into one, so split it");
  }
  const RequestKey request =
      batch.copied ? batch.proposals.front().header.id.request : RequestKey::of(batch.request.client, batch.request.request_id);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Header& header = batch.proposals[i].header;
    const auto place = [&] { return "event " + std::to_string(i + 1) + " of " + std::to_string(count); };
    if (header.id.request != request || header.id.index != i || header.batch_size != count) {
      return fail(Fault::invalid, place() + " was encoded for another batch");
    }
    if (header.stream.kind == StreamKind::unspecified || static_cast<std::uint8_t>(header.stream.kind) > stream_kind_max) {
      return fail(Fault::invalid, place() + " names no stream");
    }
    if (batch.proposals[i].packed.size() > limits::proposal_bytes_max) {
      return fail(Fault::too_large, place() + " is larger than " + std::to_string(limits::proposal_bytes_max) + " bytes");
    }
    bytes += batch.proposals[i].packed.size();
  }
  if (bytes > limits::batch_bytes_max) {
    return fail(Fault::too_large, "an append of " + std::to_string(bytes) + " bytes is larger than " +
                                      std::to_string(limits::batch_bytes_max) + "; split it");
  }
  return {};
}

}  // namespace

class Ledger::Impl {
 public:
  std::filesystem::path directory;
  Options options;
  std::unique_ptr<DirectoryLock> lock;
  std::unique_ptr<Marks> marks;
  std::unique_ptr<LogStore> log;
  std::unique_ptr<Indexes> indexes;
  std::unique_ptr<Written> written;
  std::unique_ptr<Ring> ring;
  std::unique_ptr<Sequencer> sequencer;
  std::optional<Position> fixed_end;  // of a damaged log: it does not follow a writer

  bool writes() const noexcept { return options.access == Access::write; }
  Timestamp now() const { return options.now ? options.now() : system_now(); }

  Status make_directories() const;
  Status open_for_writing();
  Status open_for_reading();
  Result<Position> see_durable() const;
  Status check_and_stamp(Batch& batch) const;
  LogStore::Reader reader() const { return LogStore::Reader(*log); }
  void close() noexcept;
};

Status Ledger::Impl::make_directories() const {
  rocksdb::Env* env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  const std::string log_path = log_directory(directory).string();
  if (env->FileExists(log_path + "/CURRENT").ok()) return {};
  // What had a ledger before is not made anew; opening the log says what is wrong with it.
  if (std::filesystem::exists(directory / "marks")) return {};
  if (!options.create) {
    return fail(Fault::not_found, directory.string() + " holds no ledger; `fodspor init` makes one, --ledger names another");
  }
  std::vector<std::string> children;
  if (env->GetChildren(directory.string(), &children).ok()) {
    for (const std::string& child : children) {
      // What a creation that was cut short leaves behind.
      if (child != "." && child != ".." && child != "lock" && child != "marks" && child != "log" && child != "derived") {
        return fail(Fault::invalid, directory.string() + " is not empty and holds no ledger; name an empty or a new directory");
      }
    }
  }
  std::error_code error;
  if (options.env == nullptr) std::filesystem::create_directories(directory, error);
  if (error) return fail(Fault::unavailable, directory.string() + ": " + error.message());
  for (const std::string& path : {directory.string(), log_path}) {
    if (const auto made = env->CreateDirIfMissing(path); !made.ok()) return fail(Fault::unavailable, made.ToString());
  }
  return {};
}

Status Ledger::Impl::open_for_writing() {
  FODSPOR_DO(make_directories());
  // An environment in memory has no directory to lock or to put marks in, and no other process to tell.
  if (std::filesystem::is_directory(directory)) {
    FODSPOR_TRY(lock, DirectoryLock::acquire(directory));
    FODSPOR_TRY(marks, Marks::open(directory, true));
  } else {
    marks = Marks::in_memory();
  }
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(options.memory_bytes / 2);
  FODSPOR_TRY(log, engine::open_for_writing({log_directory(directory), LogStore::Mode::write, options.env, cache, marks.get()}));
  FODSPOR_TRY(const Position last, log->last());
  Timestamp recorded_at;
  if (last.value > 0) {
    LogStore::Reader reading = reader();
    FODSPOR_TRY(const std::string_view value, reading.read(last));
    FODSPOR_TRY(const Stored stored, read_record(value, last));
    recorded_at = stored.placement.recorded_at;
  }
  marks->publish(last);
  FODSPOR_TRY(indexes, Indexes::open({derived_directory(directory), true, options.env, cache}, *log, last));
  written = std::make_unique<Written>(*indexes, *log);
  ring = std::make_unique<Ring>(last);
  sequencer = std::make_unique<Sequencer>(*log, *indexes, *written, *marks, *ring, last, recorded_at);
  return {};
}

Status Ledger::Impl::open_for_reading() {
  auto opened = Marks::open(directory, false);
  if (!opened && opened.error().fault == Fault::not_found) {
    return fail(Fault::not_found, directory.string() + " holds no ledger; `fodspor init` makes one, --ledger names another");
  }
  if (!opened) return tl::make_unexpected(opened.error());
  marks = std::move(*opened);
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(options.memory_bytes / 2);
  const LogStore::Options reading{log_directory(directory), LogStore::Mode::read, options.env, cache, marks.get()};
  auto followed = LogStore::open(reading);
  std::optional<LostRange> lost;
  if (!followed && followed.error().fault == Fault::corrupt) {
    FODSPOR_TRY(lost, find_loss(reading));
  } else if (followed) {
    FODSPOR_DO((*followed)->catch_up());
    FODSPOR_TRY(const Position last, (*followed)->last());
    if (last < marks->durable()) {
      FODSPOR_TRY(lost, find_loss(reading));
    }
  }
  if (lost && !options.before_damage) return fail(Fault::corrupt, describe(*lost));
  if (lost) {
    LogStore::Options sound = reading;
    sound.mode = LogStore::Mode::salvage;
    FODSPOR_TRY(log, LogStore::open(sound));
    fixed_end = Position{lost->first.value - 1};
  } else {
    if (!followed) return tl::make_unexpected(followed.error());
    log = std::move(*followed);
  }
  FODSPOR_TRY(indexes,
              Indexes::open({derived_directory(directory), false, options.env, cache}, *log, fixed_end.value_or(marks->durable())));
  return {};
}

void Ledger::Impl::close() noexcept {
  if (!sequencer) return;
  sequencer->finish();
  const bool sound = !sequencer->poison();
  sequencer.reset();
  if (sound) {
    // Closing has nobody to tell: what is not settled or flushed now is read from the write-ahead log at the next open.
    if (indexes->last().value - indexes->watermark().value > Indexes::kept_in_log_at_close) static_cast<void>(indexes->settle());
    static_cast<void>(log->flush());
    marks->sync();
  }
}

Result<Position> Ledger::Impl::see_durable() const {
  if (writes()) return sequencer->durable();
  if (fixed_end) return *fixed_end;
  const Position durable = marks->durable();
  if (indexes->last() >= durable) return indexes->last();
  FODSPOR_DO(log->catch_up());
  FODSPOR_DO(indexes->extend(durable));
  return durable;
}

Status Ledger::Impl::check_and_stamp(Batch& batch) const {
  if (!writes()) return fail(Fault::unavailable, directory.string() + " is open for reading only");
  FODSPOR_DO(check_shape(batch));
  const Timestamp now_is = now();
  if (batch.time.micros == 0) batch.time = now_is;
  if (options.allow_clock_jump) return {};
  const std::int64_t apart = batch.time.micros - now_is.micros;
  if (apart > clock_jump_max_micros || apart < -clock_jump_max_micros) {
    return fail(Fault::invalid, "the append is dated " + text(batch.time) + " and this machine's clock says " + text(now_is) +
                                    ": more than an hour apart; mend the clock, or allow the jump");
  }
  if (sequencer->recorded_at().micros - now_is.micros > clock_jump_max_micros) {
    return fail(Fault::invalid, "the last event was recorded at " + text(sequencer->recorded_at()) + " and this machine's clock says " +
                                    text(now_is) + ": more than an hour before it; mend the clock, or allow the jump");
  }
  return {};
}

Ledger::Ledger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Ledger::~Ledger() {
  impl_->close();
}

Result<std::unique_ptr<Ledger>> Ledger::open(const std::filesystem::path& directory, Options options) {
  auto impl = std::make_unique<Impl>();
  impl->directory = directory;
  impl->options = std::move(options);
  FODSPOR_DO(impl->writes() ? impl->open_for_writing() : impl->open_for_reading());
  return std::unique_ptr<Ledger>(new Ledger(std::move(impl)));
}

Result<Appended> Ledger::append(Batch batch) {
  FODSPOR_DO(impl_->check_and_stamp(batch));
  return impl_->sequencer->append(std::move(batch));
}

void Ledger::append(Batch batch, std::function<void(Result<Appended>)> done) {
  if (auto checked = impl_->check_and_stamp(batch); !checked) return done(tl::make_unexpected(checked.error()));
  impl_->sequencer->append(std::move(batch), std::move(done));
}

Position Ledger::durable() const noexcept {
  if (impl_->writes()) return impl_->sequencer->durable();
  return impl_->fixed_end ? *impl_->fixed_end : impl_->marks->durable();
}

Result<Version> Ledger::head(const StreamId& stream) const {
  FODSPOR_DO(impl_->see_durable());
  std::optional<Head> head;
  FODSPOR_DO(impl_->indexes->stream_heads({&stream, 1}, {&head, 1}));
  return Version{head ? static_cast<std::uint32_t>(head->count) : 0};
}

Result<std::optional<Position>> Ledger::find(const EventId& id) const {
  FODSPOR_TRY(const auto answer, find_request(id.request));
  if (!answer || id.index > answer->last.value - answer->first.value) return std::nullopt;
  return Position{answer->first.value + id.index};
}

Result<std::optional<Appended>> Ledger::find_request(const RequestKey& request) const {
  FODSPOR_DO(impl_->see_durable());
  std::optional<Position> first;
  FODSPOR_DO(impl_->indexes->first_of_each({&request, 1}, {&first, 1}));
  if (!first) return std::nullopt;
  LogStore::Reader reader = impl_->reader();
  FODSPOR_TRY(const std::string_view value, reader.read(*first));
  FODSPOR_TRY(const Stored stored, read_record(value, *first));
  FODSPOR_TRY(const Header header, read_header(stored.packed));
  return Appended{*first, {first->value + header.batch_size - 1}, stored.placement.recorded_at, true};
}

Result<Event> Ledger::read(Position position) const {
  FODSPOR_TRY(const Position durable, impl_->see_durable());
  if (position.value == 0 || position > durable) {
    return fail(Fault::not_found, "there is no event " + std::to_string(position.value) + "; the last is " + std::to_string(durable.value));
  }
  LogStore::Reader reader = impl_->reader();
  FODSPOR_TRY(const std::string_view value, reader.read(position));
  FODSPOR_TRY(const Stored stored, read_record(value, position));
  auto event = Event::decode(stored.packed, stored.placement);
  if (!event) return tl::make_unexpected(at("event " + std::to_string(position.value), event.error()));
  return event;
}

Result<Cursor> Ledger::read_log(Position from, std::optional<Position> to) const {
  FODSPOR_TRY(const Position durable, impl_->see_durable());
  const Position last = std::min(to.value_or(durable), durable);
  return Cursor(impl_->ring ? walk_recent(*impl_->log, *impl_->ring, from, last) : walk_log(*impl_->log, from, last));
}

Result<Cursor> Ledger::read_stream(const StreamId& stream, Version from) const {
  FODSPOR_DO(impl_->see_durable());
  return Cursor(walk_positions(*impl_->log, impl_->indexes->of_stream(stream, from)));
}

Result<Cursor> Ledger::read_type(EventType type, Position from) const {
  FODSPOR_DO(impl_->see_durable());
  return Cursor(walk_positions(*impl_->log, impl_->indexes->of_type(type, from)));
}

Result<Cursor> Ledger::read_subject(const StreamId& subject, Position from) const {
  FODSPOR_DO(impl_->see_durable());
  return Cursor(walk_positions(*impl_->log, impl_->indexes->of_subject(subject, from)));
}

Result<std::vector<StreamId>> Ledger::streams(StreamKind kind) const {
  FODSPOR_DO(impl_->see_durable());
  return impl_->indexes->streams(kind);
}

Result<Feed> Ledger::follow(Position from) const {
  const Impl* impl = impl_.get();
  return Feed(std::make_unique<Feed::Impl>(
      *impl->log, impl->ring.get(), [impl] { return impl->see_durable(); }, Position{std::max<std::uint64_t>(from.value, 1)}));
}

Watch Ledger::watch(std::function<void()> moved) const {
  return impl_->ring ? impl_->ring->watchers().add(std::move(moved)) : Watch();
}

Status Ledger::settle() {
  return impl_->indexes->settle();
}

Result<StoreSizes> Ledger::sizes() const {
  rocksdb::Env* env = impl_->options.env != nullptr ? impl_->options.env : rocksdb::Env::Default();
  StoreSizes sizes;
  const std::pair<std::filesystem::path, std::uint64_t*> stores[] = {{log_directory(impl_->directory), &sizes.log_bytes},
                                                                     {derived_directory(impl_->directory), &sizes.derived_bytes}};
  for (const auto& [directory, bytes] : stores) {
    std::vector<rocksdb::Env::FileAttributes> files;
    const auto status = env->GetChildrenFileAttributes(directory.string(), &files);
    if (!status.ok() && !status.IsNotFound()) return fail(Fault::unavailable, directory.string() + ": " + status.ToString());
    for (const auto& file : files) *bytes += file.size_bytes;
  }
  return sizes;
}

const std::filesystem::path& Ledger::directory() const noexcept {
  return impl_->directory;
}

}  // namespace fodspor::engine
