// One view's database, of one generation: rows, sums, what each subject contributed, and the checkpoint. One thread writes; Rows taken from
// it see one moment, may be read by any thread, and keep the files alive.
//
// Column families: `rows` key → value, `sums` key → 8 bytes least significant first, `subjects` subject → contribution_codec.h, and in the
// default one the single key "checkpoint". A change and its checkpoint are one atomic batch. No sync: what a crash loses is folded again.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "projections/contribution_codec.h"
#include "projections/view.h"

namespace rocksdb {
class DB;
class ColumnFamilyHandle;
class Env;
class WriteBatch;
struct Options;
}  // namespace rocksdb

namespace fodspor::projections {

struct Checkpoint {
  Position position;  // of the last event that the rows have seen
  EventId anchor;     // that event: a ledger that has another one there is another ledger
  std::uint32_t view_version = 0;
  std::uint64_t rows = 0;
  std::optional<Poison> stopped;  // it may not pass this event

  std::string encoded() const;
  static Result<Checkpoint> decode(std::string_view bytes);
};

// The open database, shared by its store and the Rows taken from it.
struct ViewDatabase {
  std::unique_ptr<rocksdb::DB> db;
  rocksdb::ColumnFamilyHandle* rows = nullptr;
  rocksdb::ColumnFamilyHandle* sums = nullptr;
  rocksdb::ColumnFamilyHandle* subjects = nullptr;
  ~ViewDatabase();

  enum class Mode { read, write, create };
  // Fault::unavailable if it cannot be opened, Fault::corrupt if it is damaged. `env`: borrowed; nullptr: the machine's.
  static Result<std::shared_ptr<ViewDatabase>> open(const std::filesystem::path& directory, Mode mode, rocksdb::Env* env = nullptr);
  static rocksdb::Options options(rocksdb::Env* env = nullptr);
};

class ViewStore {
 public:
  enum class Mode { read, write };
  static Result<std::unique_ptr<ViewStore>> open(const std::filesystem::path& directory, Mode mode);
  ~ViewStore();

  const Checkpoint& checkpoint() const noexcept { return checkpoint_; }

  // Replaces what a subject has contributed. Nothing is written before `commit`; `discard` forgets it. A subject once between two commits.
  Status replace(const StreamId& subject, Contribution& now);
  // What is pending, in bytes: a caller commits before it grows large.
  std::size_t pending_bytes() const;
  // `next.rows` is filled in.
  Status commit(Checkpoint next);
  void discard();

  // A reading store sees what was there when it was opened.
  Result<std::unique_ptr<Rows>> rows() const;

 private:
  explicit ViewStore(std::shared_ptr<ViewDatabase> database);
  std::shared_ptr<ViewDatabase> database_;
  Checkpoint checkpoint_;
  std::unique_ptr<rocksdb::WriteBatch> batch_;
  std::map<std::string, std::int64_t> changed_sums_;
  std::int64_t changed_rows_ = 0;
  std::string kept_;  // scratch
};

}  // namespace fodspor::projections
