// Every subject's history, once, from one scan of the log: what rebuilds, evaluations and as-of answers are made of.
//
// A subject is a stream, or the streams of one merged person. The scan spills events into partitions in a scratch folder, so that memory is
// bounded whatever the log's size; then each partition is grouped and folded. Order of visits: programmes and portfolios, then enterprises,
// staff and networks, then persons; a visit sees the context complete for what comes before it.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "engine/ledger.h"
#include "projections/context.h"
#include "projections/participation.h"

namespace fodspor::projections {

struct Subject {
  const History& history;
  const Person* person;  // of a participant; else nullptr
  const Context& context;
  StreamId id() const noexcept { return history.subject(); }
};

struct ScanOptions {
  AsOf as_of;
  std::size_t memory_bytes = 1u << 30;
  std::filesystem::path scratch;                                       // empty: the ledger's own scratch folder
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;  // events; may be empty
  bool participants = true;                                            // false: only the context's streams
};

// Calls `visit` for each subject. A Failure of `visit` ends the scan. Returns the context and the position that it speaks of.
struct Scanned {
  Context context;
  Position position;
};
Result<Scanned> for_each_subject(const engine::Ledger& ledger, const ScanOptions& options,
                                 const std::function<Status(const Subject&)>& visit);

// The context alone, and one subject alone, through the indexes.
Result<Context> load_context(const engine::Ledger& ledger, const AsOf& as_of);
Result<History> load_history(const engine::Ledger& ledger, const Context& context, StreamId subject, const AsOf& as_of);

}  // namespace fodspor::projections
