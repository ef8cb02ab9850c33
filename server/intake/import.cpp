#include "server/intake/import.h"

#include <algorithm>
#include <unordered_map>

#include "server/intake/reconcile.h"
#include "server/intake/rows.h"

namespace fodspor::server::intake {
namespace {

constexpr std::size_t batch_events = 1'000;
constexpr std::size_t batch_bytes = 4u << 20;

using Format = ImportOptions::Format;

Result<Delivery> read_delivery(const ImportOptions& options) {
  const bool json = options.format == Format::json_lines || (options.format == Format::by_mapping && !options.mapping);
  if (json) {
    if (options.mapping) {
      return fail(Fault::invalid, options.mapping->name + ": JSON lines are events already and take no mapping: leave --mapping out");
    }
    // A spreadsheet would be twenty lines that are not JSON. Without a word about the format, the first sign tells.
    const std::size_t first = options.file.content.find_first_not_of(" \t\r\n");
    if (options.format == Format::by_mapping && first != std::string::npos &&
        std::string_view("{[").find(options.file.content[first]) == std::string_view::npos) {
      return fail(Fault::invalid, options.file.name +
                                      ": a table needs --mapping FILE.toml, which says what its columns mean; JSON lines "
                                      "begin with {");
    }
    FODSPOR_TRY(const std::string text, to_utf8(options.file.content, options.file.name, Encoding::utf8));
    return json_delivery(text, options.file.name, options.space);
  }
  if (!options.mapping) {
    return fail(Fault::invalid, options.file.name + ": a table needs --mapping FILE.toml, which says what its columns mean");
  }
  FODSPOR_TRY(const Mapping mapping, Mapping::read(options.mapping->content, options.mapping->name));
  const bool wide = mapping.format == Mapping::Format::wide_rows;
  if (options.format != Format::by_mapping && (options.format == Format::wide_rows) != wide) {
    return fail(Fault::invalid, options.mapping->name + ": import.format says \"" + (wide ? "wide" : "long") +
                                    "\", and --format something else: they should agree");
  }
  FODSPOR_TRY(const Table table, read_table(options.file.content, options.file.name, mapping.table));
  if (table.rows.empty() && mapping.whole) {
    return fail(Fault::invalid, options.file.name + ": the file has no rows, and is a whole delivery: it would retract everything");
  }
  return wide ? wide_delivery(table, mapping) : long_delivery(table, mapping);
}

class Appending {
 public:
  Appending(engine::Ledger& ledger, const ImportOptions& options, const Standing& standing, std::string_view space, ImportReport& report)
      : ledger_(ledger), options_(options), standing_(standing), report_(report) {
    // Never twice the same: what was retracted may come again with the same words, and is then another event.
    name_ = std::string(space) + "/" + Id::derived({options.file.content, std::to_string(ledger.durable().value)}).hex();
  }

  Status append(Difference& difference, const ImportProgress& progress) {
    std::size_t bytes = 0;
    for (Difference::Step& step : difference.steps) {
      const std::size_t size = step.draft.message().sizeInWords() * sizeof(std::uint64_t);
      if (drafts_.size() == batch_events || (bytes + size > batch_bytes && !drafts_.empty())) {
        FODSPOR_DO(flush());
        bytes = 0;
        if (progress) progress(report_.appended, difference.steps.size());
      }
      bytes += size;
      drafts_.push_back(std::move(step.draft));
    }
    FODSPOR_DO(flush());
    if (progress) progress(report_.appended, difference.steps.size());
    return {};
  }

 private:
  Status flush() {
    if (drafts_.empty()) return {};
    engine::Batch batch;
    batch.request = {options_.client, name_ + "/" + std::to_string(++batches_)};
    batch.time = options_.time;
    std::unordered_map<StreamId, std::uint32_t> counts;
    for (const Draft& draft : drafts_) ++counts[draft.stream()];
    for (const auto& [stream, count] : counts) {
      // The version at which the stream was read, and what this import has added since.
      const auto [at, is_new] = versions_.emplace(stream, standing_.version(stream).value_or(Version{}));
      batch.expected.push_back(
          {stream, at->second.value == 0 ? engine::Expected::Kind::none : engine::Expected::Kind::exactly, at->second});
      at->second.value += count;
    }
    FODSPOR_TRY(batch.proposals, encode_batch(batch.request, drafts_));
    FODSPOR_TRY(const engine::Appended appended, ledger_.append(std::move(batch)));
    report_.appended += drafts_.size();
    if (report_.first.value == 0) report_.first = appended.first;
    report_.last = appended.last;
    drafts_.clear();
    return {};
  }

  engine::Ledger& ledger_;
  const ImportOptions& options_;
  const Standing& standing_;
  ImportReport& report_;
  std::string name_;
  std::size_t batches_ = 0;
  std::vector<Draft> drafts_;
  std::unordered_map<StreamId, Version> versions_;
};

}  // namespace

Result<ImportReport> import_file(engine::Ledger& ledger, const ImportOptions& options, const ImportProgress& progress) {
  FODSPOR_TRY(const Delivery delivery, read_delivery(options));
  FODSPOR_TRY(const Standing standing, Standing::read(ledger, delivery));
  Difference changes = difference(delivery, standing);
  const auto known = engine::known_to(ledger);
  FODSPOR_DO(check(changes, *known));
  ImportReport report;
  report.rows = delivery.rows;
  report.facts = delivery.facts.size();
  report.added = changes.added;
  report.corrected = changes.corrected;
  report.retracted = changes.retracted;
  report.unchanged = changes.unchanged;
  if (options.dry_run) return report;
  FODSPOR_DO(Appending(ledger, options, standing, delivery.space, report).append(changes, progress));
  return report;
}

}  // namespace fodspor::server::intake
