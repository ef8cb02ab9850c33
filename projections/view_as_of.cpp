#include <algorithm>

#include "projections/runner.h"
#include "projections/view_sinks.h"

namespace fodspor::projections {

Failure unknown_view(std::string_view name) {
  std::string known;
  for (const auto& view : all_views()) known += (known.empty() ? "" : ", ") + std::string(view->name());
  return {Fault::not_found, "there is no view " + std::string(name) + "; there are " + known};
}

Result<bool> measures(std::string_view view) {
  for (const auto& one : all_views()) {
    if (one->name() == view) return one->measures();
  }
  return tl::make_unexpected(unknown_view(view));
}

Result<std::unique_ptr<Rows>> view_as_of(const engine::Ledger& ledger, std::string_view view, const ScanOptions& options) {
  for (auto& one : all_views()) {
    if (one->name() != view) continue;
    MemorySink sink;
    ViewRun run{one.get(), &sink, {}, {}};
    const Position to = std::min(options.as_of.known, ledger.durable());
    FODSPOR_DO(fold_views(ledger, options, to, {&run, 1}));
    return sink.finish(run.position);
  }
  return tl::make_unexpected(unknown_view(view));
}

}  // namespace fodspor::projections
