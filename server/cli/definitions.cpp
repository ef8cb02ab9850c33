// fodspor definitions: the catalogue of outcome definitions.
#include <fmt/format.h>

#include <ostream>

#include "projections/measure.h"
#include "projections/subjects.h"
#include "server/cli/commands.h"
#include "server/cli/kpi_table.h"
#include "server/cli/library.h"

namespace fodspor::server {

namespace {

constexpr auto left = Column::Align::left;

class Definitions : public Command {
 public:
  About about() const override {
    return {"definitions",
            About::Group::figures,
            {"The catalogue of outcome definitions", "Kataloget over resultatdefinitioner"},
            "list shows those that ship with the program and those approved in the ledger, if there is one; show prints one as TOML; check "
            "reads a file and says what is wrong with it, with line and column.",
            {{"fodspor definitions list", "the catalogue"},
             {"fodspor definitions show esf.cr06 > mine.toml", "a definition to start from"},
             {"fodspor definitions check mine.toml", "is it a definition, and which?"}}};
  }
  std::vector<Option> options() override {
    return {{"ACTION", "", "What to do", &action_, true, {"list", "show", "check"}},
            {"NAME", "", "show: a definition's id, or id@version; check: a file", &names_, false, {}}};
  }
  std::optional<std::string> mistake() const override {
    if (action_ == "list" && !names_.empty()) return "list takes no name";
    if (action_ == "show" && names_.size() != 1) return "show takes one definition's id";
    if (action_ == "check" && names_.empty()) return "check takes a FILE";
    return std::nullopt;
  }

  // They are part of no programme, and belong to whoever evaluates them.
  std::optional<Asking> asking() const override {
    return action_ == "check" ? std::nullopt : std::optional(Asking{Operation::evaluate, std::nullopt});
  }

  Result<Exit> run(Console& console) override {
    auto library = projections::Library::shipped();
    std::optional<Position> position;
    projections::Context context;
    // The catalogue can be read without a ledger; with one, what is approved there is part of it.
    if (std::filesystem::exists(console.settings().ledger)) {
      FODSPOR_TRY(const auto ledger, console.open(engine::Access::read));
      position = ledger->durable();
      FODSPOR_TRY(context, projections::load_context(*ledger, {*position, {}}));
      FODSPOR_DO(library.add_approved(context));
    }
    if (action_ == "list") return list(console, library, context, position);
    if (action_ == "show") return show(console, library);
    return check(console, library);
  }

 private:
  static Result<Exit> list(Console& console, const projections::Library& library, const projections::Context& context,
                           std::optional<Position> position) {
    Report report;
    if (position) report.answered_at(*position);
    Table& table = report.table("definitions", Words{},
                                {{"id", {"id", "id"}},
                                 {"version", {"version", "version"}},
                                 {"unit", {"of each", "for hver"}},
                                 {"title", {"title", "titel"}, left, true},
                                 {"source", {"source", "kilde"}, left, false, Column::For::programs},
                                 {"approved", {"approved", "godkendt"}},
                                 {"hash", {"hash", "hash"}, left, false, Column::For::programs}});
    for (const auto& definition : library.all()) {
      const bool approved = context.definitions.contains({definition.id(), definition.version()});
      table.add({Cell::text(definition.id(), Tone::strong), Cell::text(definition.version()),
                 Cell::text(std::string(name(definition.unit()))), both(definition.title()), Cell::text(definition.source_document()),
                 approved ? Cell::shown("✓", "✓", true, Tone::good) : Cell::shown("", "", false), Cell::text(hex_of(definition.hash()))});
    }
    console.print(report);
    return Exit::yes;
  }

  Result<Exit> show(Console& console, projections::Library& library) const {
    FODSPOR_TRY(const auto definition, find_definition(library, names_.front(), console.world()));
    if (console.settings().format == Format::text) {
      console.world().out << definition.toml();
      if (!definition.toml().ends_with('\n')) console.world().out << '\n';
      console.note("hash " + hex_of(definition.hash()));
      return Exit::yes;
    }
    console.print(about(definition, true));
    return Exit::yes;
  }

  Result<Exit> check(Console& console, projections::Library& library) const {
    for (const auto& file : names_) {
      if (!file.ends_with(".toml")) return fail(Fault::invalid, fmt::format("{}: a definition's file ends in .toml", file));
      FODSPOR_TRY(const auto definition, find_definition(library, file, console.world()));
      if (auto measure = projections::Measure::compile(definition); !measure) {
        return tl::make_unexpected(at(file, std::move(measure).error()));
      }
      console.print(about(definition, false));
    }
    return Exit::yes;
  }

  static Report about(const projections::Definition& definition, bool whole) {
    Report report(definition.title().in(false), definition.title().in(true));
    report.fact("id", {"Definition", "Definition"}, Cell::text(definition.id()));
    report.fact("version", {"Version", "Version"}, Cell::text(definition.version()));
    report.fact("unit", {"Of each", "For hver"}, Cell::text(std::string(name(definition.unit()))));
    report.fact("source", {"Source", "Kilde"}, Cell::text(definition.source_document()));
    report.fact("hash", {"Hash", "Hash"}, Cell::text(hex_of(definition.hash())));
    if (whole) report.data("toml", definition.toml());
    return report;
  }

  std::string action_;
  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<Command> definitions_command() {
  return std::make_unique<Definitions>();
}

}  // namespace fodspor::server
