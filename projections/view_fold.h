// All subjects folded into views from nothing: what rebuilds, checks and as-of answers share. A poison stops a view before it, unless an
// appended ProjectionSkipped sets the event aside for that view. One thread.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "projections/view.h"

namespace fodspor::projections {

// The events that ProjectionSkipped sets aside, by the view's name, sorted.
class Skips {
 public:
  // As the log says up to `to`.
  static Result<Skips> load(const engine::Ledger& ledger, Position to);
  const std::vector<EventId>& of(std::string_view view) const;

 private:
  std::map<std::string, std::vector<EventId>, std::less<>> by_view_;
  std::vector<EventId> none_;
};

class ViewSink {
 public:
  virtual ~ViewSink() = default;
  virtual Status take(const StreamId& subject, Contribution& contribution) = 0;
  virtual Status restart() = 0;  // forget what was taken: a poison was met, and the fold ends earlier
};

// One view in a fold, and how far it came.
struct ViewRun {
  View* view = nullptr;
  ViewSink* sink = nullptr;
  Position position;
  std::optional<Poison> stopped;
};

// Folds log[1..to] into each run; one that meets a poison at p is folded again over log[1..p-1].
Status fold_views(const engine::Ledger& ledger, const ScanOptions& options, Position to, std::span<ViewRun> runs);

}  // namespace fodspor::projections
