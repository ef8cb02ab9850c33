// fodspor bench: what the ledger and its views do on this machine, beside what is wanted of them.
#include "server/bench/bench.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <system_error>

#include "server/cli/commands.h"

namespace fodspor::server {

namespace {

constexpr std::pair<std::string_view, bench::Subject> subjects[] = {
    {"append", bench::Subject::append},   {"size", bench::Subject::size}, {"simulate", bench::Subject::simulate},
    {"rebuild", bench::Subject::rebuild}, {"open", bench::Subject::open}, {"socket", bench::Subject::socket},
};

std::int64_t millionths(double value) {
  return std::llround(value * 1e6);
}

// Three digits say all that a measurement knows.
std::string shown(double value, Language language) {
  if (value >= 1'000) return grouped(std::llround(value), language);
  const double step = value >= 100 ? 1 : value >= 10 ? 10 : value >= 1 ? 100 : 1'000;
  return decimal(std::llround(value * step) * static_cast<std::int64_t>(1e6 / step), language);
}

Cell cell(double value, Tone tone = Tone::plain) {
  return Cell::shown(shown(value, Language::english), shown(value, Language::danish),
                     Document(decimal(millionths(value), Language::english)), tone);
}

class Bench : public Command {
 public:
  About about() const override {
    return {
        "bench",
        About::Group::care,
        {"How fast and how small on this machine, beside raw RocksDB, PostgreSQL and what is wanted",
         "Hvor hurtigt og hvor småt på denne maskine, ved siden af RocksDB selv, PostgreSQL og det ønskede"},
        "Appends are measured in pairs, in turns with RocksDB alone writing the same stored bytes, and run until the indexes have caught "
        "up; those over the socket go in turns with PostgreSQL, if it is installed. Each figure is the middle one of the runs, with the "
        "lowest and the highest. Every measurement is a process of its own. Give "
        "a folder on the disk that the ledger will live on; with --dir, the simulated history stays there for the next time.",
        {{"fodspor bench", "everything, at a million events"},
         {"fodspor bench rebuild --events 10000000 --runs 1", "all views of a large ledger"}}};
  }
  std::vector<Option> options() override {
    return {{"WHAT",
             "",
             "What to measure; all if not given",
             &what_,
             false,
             {"append", "size", "simulate", "rebuild", "open", "socket", "all"}},
            {"--events", "N", "Events of the history; 1000000 if not given", &events_, false, {}},
            {"--runs", "N", "Times that each is measured; 5 if not given", &runs_, false, {}},
            {"--dir",
             "DIR",
             "Where to write, and to keep the history; else a folder in the current one, removed again",
             &directory_,
             false,
             {}},
            {"--memory", "MIB", "Memory for a rebuild, in MiB; 1024 if not given", &memory_mib_, false, {}}};
  }
  std::optional<std::string> mistake() const override {
    if (events_ && (*events_ < 10'000 || *events_ > 1'000'000'000)) return "--events: from 10000 to 1000000000";
    if (runs_ && (*runs_ < 1 || *runs_ > 100)) return "--runs: from 1 to 100";
    if (memory_mib_ && *memory_mib_ < 16) return "--memory: at least 16 MiB are needed";
    return std::nullopt;
  }

  Result<Exit> run(Console& console) override {
    bench::Options options;
    options.directory = directory_ ? std::filesystem::path(*directory_) : std::filesystem::path(fmt::format("fodspor-bench-{}", getpid()));
    options.events = events_.value_or(options.events);
    options.runs = static_cast<std::size_t>(runs_.value_or(options.runs));
    if (memory_mib_) options.memory_bytes = *memory_mib_ << 20;
    options.doing = [&](std::string_view sentence) { console.note(fmt::format("{} …", sentence)); };
    auto answered = measure(console, options);
    if (!directory_) {
      std::error_code error;
      std::filesystem::remove_all(options.directory, error);
    }
    return answered;
  }

 private:
  bool wants(std::string_view name) const { return !what_ || *what_ == "all" || *what_ == name; }

  Result<Exit> measure(Console& console, const bench::Options& options) const {
    Report report("Measured on this machine", "Målt på denne maskine");
    report.fact("runs", {"Runs", "Kørsler"}, Cell::number(static_cast<std::int64_t>(options.runs)));
    if (wants("append")) {
      std::string raw;
      for (const std::string& option : bench::raw_options()) raw += (raw.empty() ? "" : ", ") + option;
      report.fact("raw_options", {"Raw RocksDB", "RocksDB selv"}, Cell::text(std::move(raw)));
    }
    if (wants("socket")) report.fact("postgres", {"PostgreSQL", "PostgreSQL"}, Cell::text(bench::postgres_used()));
    Table& table = report.table("figures", Words{},
                                {{"figure", {"figure", "tal"}, Column::Align::left, false, Column::For::programs},
                                 {"what", {"what", "hvad"}, Column::Align::left, true},
                                 {"events", {"events", "hændelser"}, Column::Align::right},
                                 {"median", {"median", "median"}, Column::Align::right},
                                 {"unit", {"", ""}},
                                 {"low", {"lowest", "lavest"}, Column::Align::right},
                                 {"high", {"highest", "højest"}, Column::Align::right},
                                 {"wanted", {"wanted", "ønsket"}, Column::Align::right},
                                 {"met", {"", ""}}});
    for (const auto& [name, subject] : subjects) {
      if (!wants(name)) continue;
      FODSPOR_TRY(const auto figures, bench::measure(subject, options));
      if (!table.empty()) table.rule();
      for (const bench::Figure& figure : figures) table.add(row(figure));
    }
    console.print(report);
    return Exit::yes;
  }

  static std::vector<Cell> row(const bench::Figure& figure) {
    Cell wanted, met;
    if (figure.wanted) {
      const std::string sign = figure.wanted->bound == bench::Wanted::Bound::at_least ? "≥ " : "≤ ";
      wanted = Cell::shown(sign + shown(figure.wanted->value, Language::english), sign + shown(figure.wanted->value, Language::danish),
                           Document(decimal(millionths(figure.wanted->value), Language::english)));
      met = figure.met() ? Cell::words({"✓ met", "✓ nået"}, "met", Tone::good)
                         : Cell::words({"✗ missed", "✗ ikke nået"}, "missed", Tone::bad);
    }
    return {Cell::text(std::string(figure.key)),
            Cell::words(figure.what, figure.what.en),
            Cell::number(static_cast<std::int64_t>(figure.events)),
            cell(figure.measured.median, Tone::strong),
            Cell::text(std::string(figure.unit)),
            cell(figure.measured.low, Tone::faint),
            cell(figure.measured.high, Tone::faint),
            std::move(wanted),
            std::move(met)};
  }

  std::optional<std::string> what_;
  std::optional<std::uint64_t> events_, runs_, memory_mib_;
  std::optional<std::string> directory_;
};

}  // namespace

std::unique_ptr<Command> bench_command() {
  return std::make_unique<Bench>();
}

}  // namespace fodspor::server
