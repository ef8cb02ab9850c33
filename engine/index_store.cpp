#include "engine/index_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/slice_transform.h>

#include <atomic>

#include "engine/run_writer.h"
#include "engine/segment.h"
#include "engine/storage.h"

namespace fodspor::engine {
namespace {

constexpr std::size_t block_bytes = 8u << 10;
constexpr std::int64_t compaction_bytes_a_second = 96ll << 20;
constexpr double bloom_bits = 10;

rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& cache, bool whole_keys, std::size_t prefix_bytes) {
  rocksdb::ColumnFamilyOptions options;
  rocksdb::BlockBasedTableOptions table = table_options(cache, block_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(bloom_bits));
  table.whole_key_filtering = whole_keys;
  // Nearly every append asks for a request that is not there, and passes the filter of each run: those stay in memory.
  table.metadata_cache_options.unpartitioned_pinning = rocksdb::PinningTier::kAll;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  if (prefix_bytes > 0) options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(prefix_bytes));
  options.compression = rocksdb::kZSTD;
  options.compression_opts.level = 1;
  // Runs overlap everywhere, as ids are random: merging whole runs of like size writes each entry a few times, levels many times.
  options.compaction_style = rocksdb::kCompactionStyleUniversal;
  options.compaction_options_universal.size_ratio = 20;
  options.compaction_options_universal.max_size_amplification_percent = 100;
  options.level0_file_num_compaction_trigger = 12;
  options.level0_slowdown_writes_trigger = 1 << 20;
  options.level0_stop_writes_trigger = 1 << 20;
  options.write_buffer_size = 1u << 20;
  return options;
}

}  // namespace

struct IndexStore::Files {
  Options options;
  Store store;
  std::atomic<std::uint64_t> watermark{0};
  std::unique_ptr<RunWriter> writer;

  rocksdb::ColumnFamilyHandle* family(Family f) const { return store.families[static_cast<std::size_t>(f)]; }
  Result<std::optional<std::string>> get(Family f, const std::string& key) const;
  // `found` is called with each of the keys that is there, by its number, and its value.
  template <class Found>
  Status get_all(Family f, std::span<const std::string> keys, Found found) const;
};

IndexStore::IndexStore(std::unique_ptr<Files> files) : files_(std::move(files)) {}
IndexStore::~IndexStore() = default;

Status IndexStore::remove(const Options& options) {
  rocksdb::Options all(store_options(options.env), {});
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : family_names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  if (const auto status = rocksdb::DestroyDB(options.directory.string(), all, families); !status.ok()) {
    return tl::make_unexpected(failure_of(status, "derived/: removing it"));
  }
  return {};
}

Result<std::unique_ptr<IndexStore>> IndexStore::open(const Options& options) {
  auto files = std::make_unique<Files>();
  files->options = options;
  rocksdb::DBOptions database = store_options(options.env);
  database.max_background_jobs = 2;
  // RocksDB 7.8's own environment in memory asks a limiter through a call that limiters refuse, so one that is given gets none.
  if (options.env == nullptr) database.rate_limiter.reset(rocksdb::NewGenericRateLimiter(compaction_bytes_a_second));
  database.bytes_per_sync = 1u << 20;
  const std::vector<rocksdb::ColumnFamilyDescriptor> families{{family_names[0], family_options(options.cache, true, 0)},
                                                              {family_names[1], family_options(options.cache, false, stream_prefix_bytes)},
                                                              {family_names[2], family_options(options.cache, true, 0)},
                                                              {family_names[3], family_options(options.cache, true, 0)},
                                                              {family_names[4], family_options(options.cache, true, 0)},
                                                              {family_names[5], family_options(options.cache, false, stream_prefix_bytes)}};
  static_assert(family_names.size() == 6);
  const std::string path = options.directory.string();
  rocksdb::DB* db = nullptr;
  rocksdb::Status status;
  if (options.write) {
    status = rocksdb::DB::Open(database, path, families, &files->store.families, &db);
  } else {
    // The writer may merge runs away between our reading its list of files and opening them; then the list is read again.
    for (int attempt = 0; attempt < 10; ++attempt) {
      status = rocksdb::DB::OpenForReadOnly(database, path, families, &files->store.families, &db);
      if (status.ok() || !(status.IsIOError() || status.IsCorruption())) break;
    }
  }
  files->store.db.reset(db);
  if (!status.ok()) {
    Failure failure = failure_of(status, "derived/: opening it");
    if (!options.write && failure.fault == Fault::unavailable) failure.fault = Fault::not_found;
    return tl::make_unexpected(std::move(failure));
  }

  FODSPOR_TRY(const auto format, files->get(Family::meta, std::string(format_key)));
  if (format) {
    const auto number = read_number(*format);
    if (!number) return fail(Fault::corrupt, "derived/: its format is damaged");
    if (*number != derived_format) return fail(Fault::unsupported, "derived/: it has format " + std::to_string(*number));
    FODSPOR_TRY(const auto watermark, files->get(Family::meta, std::string(watermark_key)));
    const auto position = watermark ? read_number(*watermark) : std::nullopt;
    if (!position) return fail(Fault::corrupt, "derived/: its watermark is damaged");
    files->watermark = *position;
  }
  if (options.write) files->writer = std::make_unique<RunWriter>(*files->store.db, files->store.families, options.directory.string());
  std::unique_ptr<IndexStore> store(new IndexStore(std::move(files)));
  return store;
}

Result<std::optional<std::string>> IndexStore::Files::get(Family f, const std::string& key) const {
  std::string value;
  const auto status = store.db->Get({}, family(f), key, &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return tl::make_unexpected(failure_of(status, "derived/: reading an index"));
  return value;
}

template <class Found>
Status IndexStore::Files::get_all(Family f, std::span<const std::string> keys, Found found) const {
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  store.db->MultiGet({}, family(f), keys.size(), slices.data(), values.data(), statuses.data());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return tl::make_unexpected(failure_of(statuses[i], "derived/: reading an index"));
    FODSPOR_DO(found(i, view(values[i])));
  }
  return {};
}

Position IndexStore::watermark() const noexcept {
  return {files_->watermark.load(std::memory_order_acquire)};
}

Status IndexStore::ingest(const Segment& segment) {
  FODSPOR_CHECK(files_->writer && segment.size() > 0 && segment.before() == watermark());
  FODSPOR_DO(files_->writer->ingest(segment));
  files_->watermark.store(segment.last().value, std::memory_order_release);
  return {};
}

Status IndexStore::stream_heads(std::span<const StreamId> streams, std::span<std::optional<Head>> heads) const {
  std::vector<std::string> keys;
  keys.reserve(streams.size());
  for (const StreamId& stream : streams) keys.push_back(stream_prefix(stream));
  return files_->get_all(Family::heads, keys, [&](std::size_t i, std::string_view value) -> Status {
    heads[i] = read_head(value);
    if (heads[i]) return {};
    return fail(Fault::corrupt, "derived/: the head of " + streams[i].text() + " is damaged; remove derived/, and it is built anew");
  });
}

Status IndexStore::first_of_each(std::span<const RequestKey> requests, std::span<std::optional<Position>> first) const {
  std::vector<std::string> keys;
  keys.reserve(requests.size());
  for (const RequestKey request : requests) keys.push_back(request_key(request));
  return files_->get_all(Family::requests, keys, [&](std::size_t i, std::string_view value) -> Status {
    const auto position = read_number(value);
    if (!position || *position == 0) {
      return fail(Fault::corrupt, "derived/: a request's entry is damaged; remove derived/, and it is built anew");
    }
    first[i] = Position{*position};
    return {};
  });
}

Result<std::optional<Head>> IndexStore::programme_head(ProgrammeId programme) const {
  FODSPOR_TRY(const auto value, files_->get(Family::heads, programme_head_key(programme)));
  if (!value) return std::nullopt;
  const auto head = read_head(*value);
  if (!head)
    return fail(Fault::corrupt,
                "derived/: the head of programme " + programme.slug() + " is damaged; remove derived/, and it is built anew");
  return head;
}

Result<std::vector<StreamId>> IndexStore::streams(StreamKind kind) const {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> iterator(files_->store.db->NewIterator(options, files_->family(Family::heads)));
  std::vector<StreamId> streams;
  const char prefix = static_cast<char>(kind);
  for (iterator->Seek(rocksdb::Slice(&prefix, 1)); iterator->Valid() && iterator->key()[0] == prefix; iterator->Next()) {
    const auto stream = read_stream_prefix(view(iterator->key()));
    if (!stream || iterator->key().size() != stream_prefix_bytes) return fail(Fault::corrupt, "derived/: a stream's key is damaged");
    streams.push_back(*stream);
  }
  if (!iterator->status().ok()) return tl::make_unexpected(failure_of(iterator->status(), "derived/: listing streams"));
  return streams;
}

struct IndexStore::Positions::State {
  std::unique_ptr<rocksdb::Iterator> iterator;
  std::string prefix;
  Version from_version{0};  // of a stream
  Position from{0};         // of the others
  std::vector<Position> list;
};

IndexStore::Positions::Positions(std::unique_ptr<State> state) : state_(std::move(state)) {}
IndexStore::Positions::~Positions() = default;
IndexStore::Positions::Positions(Positions&&) noexcept = default;

Result<bool> IndexStore::Positions::next(std::vector<Position>& out) {
  State& state = *state_;
  rocksdb::Iterator& iterator = *state.iterator;
  while (iterator.Valid() && iterator.key().starts_with(state.prefix)) {
    state.list.clear();
    if (!read_positions(view(iterator.value()), state.list)) {
      return fail(Fault::corrupt, "derived/: a list of positions is damaged; remove derived/, and it is built anew");
    }
    std::size_t skipped = 0;
    if (state.from_version.value > 0) {
      const auto version = read_stream_key(view(iterator.key()));
      if (!version) return fail(Fault::corrupt, "derived/: a stream's key is damaged; remove derived/, and it is built anew");
      if (version->value < state.from_version.value)
        skipped = std::min<std::size_t>(state.from_version.value - version->value, state.list.size());
    } else {
      while (skipped < state.list.size() && state.list[skipped] < state.from) ++skipped;
    }
    iterator.Next();
    if (skipped == state.list.size()) continue;
    out.insert(out.end(), state.list.begin() + static_cast<std::ptrdiff_t>(skipped), state.list.end());
    return true;
  }
  if (!iterator.status().ok()) return tl::make_unexpected(failure_of(iterator.status(), "derived/: reading an index"));
  return false;
}

IndexStore::Positions IndexStore::of_stream(const StreamId& stream, Version from) const {
  auto state = std::make_unique<Positions::State>();
  rocksdb::ReadOptions options;
  options.prefix_same_as_start = true;
  state->iterator.reset(files_->store.db->NewIterator(options, files_->family(Family::streams)));
  state->prefix = stream_prefix(stream);
  state->from_version = {std::max<std::uint32_t>(from.value, 1)};
  state->iterator->Seek(state->prefix);
  return Positions(std::move(state));
}

IndexStore::Positions IndexStore::of_type(EventType type, Position from) const {
  auto state = std::make_unique<Positions::State>();
  state->iterator.reset(files_->store.db->NewIterator({}, files_->family(Family::by_type)));
  state->prefix = type_prefix(type);
  state->from = from;
  // The list that holds `from` may start before it.
  state->iterator->SeekForPrev(type_key(type, from));
  if (!state->iterator->Valid() || !state->iterator->key().starts_with(state->prefix)) state->iterator->Seek(state->prefix);
  return Positions(std::move(state));
}

IndexStore::Positions IndexStore::of_subject(const StreamId& subject, Position from) const {
  auto state = std::make_unique<Positions::State>();
  rocksdb::ReadOptions options;
  options.prefix_same_as_start = true;
  state->iterator.reset(files_->store.db->NewIterator(options, files_->family(Family::by_subject)));
  state->prefix = stream_prefix(subject);
  state->from = from;
  state->iterator->Seek(state->prefix);
  return Positions(std::move(state));
}

}  // namespace fodspor::engine
