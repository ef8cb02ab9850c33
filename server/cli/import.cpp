// fodspor import: spreadsheets, register tables and JSON lines into events; and an exported log back.
#include "server/intake/import.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <fstream>

#include "replay/export.h"
#include "server/cli/commands.h"
#include "server/cli/input.h"
#include "server/cli/reading.h"
#include "server/cli/remote.h"
#include "server/cli/sending.h"
#include "server/intake/reconcile.h"
#include "server/intake/rows.h"

namespace fodspor::server {

namespace {

using intake::ImportOptions;
using intake::ImportReport;

// An exported log says of each event where it stood; what somebody wrote to be imported cannot.
bool is_exported(std::string_view line) {
  boost::json::error_code error;
  const auto value = boost::json::parse({line.data(), line.size()}, error);
  const auto* object = error ? nullptr : value.if_object();
  return object != nullptr && object->contains("position") && object->contains("batch_size");
}

// Whether a file begins as an exported log does. One of ten million events is read as a stream, never whole.
bool begins_exported(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string line;
  return std::getline(stream, line) && is_exported(line);
}

class Import : public Command {
 public:
  About about() const override {
    return {
        "import",
        About::Group::record,
        {"Events from spreadsheets, register tables or JSON lines", "Hændelser fra regneark, registertabeller eller JSON-linjer"},
        "A mapping says what the columns of a table mean: long, a row an event or a person; wide, a row a person and a column a week or "
        "month. A file that is delivered again adds what is new, corrects what changed, retracts what it no longer says, and repeats "
        "nothing. A file with a mistake is refused whole. An exported log goes back into an empty ledger.",
        {{"fodspor import people.csv --mapping people.toml --dry-run", "what the spreadsheet would change"},
         {"fodspor import people.csv --mapping people.toml", "imports it; the same command imports next month's"},
         {"fodspor import log.jsonl --format jsonl", "JSON lines, or an exported log"}}};
  }
  std::vector<Option> options() override {
    return {{"FILE", "", "The files, one after another; each is imported whole or not at all", &files_, true, {}},
            {"--format", "FORMAT", "If it does not follow from the mapping", &format_, false, {"jsonl", "long", "wide"}},
            {"--mapping", "FILE", "What the columns mean, in TOML", &mapping_, false, {}},
            {"--dry-run", "", "Say what would happen, and write nothing", &dry_run_, false, {}}};
  }
  std::optional<std::string> mistake() const override {
    const bool table = format_ && *format_ != "jsonl";
    if (table && !mapping_) return fmt::format("--format {} needs --mapping FILE, which says what the columns mean", *format_);
    if (format_ && *format_ == "jsonl" && mapping_) return "JSON lines are events already: --mapping does not go with --format jsonl";
    return std::nullopt;
  }

  Result<Exit> run(Console& console) override {
    std::optional<intake::NamedText> mapping;
    if (mapping_) {
      FODSPOR_TRY(const Input input, Input::read(mapping_, console.world()));
      mapping = intake::NamedText{input.name(), input.content()};
    }
    if (!mapping_) {
      for (const auto& file : files_) {
        if (file != "-" && begins_exported(file)) return import_exported(console, file);
      }
    }
    std::vector<Input> inputs;
    for (const auto& file : files_) {
      FODSPOR_TRY(Input input, Input::read(file, console.world()));
      inputs.push_back(std::move(input));
    }
    FODSPOR_TRY(const auto ledger, console.open(dry_run_ ? engine::Access::read : engine::Access::write));

    Report report = empty_report();
    Table& table = add_table(report);
    for (const auto& input : inputs) {
      ImportOptions options;
      options.format = format();
      options.file = {input.name(), input.content()};
      options.mapping = mapping;
      options.dry_run = dry_run_;
      Meter meter(console, {"importing", "importerer"});
      FODSPOR_TRY(const auto imported, intake::import_file(*ledger, options, meter.function()));
      table.add(row(input.name(), imported));
    }
    report.data("dry_run", dry_run_);
    report.answered_at(ledger->durable());
    console.print(report);
    if (!dry_run_) catch_up_views(console, *ledger);
    return Exit::yes;
  }

  bool speaks_to_servers() const override { return true; }
  Result<Exit> run_at(Console& console, Connection& server) override {
    if (mapping_ || (format_ && *format_ != "jsonl")) {
      return fail(
          Fault::unsupported,
          "a table is held against what stands in the ledger, which is done where the ledger is, without --server; JSON lines can be "
          "sent to a server");
    }
    Report report = empty_report();
    Table& table = add_table(report);
    for (const auto& file : files_) {
      if (file != "-" && begins_exported(file)) {
        return fail(Fault::unsupported, fmt::format("{} is an exported log, which goes into an empty ledger and not to a server", file));
      }
      FODSPOR_TRY(const Input input, Input::read(file, console.world()));
      FODSPOR_TRY(const auto imported, send_lines(console, server, input));
      table.add(row(input.name(), imported));
    }
    report.data("dry_run", dry_run_);
    console.print(report);
    return Exit::yes;
  }

 private:
  Report empty_report() const {
    return dry_run_ ? Report("What would be imported", "Hvad der ville blive importeret") : Report("Imported", "Importeret");
  }

  static Table& add_table(Report& report) {
    return report.table("files", Words{},
                        {{"file", {"file", "fil"}, Column::Align::left, true},
                         {"rows", {"rows", "rækker"}, Column::Align::right},
                         {"facts", {"facts", "fakta"}, Column::Align::right},
                         {"added", {"new", "nye"}, Column::Align::right},
                         {"corrected", {"corrected", "rettet"}, Column::Align::right},
                         {"retracted", {"retracted", "trukket tilbage"}, Column::Align::right},
                         {"unchanged", {"unchanged", "uændret"}, Column::Align::right},
                         {"first", {"first at", "første ved"}, Column::Align::right},
                         {"last", {"last at", "sidste ved"}, Column::Align::right}});
  }

  // As of the first delivery: each fact is a request of its own, under an id that says which fact it is, so that another delivery repeats
  // none of them.
  Result<ImportReport> send_lines(Console& console, Connection& server, const Input& input) const {
    constexpr std::string_view space = "jsonl";
    FODSPOR_TRY(const std::string text, intake::to_utf8(input.content(), input.name(), intake::Encoding::utf8));
    FODSPOR_TRY(const auto delivery, intake::json_delivery(text, input.name(), space));
    const auto changes = intake::difference(delivery, intake::Standing(space));
    std::vector<ToSend> events;
    for (const auto& step : changes.steps) events.push_back({fmt::format("{}/{}", space, step.fact->key.hex()), &step.draft});
    std::size_t refused = 0;
    Meter meter(console, {"sending", "sender"});
    auto sent = send_each(server.client(), events, dry_run_, refused, meter.function());
    if (!sent) {
      Failure failure = events.empty() ? std::move(sent).error() : at(changes.steps[refused].fact->place, std::move(sent).error());
      if (refused > 0) failure.message += "; what stands before it was sent, and is not repeated when the file is imported again";
      return tl::make_unexpected(std::move(failure));
    }
    ImportReport report;
    report.rows = delivery.rows;
    report.facts = delivery.facts.size();
    report.added = sent->added;
    report.unchanged = sent->repeated;
    report.first = sent->first;
    report.last = sent->last;
    return report;
  }

  ImportOptions::Format format() const {
    if (!format_) return ImportOptions::Format::by_mapping;
    if (*format_ == "jsonl") return ImportOptions::Format::json_lines;
    return *format_ == "long" ? ImportOptions::Format::long_rows : ImportOptions::Format::wide_rows;
  }

  static std::vector<Cell> row(const std::string& name, const ImportReport& imported) {
    const auto count = [](std::uint64_t n) { return Cell::number(static_cast<std::int64_t>(n)); };
    const auto at = [](Position p) { return p.value == 0 ? Cell() : Cell::number(static_cast<std::int64_t>(p.value)); };
    return {Cell::text(name),          count(imported.rows),      count(imported.facts), count(imported.added), count(imported.corrected),
            count(imported.retracted), count(imported.unchanged), at(imported.first),    at(imported.last)};
  }

  Result<Exit> import_exported(Console& console, const std::string& file) const {
    if (files_.size() > 1) return fail(Fault::invalid, fmt::format("{} is an exported log, which is imported alone", file));
    // It brings its own times of recording, which lie in the past.
    FODSPOR_TRY(const auto ledger, console.open(dry_run_ ? engine::Access::read : engine::Access::write, true));
    if (ledger->durable().value > 0) {
      return fail(Fault::conflict,
                  fmt::format("{} is an exported log and goes into an empty ledger; this one holds {} events: make a new one with "
                              "`fodspor init --ledger DIR`",
                              file, ledger->durable().value));
    }
    Report report(dry_run_ ? "An exported log, not imported" : "An exported log, imported",
                  dry_run_ ? "En eksporteret log, ikke importeret" : "En eksporteret log, importeret");
    report.fact("file", {"File", "Fil"}, Cell::text(file));
    Meter meter(console, dry_run_ ? Words{"reading", "læser"} : Words{"importing", "importerer"});
    std::ifstream lines(file, std::ios::binary);
    FODSPOR_TRY(const auto copied,
                dry_run_ ? replay::check_log(lines, file, meter.function()) : replay::import_log(*ledger, lines, file, meter.function()));
    report.fact("events", {"Events", "Hændelser"}, Cell::number(static_cast<std::int64_t>(copied.events)));
    report.fact("requests", {"Requests", "Anmodninger"}, Cell::number(static_cast<std::int64_t>(copied.requests)));
    report.answered_at(ledger->durable());
    console.print(report);
    if (!dry_run_) catch_up_views(console, *ledger);
    return Exit::yes;
  }

  std::vector<std::string> files_;
  std::optional<std::string> format_, mapping_;
  bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<Command> import_command() {
  return std::make_unique<Import>();
}

}  // namespace fodspor::server
