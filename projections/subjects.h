// Every subject's history, once, from one scan of the log: what rebuilds, evaluations and as-of answers are made of.
//
// A subject is a stream, or the streams of one merged person. The scan spills events into partitions in a scratch folder, so that memory is
// bounded whatever the log's size; then each partition is grouped and folded. Order of visits: programmes, portfolios, the ledger's own
// streams, enterprises, staff, networks, persons, merged persons; within each by a hash of the id, so that it depends on nothing but who
// there is. Every visit sees the whole context.
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
  std::function<bool()> cancelled;                                     // asked now and then: true ends the scan; may be empty
  bool participants = true;                                            // false: only the context's streams
  std::vector<EventId> skipped;                                        // as History::fold takes them
  // Called once, with the complete context, before the first visit; may be empty. A Failure ends the scan.
  std::function<Status(const Context&)> ready;
};

// Calls `visit` for each subject. A Failure of `visit` ends the scan, and so does `cancelled` (Fault::cancelled). Returns the context and
// the position that it speaks of. A Poison in a subject's history is the visitor's to see; one in a stream that the context is made of is
// Fault::stopped, as without the context no subject can be read (context_poison names it).
struct Scanned {
  Context context;
  Position position;
};
Result<Scanned> for_each_subject(const engine::Ledger& ledger, const ScanOptions& options,
                                 const std::function<Status(const Subject&)>& visit);

// The context alone, and one subject alone, through the indexes.
Result<Context> load_context(const engine::Ledger& ledger, const AsOf& as_of, const std::vector<EventId>* skipped = nullptr);
Result<History> load_history(const engine::Ledger& ledger, const Context& context, StreamId subject, const AsOf& as_of,
                             const std::vector<EventId>* skipped = nullptr);
// The event at which load_context stops, if there is one.
Result<std::optional<Poison>> context_poison(const engine::Ledger& ledger, const AsOf& as_of,
                                             const std::vector<EventId>* skipped = nullptr);

}  // namespace fodspor::projections
