// fodspor stat: how large the ledger is, where its heads stand, and how far its views have come.
#include <fmt/format.h>

#include <algorithm>

#include "projections/runner.h"
#include "server/cli/commands.h"
#include "server/cli/event_text.h"

namespace fodspor::server {

namespace {

std::string in_bytes(std::uint64_t bytes, Language language) {
  const std::pair<std::uint64_t, std::string_view> units[] = {{1u << 30, "GiB"}, {1u << 20, "MiB"}, {1u << 10, "KiB"}};
  for (const auto& [size, unit] : units) {
    if (bytes >= size) {
      const std::uint64_t tenths = (bytes * 10 + size / 2) / size;
      return fmt::format("{}{}{} {}", grouped(static_cast<std::int64_t>(tenths / 10), language), language == Language::danish ? ',' : '.',
                         tenths % 10, unit);
    }
  }
  return fmt::format("{} bytes", bytes);
}

Cell size_cell(std::uint64_t bytes) {
  return Cell::shown(in_bytes(bytes, Language::english), in_bytes(bytes, Language::danish), bytes);
}

class Stat : public Command {
 public:
  About about() const override {
    return {"stat",
            About::Group::care,
            {"Size, streams and views of the ledger", "Journalens størrelse, strømme og visninger"},
            {},
            {{"fodspor stat", "the ledger in ./ledger"}, {"fodspor stat --json", "the same for a program"}}};
  }
  std::vector<Option> options() override { return {}; }

  std::optional<Asking> asking() const override { return Asking{Operation::stats, std::nullopt}; }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(const auto ledger, console.open(engine::Access::read));
    const Position end = ledger->durable();
    FODSPOR_TRY(const auto sizes, ledger->sizes());
    Report report("The ledger", "Journalen");
    report.answered_at(end);
    report.fact("ledger", {"Folder", "Mappe"}, Cell::text(std::filesystem::absolute(ledger->directory()).lexically_normal().string()));
    report.fact("events", {"Events", "Hændelser"}, Cell::number(static_cast<std::int64_t>(end.value)));
    if (end.value > 0) {
      FODSPOR_TRY(const Event first, ledger->read(Position{1}));
      FODSPOR_TRY(const Event last, ledger->read(end));
      report.fact("first_recorded_at", {"First recorded", "Først registreret"}, Cell::text(text(first.placement().recorded_at)));
      report.fact("last_recorded_at", {"Last recorded", "Sidst registreret"}, Cell::text(text(last.placement().recorded_at)));
    }
    report.fact("log_bytes", {"The log", "Loggen"}, size_cell(sizes.log_bytes));
    report.fact("derived_bytes", {"Its indexes", "Dens registre"}, size_cell(sizes.derived_bytes));
    if (end.value > 0) {
      report.fact("bytes_an_event", {"Bytes an event", "Bytes pr. hændelse"},
                  Cell::number(static_cast<std::int64_t>((sizes.log_bytes + sizes.derived_bytes) / end.value)));
    }
    Table& streams = report.table("streams", {"Streams", "Strømme"},
                                  {{"kind", {"of", "af"}}, {"streams", {"streams", "strømme"}, Column::Align::right}});
    for (std::uint8_t k = 1; k <= stream_kind_max; ++k) {
      const auto kind = static_cast<StreamKind>(k);
      FODSPOR_TRY(const auto ids, ledger->streams(kind));
      if (!ids.empty()) streams.add({Cell::words(name_of(kind, true), name(kind)), Cell::number(static_cast<std::int64_t>(ids.size()))});
    }
    FODSPOR_DO(add_views(report, console, *ledger, end));
    console.print(report);
    return Exit::yes;
  }

 private:
  static Status add_views(Report& report, const Console& console, const engine::Ledger& ledger, Position end) {
    std::vector<projections::ViewState> states;
    if (console.asked() != nullptr) {
      states = console.asked()->views.states;
    } else {
      FODSPOR_TRY(const auto runner, projections::Runner::open(ledger, projections::Runner::Mode::read));
      states = runner->states();
    }
    Table& views = report.table("views", {"Views", "Visninger"},
                                {{"view", {"view", "visning"}},
                                 {"position", {"has seen", "har set"}, Column::Align::right},
                                 {"behind", {"behind", "bagud"}, Column::Align::right},
                                 {"rows", {"rows", "rækker"}, Column::Align::right},
                                 {"generation", {"generation", "generation"}, Column::Align::right},
                                 {"stopped", {"stopped at", "standset ved"}, Column::Align::right}});
    for (const auto& state : states) {
      const auto count = [](std::uint64_t n) { return Cell::number(static_cast<std::int64_t>(n)); };
      views.add({Cell::text(state.name), count(state.position.value), count(end.value - std::min(end.value, state.position.value)),
                 count(state.rows), count(state.generation), state.stopped ? count(state.stopped->position.value) : Cell()});
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<Command> stat_command() {
  return std::make_unique<Stat>();
}

}  // namespace fodspor::server
