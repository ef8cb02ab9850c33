#include "engine/log_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/transaction_log.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <span>
#include <thread>

#include "engine/bundle.h"
#include "engine/keys.h"
#include "engine/storage.h"

namespace fodspor::engine {
namespace {

// Small, so that a ledger opens fast after a kill: at most two or three of these are replayed.
constexpr std::size_t write_buffer_bytes = 16u << 20;
constexpr std::size_t block_bytes = 16u << 10;
constexpr std::size_t small_table_bytes = 1u << 20;
constexpr std::size_t small_tables_max = 32;
// RocksDB tells the system not to read ahead in tables; each block would then be a request of its own to the disk.
constexpr std::size_t read_ahead_max = 1u << 20;
constexpr std::size_t read_ahead_min = 64u << 10;
constexpr std::size_t stored_event_bytes = 64;  // about, compressed
// How often storage that is behind is asked again.
constexpr std::chrono::milliseconds stall_step{2};

// Hears of errors in the background and of each new write-ahead log. Called on RocksDB's threads.
class Watch : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = failure_of(*status, "log/: writing its files");
  }
  // Resuming by itself would go on after a sync whose outcome nobody knows.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* auto_recovery) override { *auto_recovery = false; }
  void OnMemTableSealed(const rocksdb::MemTableInfo&) override { set_files_changed(); }
  void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo&) override { set_files_changed(); }

  std::optional<Failure> failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }
  void set_files_changed() noexcept { files_changed_.store(true, std::memory_order_release); }
  bool take_files_changed() noexcept {
    return files_changed_.load(std::memory_order_relaxed) && files_changed_.exchange(false, std::memory_order_acquire);
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Failure> failure_;
  std::atomic<bool> files_changed_{false};
};

rocksdb::ColumnFamilyOptions events_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(cache, block_bytes)));
  options.write_buffer_size = write_buffer_bytes;
  options.max_write_buffer_number = 6;
  // One compression from the flush on, and keys that only rise: every compaction is then a trivial move, and no event is written twice.
  // A denser one takes a sixth off, and as much off the speed of appends and rebuilds.
  options.compression = rocksdb::kLZ4Compression;
  options.level_compaction_dynamic_level_bytes = true;
  options.level0_file_num_compaction_trigger = 2;
  options.level0_slowdown_writes_trigger = 64;
  options.level0_stop_writes_trigger = 128;
  // Each new key goes to the end of the memtable; the hint finds that end without a search.
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  options.paranoid_file_checks = true;
  return options;
}

std::string at_event(std::string_view doing, Position position) {
  return "log/: " + std::string(doing) + " event " + std::to_string(position.value);
}

}  // namespace

struct LogStore::Files {
  Store store;
  Mode mode = Mode::write;
  Marks* marks = nullptr;
  std::shared_ptr<Watch> watch;
  std::vector<Marks::Wal> wals;
  std::mutex catching_up;
  bool syncs_apart = true;  // not in RocksDB's environment in memory, where each write is synced by itself

  rocksdb::ColumnFamilyHandle* meta() const { return store.families[0]; }
  rocksdb::ColumnFamilyHandle* events() const { return store.families[1]; }

  // Which write-ahead logs hold events that are not in tables yet; called after a write into the newest one.
  Status note_wals(Position last);
  Status merge_small_tables() const;
};

// Each opening and closing leaves a table, however small: a ledger that is appended to by short commands would consist of thousands.
Status LogStore::Files::merge_small_tables() const {
  rocksdb::ColumnFamilyMetaData tables;
  store.db->GetColumnFamilyMetaData(events(), &tables);
  std::vector<std::string> small;
  for (const rocksdb::LevelMetaData& level : tables.levels) {
    for (const rocksdb::SstFileMetaData& table : level.files) {
      if (table.size < small_table_bytes) small.push_back(table.name);
    }
  }
  if (small.size() < small_tables_max) return {};
  const auto status = store.db->CompactFiles({}, events(), small, static_cast<int>(tables.levels.size()) - 1);
  // Aborted: one of them is being moved down already; the next closing finds it.
  if (!status.ok() && !status.IsAborted()) return tl::make_unexpected(failure_of(status, "log/: merging small tables"));
  return {};
}

Status LogStore::Files::note_wals(Position last) {
  std::unique_ptr<rocksdb::LogFile> current;
  rocksdb::VectorLogPtr live;
  if (const auto status = store.db->GetCurrentWalFile(&current); !status.ok()) return fail(Fault::unavailable, status.ToString());
  if (const auto status = store.db->GetSortedWalFiles(live); !status.ok()) return fail(Fault::unavailable, status.ToString());
  std::vector<Marks::Wal> kept;
  for (const Marks::Wal& wal : wals) {
    if (wal.number == current->LogNumber()) continue;
    for (const auto& file : live) {
      if (file->LogNumber() == wal.number) kept.push_back(wal);
    }
  }
  kept.push_back({current->LogNumber(), last});
  wals = std::move(kept);
  marks->set_wals(wals);
  return {};
}

LogStore::LogStore(std::unique_ptr<Files> files) : files_(std::move(files)) {}

LogStore::~LogStore() = default;

Result<std::unique_ptr<LogStore>> LogStore::open(const Options& options) {
  auto files = std::make_unique<Files>();
  files->mode = options.mode;
  files->marks = options.marks;
  files->watch = std::make_shared<Watch>();

  rocksdb::DBOptions database = store_options(options.env);
  database.wal_recovery_mode = options.mode == Mode::salvage ? rocksdb::WALRecoveryMode::kPointInTimeRecovery
                                                             : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  database.max_bgerror_resume_count = 0;
  database.max_background_jobs = 2;
  // A table written in one go would be in the way of the next sync of the write-ahead log.
  database.bytes_per_sync = 256u << 10;
  database.listeners.push_back(files->watch);
  // A recovered write-ahead log is written into a synced table at once: after a failed sync its pages may be in memory and not on disk.
  database.avoid_flush_during_recovery = false;
  rocksdb::ColumnFamilyOptions meta;
  meta.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(options.cache, block_bytes)));
  const std::vector<rocksdb::ColumnFamilyDescriptor> families{{rocksdb::kDefaultColumnFamilyName, meta},
                                                              {"events", events_options(options.cache)}};
  const std::string path = options.directory.string();
  // Acknowledged events were here: an empty log in their place would only look like a new ledger.
  const bool held_events = options.marks != nullptr && options.marks->durable().value > 0;
  if (held_events && !database.env->FileExists(path + "/CURRENT").ok()) {
    return fail(Fault::corrupt, "log/: it is gone, or not whole: it has no file CURRENT");
  }
  rocksdb::DB* db = nullptr;
  rocksdb::Status status;
  switch (options.mode) {
    case Mode::write:
      status = rocksdb::DB::Open(database, path, families, &files->store.families, &db);
      break;
    case Mode::read:
      status = rocksdb::DB::OpenAsSecondary(database, path, path, families, &files->store.families, &db);
      break;
    case Mode::salvage:
      status = rocksdb::DB::OpenForReadOnly(database, path, families, &files->store.families, &db);
      break;
  }
  files->store.db.reset(db);
  if (status.IsPathNotFound() && held_events) return fail(Fault::corrupt, "log/: a file of it is missing (" + status.ToString() + ")");
  if (!status.ok()) return tl::make_unexpected(failure_of(status, "log/: opening it"));

  std::string format;
  status = db->Get({}, files->meta(), format_key, &format);
  if (status.IsNotFound() && options.mode == Mode::write) {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    format = number_value(log_format);
    status = db->Put(synced, files->meta(), format_key, format);
    // Out of the write-ahead log, so that it never holds an old one back.
    if (status.ok()) status = db->Flush({}, files->meta());
  }
  if (status.IsNotFound() && held_events) return fail(Fault::corrupt, "log/: a table of it is missing or damaged");
  if (status.IsNotFound()) return fail(Fault::not_found, path + " is not a ledger's log yet");
  if (!status.ok()) return tl::make_unexpected(failure_of(status, "log/: reading its format"));
  const auto number = read_number(format);
  if (!number || *number == 0) return fail(Fault::corrupt, path + ": its format is damaged");
  if (*number != log_format) {
    return fail(Fault::unsupported, path + " has format " + std::to_string(*number) + ", and this fodspor reads format " +
                                        std::to_string(log_format) + "; use the one that wrote it");
  }

  if (options.mode == Mode::write && options.env != nullptr) files->syncs_apart = !db->SyncWAL().IsNotSupported();
  std::unique_ptr<LogStore> store(new LogStore(std::move(files)));
  if (options.mode == Mode::write && options.marks != nullptr) {
    FODSPOR_TRY(const Position last, store->last());
    FODSPOR_DO(store->files_->note_wals(last));
  }
  return store;
}

Status LogStore::write(const Block& block, std::chrono::milliseconds patience) {
  FODSPOR_CHECK(files_->mode == Mode::write && block.size() > 0);
  rocksdb::WriteOptions options;
  options.sync = !files_->syncs_apart;
  options.no_slowdown = true;
  options.protection_bytes_per_key = 8;
  rocksdb::WriteBatch batch(block.bytes.size() + block.size() * 4, 0, options.protection_bytes_per_key, 0);
  for (std::size_t first = 0; first < block.size();) {
    const std::size_t begin = first == 0 ? 0 : block.ends[first - 1];
    std::size_t next = first + 1;
    while (next < block.size() && next - first < bundle_events_max && block.ends[next - 1] - begin < bundle_bytes_max) ++next;
    const std::span<const std::size_t> ends(block.ends.data() + first, next - first);
    const std::string key = event_key({block.first.value + next - 1});
    const std::string head = bundle_head(ends, begin);
    const std::array<rocksdb::Slice, 1> keys{slice(key)};
    const std::array<rocksdb::Slice, 2> values{slice(head), slice(std::string_view(block.bytes).substr(begin, ends.back() - begin))};
    const auto put = batch.Put(files_->events(), {keys.data(), 1}, {values.data(), 2});
    if (!put.ok()) return tl::make_unexpected(failure_of(put, at_event("writing", {block.first.value + first})));
    first = next;
  }
  const auto give_up = std::chrono::steady_clock::now() + patience;
  rocksdb::Status status = files_->store.db->Write(options, &batch);
  while (status.IsIncomplete() && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(stall_step);
    status = files_->store.db->Write(options, &batch);
  }
  if (!status.ok()) {
    return tl::make_unexpected(
        failure_of(status, "log/: writing events " + std::to_string(block.first.value) + " to " + std::to_string(block.last().value)));
  }
  if (files_->marks == nullptr) return {};
  if (files_->watch->take_files_changed()) return files_->note_wals(block.last());
  files_->wals.back().last = block.last();
  files_->marks->extend_last_wal(block.last());
  return {};
}

Status LogStore::sync() {
  if (!files_->syncs_apart) return {};
  const auto status = files_->store.db->SyncWAL();
  if (!status.ok()) return tl::make_unexpected(failure_of(status, "log/: syncing the write-ahead log"));
  return {};
}

Status LogStore::catch_up() {
  FODSPOR_CHECK(files_->mode == Mode::read);
  const std::lock_guard lock(files_->catching_up);
  if (const auto status = files_->store.db->TryCatchUpWithPrimary(); !status.ok()) {
    return tl::make_unexpected(failure_of(status, "log/: following its writer"));
  }
  return {};
}

Result<Position> LogStore::last() const {
  const std::unique_ptr<rocksdb::Iterator> iterator(files_->store.db->NewIterator({}, files_->events()));
  iterator->SeekToLast();
  if (!iterator->status().ok()) return tl::make_unexpected(failure_of(iterator->status(), "log/: finding its end"));
  if (!iterator->Valid()) return Position{};
  const auto position = read_event_key(fodspor::engine::view(iterator->key()));
  if (!position || position->value == 0) return fail(Fault::corrupt, "log/: its last key is damaged; run `fodspor doctor`");
  return *position;
}

struct LogStore::Reader::State {
  std::unique_ptr<rocksdb::Iterator> iterator;
  Bundle bundle;
};

namespace {

rocksdb::ReadOptions options_for(Position from, Position to) {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const std::uint64_t bytes = to < from ? 0 : (to.value - from.value) * stored_event_bytes;
  // A short stretch is left to RocksDB, which reads ahead once it has seen that it is read on.
  if (bytes >= read_ahead_min) options.readahead_size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, read_ahead_max));
  return options;
}

}  // namespace

LogStore::Reader::Reader(const LogStore& store) : Reader(store, rocksdb::ReadOptions()) {}
LogStore::Reader::Reader(const LogStore& store, Position from, Position to) : Reader(store, options_for(from, to)) {}
LogStore::Reader::Reader(const LogStore& store, const rocksdb::ReadOptions& options) : state_(std::make_unique<State>()) {
  state_->iterator.reset(store.files_->store.db->NewIterator(options, store.files_->events()));
}
LogStore::Reader::~Reader() = default;
LogStore::Reader::Reader(Reader&&) noexcept = default;

Result<std::string_view> LogStore::Reader::read(Position position) {
  auto& [iterator, bundle] = *state_;
  if (bundle.holds(position)) return bundle.event(position);
  // The one after the last of a bundle is the first of the next.
  if (position.value > 1 && bundle.holds({position.value - 1})) {
    iterator->Next();
  } else {
    iterator->Seek(slice(event_key(position)));
  }
  const auto missing = [&](const std::string& next) {
    return fail(Fault::corrupt, "log/: event " + std::to_string(position.value) + " is missing" + next + "; run `fodspor doctor`");
  };
  const auto last = iterator->Valid() ? read_event_key(fodspor::engine::view(iterator->key())) : std::nullopt;
  if (!last) {
    bundle = {};  // its bytes were the iterator's, which has left them
    if (!iterator->status().ok()) return tl::make_unexpected(failure_of(iterator->status(), at_event("reading", position)));
    return missing(iterator->Valid() ? ", and a key after it is damaged" : "");
  }
  FODSPOR_DO(bundle.read(*last, fodspor::engine::view(iterator->value())));
  if (!bundle.holds(position)) return missing(", the next is " + std::to_string(bundle.first().value));
  return bundle.event(position);
}

LogStore::Walk::Walk(const LogStore& store, Position from, Position to)
    : reader_(store, from, to), next_(from.value == 0 ? Position{1} : from), to_(to) {}

Result<std::optional<std::string_view>> LogStore::Walk::next() {
  if (next_ > to_) return std::nullopt;
  FODSPOR_TRY(const std::string_view value, reader_.read(next_));
  ++next_.value;
  return value;
}

Status LogStore::flush() {
  FODSPOR_CHECK(files_->mode == Mode::write);
  const auto status = files_->store.db->Flush({}, {files_->meta(), files_->events()});
  if (!status.ok()) return tl::make_unexpected(failure_of(status, "log/: flushing"));
  files_->wals.clear();
  if (files_->marks != nullptr) files_->marks->set_wals({});
  files_->watch->set_files_changed();  // the next write notes where it went
  return files_->merge_small_tables();
}

Status LogStore::verify_checksums() const {
  const auto status = files_->store.db->VerifyChecksum();
  if (!status.ok()) return tl::make_unexpected(failure_of(status, "log/: verifying its tables"));
  return {};
}

std::optional<Failure> LogStore::background_failure() const {
  return files_->watch->failure();
}

}  // namespace fodspor::engine
