#include "projections/view_store.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>

#include "engine/storage.h"
#include "projections/row_codec.h"

namespace fodspor::projections {

namespace {

constexpr std::string_view checkpoint_key = "checkpoint";
constexpr std::size_t write_buffer_bytes = 4u << 20;
constexpr std::size_t sum_bytes = 8;

// An empty text may point nowhere, which no Slice may.
rocksdb::Slice slice(std::string_view text) {
  return text.empty() ? rocksdb::Slice() : rocksdb::Slice(text.data(), text.size());
}
std::string_view view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

tl::unexpected<Failure> failed(const rocksdb::Status& status, std::string_view what) {
  const Fault fault = status.IsCorruption() ? Fault::corrupt : Fault::unavailable;
  return fail(fault, "a view's database could not be " + std::string(what) + ": " + status.ToString() +
                         "; if it persists, `fodspor rebuild` makes the view anew");
}

std::string encode_sum(std::int64_t value) {
  std::string bytes(sum_bytes, '\0');
  auto left = static_cast<std::uint64_t>(value);
  for (char& byte : bytes) {
    byte = static_cast<char>(left & 0xffu);
    left >>= 8;
  }
  return bytes;
}

Result<std::int64_t> decode_sum(std::string_view bytes) {
  if (bytes.size() != sum_bytes) return fail(Fault::corrupt, "a sum of a view cannot be read; `fodspor rebuild` makes the view anew");
  std::uint64_t value = 0;
  for (std::size_t i = sum_bytes; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return static_cast<std::int64_t>(value);
}

std::string subject_key(const StreamId& subject) {
  std::string key;
  RowWriter(key).stream(subject);
  return key;
}

Result<Checkpoint> read_checkpoint(rocksdb::DB& db, const rocksdb::ReadOptions& options) {
  std::string bytes;
  const rocksdb::Status status = db.Get(options, slice(checkpoint_key), &bytes);
  if (status.IsNotFound()) return Checkpoint{};
  if (!status.ok()) return failed(status, "read");
  return Checkpoint::decode(bytes);
}

// Rows at one moment: a snapshot of a writing store, or all that a reading one sees.
class StoredRows : public Rows {
 public:
  explicit StoredRows(std::shared_ptr<ViewDatabase> database) : database_(std::move(database)) {
    snapshot_ = database_->db->GetSnapshot();  // nullptr where the database cannot change
    options_.snapshot = snapshot_;
    options_.verify_checksums = true;
  }
  ~StoredRows() override {
    if (snapshot_ != nullptr) database_->db->ReleaseSnapshot(snapshot_);
  }
  StoredRows(const StoredRows&) = delete;
  StoredRows& operator=(const StoredRows&) = delete;

  Status read_position() {
    FODSPOR_TRY(const Checkpoint checkpoint, read_checkpoint(*database_->db, options_));
    position_ = checkpoint.position;
    return {};
  }

  Result<std::optional<std::string>> row(std::string_view key) const override {
    std::string value;
    const rocksdb::Status status = database_->db->Get(options_, database_->rows, slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return failed(status, "read");
    return value;
  }

  Status each_row(std::string_view prefix, const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    const std::unique_ptr<rocksdb::Iterator> at(database_->db->NewIterator(options_, database_->rows));
    for (at->Seek(slice(prefix)); at->Valid() && at->key().starts_with(slice(prefix)); at->Next()) {
      if (!visit(view(at->key()), view(at->value()))) return {};
    }
    if (!at->status().ok()) return failed(at->status(), "read");
    return {};
  }

  Result<std::int64_t> sum(std::string_view key) const override {
    std::string value;
    const rocksdb::Status status = database_->db->Get(options_, database_->sums, slice(key), &value);
    if (status.IsNotFound()) return 0;
    if (!status.ok()) return failed(status, "read");
    return decode_sum(value);
  }

  Status each_sum(std::string_view prefix, const std::function<bool(std::string_view, std::int64_t)>& visit) const override {
    const std::unique_ptr<rocksdb::Iterator> at(database_->db->NewIterator(options_, database_->sums));
    for (at->Seek(slice(prefix)); at->Valid() && at->key().starts_with(slice(prefix)); at->Next()) {
      FODSPOR_TRY(const std::int64_t value, decode_sum(view(at->value())));
      if (!visit(view(at->key()), value)) return {};
    }
    if (!at->status().ok()) return failed(at->status(), "read");
    return {};
  }

  Position position() const override { return position_; }

 private:
  std::shared_ptr<ViewDatabase> database_;
  const rocksdb::Snapshot* snapshot_ = nullptr;
  rocksdb::ReadOptions options_;
  Position position_;
};

}  // namespace

std::string Checkpoint::encoded() const {
  std::string bytes;
  RowWriter writer(bytes);
  writer.number(position.value).event(anchor).number(view_version).number(rows).byte(stopped ? 1 : 0);
  if (stopped) writer.event(stopped->event).number(stopped->position.value).text(stopped->reason);
  return bytes;
}

Result<Checkpoint> Checkpoint::decode(std::string_view bytes) {
  RowReader reader(bytes);
  Checkpoint checkpoint;
  checkpoint.position = {reader.number()};
  checkpoint.anchor = reader.event();
  checkpoint.view_version = reader.number32();
  checkpoint.rows = reader.number();
  if (reader.byte() != 0) {
    Poison poison;
    poison.event = reader.event();
    poison.position = {reader.number()};
    poison.reason = reader.text();
    checkpoint.stopped = std::move(poison);
  }
  FODSPOR_DO(reader.finish("(checkpoint)"));
  return checkpoint;
}

ViewDatabase::~ViewDatabase() {
  if (!db) return;
  for (rocksdb::ColumnFamilyHandle* family : {rows, sums, subjects}) {
    // A handle that was opened is destroyed; the default one belongs to the database.
    if (family != nullptr) static_cast<void>(db->DestroyColumnFamilyHandle(family));
  }
}

rocksdb::Options ViewDatabase::options(rocksdb::Env* env) {
  rocksdb::Options options;
  if (env != nullptr) options.env = env;
  options.write_buffer_size = write_buffer_bytes;
  options.max_open_files = -1;  // a bounded one met missing files in mid-scan beside a writer
  // A view has few files, and threads to open each of them take longer than the opening.
  options.max_file_opening_threads = 1;
  options.max_background_jobs = 2;
  // A rebuilt view lies in as many sorted runs as its buffers were filled. Filters find the one that holds a key, and to merge dozens of
  // them at once would cost a tenth of the rebuild.
  options.level0_file_num_compaction_trigger = 64;
  options.level0_slowdown_writes_trigger = 128;
  options.level0_stop_writes_trigger = 256;
  options.compression = rocksdb::kLZ4Compression;
  options.info_log = std::make_shared<engine::SilentLogger>();
  options.max_total_wal_size = 16u << 20;
  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

Result<std::shared_ptr<ViewDatabase>> ViewDatabase::open(const std::filesystem::path& directory, Mode mode, rocksdb::Env* env) {
  const rocksdb::Options open_options = options(env);
  const std::vector<std::string> names = {"rows", "sums", "subjects"};
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status;
  if (mode == Mode::create) {
    // All families at once: RocksDB writes down its options, and reads them to see that it has, each time that one comes.
    rocksdb::Options create_options = open_options;
    create_options.create_if_missing = true;
    // Nothing is merged in a database that is closed as soon as it is whole: what began would be thrown away.
    create_options.disable_auto_compactions = true;
    status = rocksdb::DB::Open(create_options, directory.string(), &opened);
    if (status.ok()) status = opened->CreateColumnFamilies(create_options, names, &handles);
  } else {
    std::vector<rocksdb::ColumnFamilyDescriptor> families{{rocksdb::kDefaultColumnFamilyName, open_options}};
    for (const std::string& name : names) families.emplace_back(name, open_options);
    status = mode == Mode::read ? rocksdb::DB::OpenForReadOnly(open_options, directory.string(), families, &handles, &opened)
                                : rocksdb::DB::Open(open_options, directory.string(), families, &handles, &opened);
  }
  auto database = std::make_shared<ViewDatabase>();
  database->db.reset(opened);
  if (!status.ok()) {
    for (rocksdb::ColumnFamilyHandle* handle : handles) static_cast<void>(opened->DestroyColumnFamilyHandle(handle));
    return failed(status, "opened");
  }
  if (mode != Mode::create) {
    static_cast<void>(opened->DestroyColumnFamilyHandle(handles.front()));
    handles.erase(handles.begin());
  }
  FODSPOR_CHECK(handles.size() == names.size());
  database->rows = handles[0];
  database->sums = handles[1];
  database->subjects = handles[2];
  return database;
}

ViewStore::ViewStore(std::shared_ptr<ViewDatabase> database)
    : database_(std::move(database)), batch_(std::make_unique<rocksdb::WriteBatch>()) {}

ViewStore::~ViewStore() = default;

Result<std::unique_ptr<ViewStore>> ViewStore::open(const std::filesystem::path& directory, Mode mode) {
  FODSPOR_TRY(auto database, ViewDatabase::open(directory, mode == Mode::read ? ViewDatabase::Mode::read : ViewDatabase::Mode::write));
  std::unique_ptr<ViewStore> store(new ViewStore(std::move(database)));
  FODSPOR_TRY(store->checkpoint_, read_checkpoint(*store->database_->db, {}));
  return store;
}

Status ViewStore::replace(const StreamId& subject, Contribution& now) {
  normalise(now);
  const std::string key = subject_key(subject);
  KeptContribution before;
  std::string bytes;
  const rocksdb::Status status = database_->db->Get({}, database_->subjects, key, &bytes);
  if (!status.ok() && !status.IsNotFound()) return failed(status, "read");
  const bool had = status.ok();
  if (had) {
    FODSPOR_TRY(before, read_kept(bytes));
  }
  // Both sides are sorted by key.
  auto next = now.rows.begin();
  for (const std::string& old_key : before.row_keys) {
    while (next != now.rows.end() && next->first < old_key) ++next;
    if (next == now.rows.end() || next->first != old_key) batch_->Delete(database_->rows, old_key);
  }
  for (const auto& [row_key, value] : now.rows) batch_->Put(database_->rows, row_key, value);
  changed_rows_ += static_cast<std::int64_t>(now.rows.size()) - static_cast<std::int64_t>(before.row_keys.size());
  for (const auto& [sum_key, value] : before.sums) changed_sums_[sum_key] -= value;
  for (const auto& [sum_key, value] : now.sums) changed_sums_[sum_key] += value;

  if (now.rows.empty() && now.sums.empty()) {
    if (had) batch_->Delete(database_->subjects, key);
  } else {
    kept_.clear();
    keep(now, kept_);
    if (!had || kept_ != bytes) batch_->Put(database_->subjects, key, kept_);
  }
  return {};
}

std::size_t ViewStore::pending_bytes() const {
  return batch_->GetDataSize();
}

Status ViewStore::commit(Checkpoint next) {
  for (const auto& [key, change] : changed_sums_) {
    if (change == 0) continue;
    std::string bytes;
    std::int64_t before = 0;
    const rocksdb::Status status = database_->db->Get({}, database_->sums, key, &bytes);
    if (!status.ok() && !status.IsNotFound()) return failed(status, "read");
    if (status.ok()) {
      FODSPOR_TRY(before, decode_sum(bytes));
    }
    if (before + change == 0) {
      batch_->Delete(database_->sums, key);
    } else {
      batch_->Put(database_->sums, key, encode_sum(before + change));
    }
  }
  next.rows = static_cast<std::uint64_t>(static_cast<std::int64_t>(checkpoint_.rows) + changed_rows_);
  batch_->Put(slice(checkpoint_key), next.encoded());
  const rocksdb::Status status = database_->db->Write({}, batch_.get());
  if (!status.ok()) return failed(status, "written");
  checkpoint_ = std::move(next);
  discard();
  return {};
}

void ViewStore::discard() {
  batch_->Clear();
  changed_sums_.clear();
  changed_rows_ = 0;
}

Result<std::unique_ptr<Rows>> ViewStore::rows() const {
  auto rows = std::make_unique<StoredRows>(database_);
  FODSPOR_DO(rows->read_position());
  return rows;
}

}  // namespace fodspor::projections
