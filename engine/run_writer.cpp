#include "engine/run_writer.h"

#include <rocksdb/sst_file_writer.h>

#include <algorithm>
#include <optional>

#include "engine/segment.h"
#include "engine/storage.h"

namespace fodspor::engine {
namespace {

// One table being written; its file is made with the first entry, as an empty table cannot be taken in.
class RunTable {
 public:
  RunTable(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, std::string path)
      : db_(db), family_(family), path_(std::move(path)), options_(db.GetOptions(family)) {
    options_.compression = rocksdb::kLZ4Compression;  // merging compresses it better; here it would hold up the next run
  }

  Status put(const std::string& key, const std::string& value) {
    if (!writer_) {
      static_cast<void>(db_.GetEnv()->DeleteFile(path_));  // of a process that was killed while it wrote it
      writer_.emplace(rocksdb::EnvOptions(options_), options_, family_);
      if (const auto status = writer_->Open(path_); !status.ok()) return tl::make_unexpected(failure_of(status, "derived/: writing a run"));
    }
    if (const auto status = writer_->Put(key, value); !status.ok())
      return tl::make_unexpected(failure_of(status, "derived/: writing a run"));
    return {};
  }

  Status finish(std::vector<rocksdb::IngestExternalFileArg>& into) {
    if (!writer_) return {};
    if (const auto status = writer_->Finish(); !status.ok()) return tl::make_unexpected(failure_of(status, "derived/: writing a run"));
    rocksdb::IngestExternalFileArg& arg = into.emplace_back();
    arg.column_family = family_;
    arg.external_files = {path_};
    arg.options.move_files = true;
    arg.options.failed_move_fall_back_to_copy = true;
    arg.options.write_global_seqno = false;
    arg.options.snapshot_consistency = false;
    return {};
  }

 private:
  rocksdb::DB& db_;
  rocksdb::ColumnFamilyHandle* family_;
  std::string path_;
  rocksdb::Options options_;
  std::optional<rocksdb::SstFileWriter> writer_;
};

// The entries of a table of ids in the order of their keys: copied, as sorting pointers would miss the cache at every comparison.
template <class Key, class Value>
std::vector<std::pair<Key, Value>> in_order(const Table<Key, Value>& table) {
  std::vector<std::pair<Key, Value>> entries(table.begin(), table.end());
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return entries;
}

// The ids' own order is that of their key bytes: kinds and numbers are stored most significant byte first.
Status write_streams(const Segment& segment, RunTable& streams, RunTable& heads) {
  std::vector<Position> positions;
  for (const auto& [id, found] : in_order(segment.stream_chains())) {
    positions.clear();
    segment.stream_positions(found, positions);
    const std::uint64_t first_version = found.count - found.length + 1;
    for (std::size_t i = 0; i < positions.size(); i += positions_in_list_max) {
      const std::size_t count = std::min(positions_in_list_max, positions.size() - i);
      const Version version{static_cast<std::uint32_t>(first_version + i)};
      FODSPOR_DO(streams.put(stream_key(id, version), positions_value(&positions[i], count)));
    }
    FODSPOR_DO(heads.put(stream_prefix(id), head_value({found.count, positions.back()})));
  }
  for (const auto& [id, found] : in_order(segment.programmes())) FODSPOR_DO(heads.put(programme_head_key(id), head_value(found)));
  return {};
}

Status write_types(const Segment& segment, RunTable& by_type) {
  auto types = segment.types();
  std::sort(types.begin(), types.end());
  std::vector<Position> positions;
  for (const auto& [type, offsets] : types) {
    positions.clear();
    for (const std::uint32_t offset : offsets) positions.push_back(segment.position(offset));
    for (std::size_t i = 0; i < positions.size(); i += positions_in_list_max) {
      const std::size_t count = std::min(positions_in_list_max, positions.size() - i);
      FODSPOR_DO(by_type.put(type_key(type, positions[i]), positions_value(&positions[i], count)));
    }
  }
  return {};
}

Status write_subjects(const Segment& segment, RunTable& by_subject) {
  std::vector<Position> positions;
  for (const auto& [id, found] : in_order(segment.subject_chains())) {
    positions.clear();
    segment.subject_positions(found, positions);
    for (std::size_t i = 0; i < positions.size(); i += positions_in_list_max) {
      const std::size_t count = std::min(positions_in_list_max, positions.size() - i);
      FODSPOR_DO(by_subject.put(subject_key(id, positions[i]), positions_value(&positions[i], count)));
    }
  }
  return {};
}

}  // namespace

Status RunWriter::ingest(const Segment& segment) {
  auto table = [&](Family family) {
    const auto index = static_cast<std::size_t>(family);
    return RunTable(db_, families_[index], directory_ + "/run-" + family_names[index] + ".writing");
  };
  RunTable meta = table(Family::meta);
  RunTable streams = table(Family::streams);
  RunTable heads = table(Family::heads);
  RunTable requests = table(Family::requests);
  RunTable by_type = table(Family::by_type);
  RunTable by_subject = table(Family::by_subject);

  FODSPOR_DO(meta.put(std::string(format_key), number_value(derived_format)));
  FODSPOR_DO(meta.put(std::string(watermark_key), number_value(segment.last().value)));
  FODSPOR_DO(write_streams(segment, streams, heads));
  for (const auto& [id, found] : in_order(segment.requests())) {
    FODSPOR_DO(requests.put(request_key(id), number_value(segment.position(found).value)));
  }
  FODSPOR_DO(write_types(segment, by_type));
  FODSPOR_DO(write_subjects(segment, by_subject));

  std::vector<rocksdb::IngestExternalFileArg> files;
  for (RunTable* written : {&meta, &streams, &heads, &requests, &by_type, &by_subject}) FODSPOR_DO(written->finish(files));
  if (const auto status = db_.IngestExternalFiles(files); !status.ok()) {
    return tl::make_unexpected(failure_of(status, "derived/: taking in a run"));
  }
  return {};
}

}  // namespace fodspor::engine
