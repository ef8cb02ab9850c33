#include "projections/view_build.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <map>
#include <system_error>

#include "projections/row_codec.h"

namespace fodspor::projections {

namespace {

tl::unexpected<Failure> failed(const rocksdb::Status& status) {
  return fail(Fault::unavailable, "a rebuilt view could not be written: " + status.ToString() + "; see that the disk has room");
}

// Sorted, the entries lie all over the buffer, and each would be waited for in turn. So the processor is told of those to come.
constexpr std::size_t fetched_ahead = 16;

// Entries name their place in 32 bits.
constexpr std::size_t buffer_bytes_max = 256u << 20;

// Eight bytes of a key from a place on, as a number; what lies behind its end counts as zero.
std::uint64_t part_of(std::string_view key, std::size_t from) {
  std::uint64_t part = 0;
  for (std::size_t i = from; i < from + sizeof part; ++i) part = part << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0u);
  return part;
}

// Fewer are compared whole.
constexpr std::size_t sorted_by_parts_min = 16;
// Keys that are alike for longer are compared whole too.
constexpr std::size_t sorted_by_parts_max = 64;

}  // namespace

SortedRuns::SortedRuns(rocksdb::Env* env, std::filesystem::path prefix, std::size_t buffer_bytes)
    : env_(env), prefix_(std::move(prefix)), buffer_bytes_(std::min(buffer_bytes, buffer_bytes_max)) {}

Status SortedRuns::add(std::string_view key, std::string_view value) {
  if (bytes_.size() + entries_.size() * sizeof(Entry) + key.size() + value.size() > buffer_bytes_) FODSPOR_DO(flush());
  if (bytes_.capacity() == 0) bytes_.reserve(1u << 16);
  entries_.push_back({part_of(key, 0), static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(key.size()),
                      static_cast<std::uint32_t>(value.size())});
  bytes_.append(key).append(value);
  return {};
}

// By key. Their parts are those from `known` on, and what lies before is the same in all of them.
void SortedRuns::sort(std::span<Entry> entries, std::size_t known) const {
  if (entries.size() < sorted_by_parts_min || known > sorted_by_parts_max) {
    std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) { return key_of(a) < key_of(b); });
    return;
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.part < b.part; });
  for (std::size_t first = 0; first < entries.size();) {
    std::size_t end = first + 1;
    while (end < entries.size() && entries[end].part == entries[first].part) ++end;
    const std::span<Entry> alike = entries.subspan(first, end - first);
    if (alike.size() > 1) {
      const std::size_t next = known + sizeof(Entry::part);
      for (Entry& entry : alike) entry.part = part_of(key_of(entry), next);
      sort(alike, next);
    }
    first = end;
  }
}

Status SortedRuns::flush() {
  if (entries_.empty()) return {};
  const std::string_view all = bytes_;
  sort(entries_, 0);

  const std::string file = prefix_.string() + "-" + std::to_string(files_.size()) + ".sst";
  // What is written is read next, when the database takes it in, so it stays in the system's cache of pages.
  constexpr bool drop_from_page_cache = false;
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), ViewDatabase::options(env_), nullptr, drop_from_page_cache);
  rocksdb::Status status = writer.Open(file);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!status.ok()) return failed(status);
    if (i + fetched_ahead < entries_.size()) __builtin_prefetch(all.data() + entries_[i + fetched_ahead].at);
    const Entry& entry = entries_[i];
    const std::string_view key = key_of(entry);
    const std::string_view value = all.substr(entry.at + entry.key_bytes, entry.value_bytes);
    status = writer.Put(rocksdb::Slice(key.data(), key.size()), rocksdb::Slice(value.data(), value.size()));
  }
  if (status.ok()) status = writer.Finish();
  if (!status.ok()) return failed(status);
  files_.push_back(file);
  entries_.clear();
  bytes_.clear();
  return {};
}

void Sums::add(std::string_view key, std::int64_t value) {
  if (slots_.size() < 2 * (sums_.size() + 1)) widen();
  const std::uint64_t hash = std::hash<std::string_view>{}(key);
  const auto some = static_cast<std::uint32_t>(hash >> 32);
  for (std::size_t i = hash;; ++i) {
    Slot& slot = slots_[i & (slots_.size() - 1)];
    if (slot.place == 0) {
      sums_.push_back({value, static_cast<std::uint32_t>(keys_.size()), static_cast<std::uint32_t>(key.size())});
      keys_.append(key);
      slot = {some, static_cast<std::uint32_t>(sums_.size())};
      return;
    }
    if (Sum& sum = sums_[slot.place - 1]; slot.hash == some && key_of(sum) == key) {
      sum.value += value;
      return;
    }
  }
}

void Sums::widen() {
  slots_.assign(std::max<std::size_t>(64, 2 * slots_.size()), {});
  for (std::size_t place = 0; place < sums_.size(); ++place) {
    const std::uint64_t hash = std::hash<std::string_view>{}(key_of(sums_[place]));
    std::size_t i = hash & (slots_.size() - 1);
    while (slots_[i].place != 0) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(place + 1)};
  }
}

void Sums::each(const std::function<void(std::string_view key, std::int64_t value)>& visit) const {
  for (const Sum& sum : sums_) visit(key_of(sum), sum.value);
}

ViewBuild::ViewBuild(std::filesystem::path directory, std::size_t buffer_bytes)
    : env_(unsynced_files()),
      directory_(std::move(directory)),
      rows_(env_.get(), directory_ / "rows", buffer_bytes / 2),
      subjects_(env_.get(), directory_ / "subjects", buffer_bytes / 2) {}

Result<std::unique_ptr<ViewBuild>> ViewBuild::begin(const std::filesystem::path& directory, std::size_t buffer_bytes) {
  std::error_code error;
  std::filesystem::remove_all(directory, error);
  if (!error) std::filesystem::create_directories(directory, error);
  if (error) return fail(Fault::unavailable, directory.string() + " cannot be made: " + error.message());
  return std::unique_ptr<ViewBuild>(new ViewBuild(directory, buffer_bytes));
}

Status ViewBuild::add(const StreamId& subject, Contribution& contribution) {
  normalise(contribution);
  if (contribution.rows.empty() && contribution.sums.empty()) return {};
  for (const auto& [key, value] : contribution.rows) FODSPOR_DO(rows_.add(key, value));
  for (const auto& [key, value] : contribution.sums) sums_.add(key, value);
  row_count_ += contribution.rows.size();
  key_.clear();
  RowWriter(key_).stream(subject);
  kept_.clear();
  keep(contribution, kept_);
  return subjects_.add(key_, kept_);
}

Status ViewBuild::finish(Checkpoint checkpoint) {
  FODSPOR_DO(rows_.flush());
  FODSPOR_DO(subjects_.flush());
  FODSPOR_DO(write_database(std::move(checkpoint)));
  return sync_directory(directory_);
}

Status ViewBuild::write_database(Checkpoint checkpoint) {
  FODSPOR_TRY(const auto database, ViewDatabase::open(directory_, ViewDatabase::Mode::create, env_.get()));
  rocksdb::IngestExternalFileOptions ingest;
  ingest.move_files = true;
  ingest.write_global_seqno = false;
  const auto take_in = [&](rocksdb::ColumnFamilyHandle* family, const std::vector<std::string>& files) {
    return files.empty() ? rocksdb::Status::OK() : database->db->IngestExternalFile(family, files, ingest);
  };
  rocksdb::Status status = take_in(database->rows, rows_.files());
  if (status.ok()) status = take_in(database->subjects, subjects_.files());
  if (!status.ok()) return failed(status);

  rocksdb::WriteBatch batch;
  sums_.each([&](std::string_view key, std::int64_t value) {
    if (value == 0) return;
    std::string bytes;
    for (unsigned shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xffu));
    batch.Put(database->sums, rocksdb::Slice(key.data(), key.size()), bytes);
  });
  checkpoint.rows = row_count_;
  // The checkpoint is what makes the build whole, so it is the last to be written.
  batch.Put("checkpoint", checkpoint.encoded());
  status = database->db->Write({}, &batch);
  if (!status.ok()) return failed(status);
  return {};
}

}  // namespace fodspor::projections
