// fodspor export: the whole log as JSON lines, to be imported into an empty ledger.
#include "replay/export.h"

#include <fmt/format.h>

#include <fstream>
#include <ostream>

#include "server/cli/commands.h"

namespace fodspor::server {

namespace {

class Export : public Command {
 public:
  About about() const override {
    return {
        "export",
        About::Group::care,
        {"The whole log as JSON lines", "Hele loggen som JSON-linjer"},
        "Imported into an empty ledger with `fodspor import --format jsonl`, it gives the same events, ids and times, and views with the "
        "same digests. A file takes its name only when it is whole.",
        {{"fodspor export log.jsonl", "the log as a file"}, {"fodspor export | gzip > log.jsonl.gz", "through a pipe"}}};
  }
  std::vector<Option> options() override {
    return {{"FILE", "", "Where to; - or nothing for standard output", &file_, false, {}},
            {"--to", "POSITION", "Up to there", &to_, false, {}}};
  }
  std::optional<std::string> mistake() const override {
    if (to_ && *to_ == 0) return "--to: positions begin at 1";
    return std::nullopt;
  }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(const auto ledger, console.open(engine::Access::read));
    if (to_ && *to_ > ledger->durable().value) {
      return fail(Fault::not_found, fmt::format("--to {}: the log ends at {}", *to_, ledger->durable().value));
    }
    const auto to = to_ ? std::optional(Position{*to_}) : std::nullopt;
    Meter meter(console, {"exporting", "eksporterer"});
    if (!file_ || *file_ == "-") {
      FODSPOR_TRY(const auto copied, replay::export_log(*ledger, console.world().out, to, meter.function()));
      console.position(copied.last);
      return Exit::yes;
    }
    if (std::filesystem::exists(*file_)) return fail(Fault::invalid, fmt::format("{} exists: choose another name, or remove it", *file_));
    const std::string part = *file_ + ".part";
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    if (!out) return fail(Fault::invalid, fmt::format("{} cannot be written: look at the folder and its permissions", part));
    auto copied = replay::export_log(*ledger, out, to, meter.function());
    out.close();
    std::error_code error;
    if (copied && out) std::filesystem::rename(part, *file_, error);
    if (!copied || !out || error) {
      std::error_code ignored;
      std::filesystem::remove(part, ignored);
      if (!copied) return tl::make_unexpected(std::move(copied).error());
      return fail(Fault::unavailable, fmt::format("{} could not be written whole: is the disk full?", *file_));
    }
    Report report("Exported", "Eksporteret");
    report.answered_at(copied->last);
    report.fact("file", {"File", "Fil"}, Cell::text(*file_));
    report.fact("events", {"Events", "Hændelser"}, Cell::number(static_cast<std::int64_t>(copied->events)));
    report.fact("requests", {"Requests", "Anmodninger"}, Cell::number(static_cast<std::int64_t>(copied->requests)));
    console.print(report);
    return Exit::yes;
  }

 private:
  std::optional<std::string> file_;
  std::optional<std::uint64_t> to_;
};

}  // namespace

std::unique_ptr<Command> export_command() {
  return std::make_unique<Export>();
}

}  // namespace fodspor::server
