// The views of one ledger: kept up to date, rebuilt beside the live ones, read. One Runner a ledger directory may write at a time (it
// holds views/lock); others read what it has committed. Not for use from several threads at once, but for Rows, which any may read.
//
// views/<name>@<generation>/ is a RocksDB of its own: rows, sums, each subject's contribution, and the checkpoint, which move in one atomic
// batch. A rebuild writes the next generation and flips by rename.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "projections/view.h"

namespace fodspor::projections {

struct ViewState {
  std::string name;
  Position position;  // of the last event that it has seen
  std::uint64_t generation = 0;
  std::optional<Poison> stopped;  // it serves its last good state
  std::uint64_t rows = 0;
};

struct RebuildOptions {
  std::size_t memory_bytes = 1u << 30;
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;
  std::function<bool()> cancelled;  // asked now and then: true ends it with Fault::cancelled, and what was there stays
  std::vector<std::string> only;    // names; empty: all
};

class Runner {
 public:
  enum class Mode { write, read };
  // Mode::write: Fault::busy if another process holds the views.
  static Result<std::unique_ptr<Runner>> open(const engine::Ledger& ledger, Mode mode);
  ~Runner();

  // Folds the subjects touched since each view's checkpoint; far behind, it rebuilds. A poison event stops its view and is reported by
  // states(), not as a Failure; appended ProjectionSkipped or a retraction of the event lets it go on.
  Status catch_up(const std::function<void(std::uint64_t done, std::uint64_t of)>& progress = {});
  // The same within that memory, until it is cancelled; always of all views.
  Status catch_up(const RebuildOptions& options);
  Status rebuild(const RebuildOptions& options);
  // Digests of the live views against those of a fresh fold that is thrown away; the names of the views that differ.
  Result<std::vector<std::string>> verify(const RebuildOptions& options);

  std::vector<ViewState> states() const;
  Result<std::unique_ptr<Rows>> rows(std::string_view view) const;
  // SHA-256 over all rows and sums that are not zero, in order of key: 32 bytes.
  Result<std::string> digest(std::string_view view) const;

 private:
  class Impl;
  explicit Runner(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Whether the view's rows come from definitions; Fault::not_found, with the names that there are.
Result<bool> measures(std::string_view view);
// A view as of any pair of clocks, folded in memory and thrown away afterwards.
Result<std::unique_ptr<Rows>> view_as_of(const engine::Ledger& ledger, std::string_view view, const ScanOptions& options);
Result<std::string> digest(const Rows& rows);

}  // namespace fodspor::projections
