// fodspor evaluate: figures of definitions over the whole ledger, with attrition, bounds and breakdown.
#include <fmt/format.h>

#include "projections/measure.h"
#include "server/cli/commands.h"
#include "server/cli/few.h"
#include "server/cli/kpi_table.h"
#include "server/cli/library.h"
#include "server/cli/reading.h"

namespace fodspor::server {

namespace {

using projections::Figure;
using projections::Measure;

constexpr auto left = Column::Align::left;
constexpr auto right = Column::Align::right;

Cell share(const std::array<std::uint64_t, 2>& ratio) {
  return Cell::share(ratio[0], ratio[1]);
}

class Evaluate : public Command {
 public:
  About about() const override {
    return {
        "evaluate",
        About::Group::figures,
        {"Figures of outcome definitions: attrition, bounds, breakdown", "Tal for resultatdefinitioner: frafald, grænser, opdeling"},
        "Who counts is read from the log by the definition, each step of its population a row of the attrition. Unknown is never silently "
        "no: each share comes with unknown as no, as yes, and left out.",
        {{"fodspor evaluate esf.cr06", "in employment six months after leaving, all programmes"},
         {"fodspor evaluate mine.toml --by programme,gender --set hours=10", "a file of one's own, broken down, with a parameter set"},
         {"fodspor evaluate esf.cr06 --known-at 2022-12-31 --json", "the figure as it was known then, for a program"}}};
  }
  std::vector<Option> options() override {
    std::vector<Option> options{{"DEF", "", "A definition's id, id@version, or a .toml file", &names_, true, {}},
                                {"--by", "FIELD,…", "Break down by these", &by_, false, {}},
                                {"--set", "NAME=VALUE", "Set a parameter; may be repeated", &settings_, false, {}},
                                {"--programme", "PROGRAMME", "Only this one", &programme_, false, {}},
                                {"--memory", "MIB", "Memory for the scan, in MiB; 1024 if not given", &memory_mib_, false, {}}};
    clocks_.add_to(options);
    return options;
  }
  std::optional<std::string> mistake() const override {
    for (const auto& setting : settings_) {
      const std::size_t equals = setting.find('=');
      if (equals == 0 || equals == std::string::npos) return fmt::format("--set: '{}': write NAME=VALUE", setting);
    }
    if (memory_mib_ && *memory_mib_ < 16) return "--memory: at least 16 MiB are needed";
    return std::nullopt;
  }

  std::optional<Asking> asking() const override { return Asking{Operation::evaluate, programme_}; }

  Result<Exit> run(Console& console) override {
    if (memory_mib_ && console.asked() != nullptr) {
      return fail(Fault::invalid, "--memory: how much memory a question takes is for the server to say; leave it out");
    }
    FODSPOR_TRY(auto reading, Reading::open(console, clocks_, programme_));
    FODSPOR_TRY(const auto context, reading.context_to_come());
    if (programme_) FODSPOR_DO(known_programme(context, *programme_));
    auto library = projections::Library::shipped();
    FODSPOR_DO(library.add_approved(context));
    FODSPOR_TRY(const auto measures, compile(library, console.world()));
    const Sight sight = console.sight(reading.ledger());
    FODSPOR_TRY(const auto figures, measure(console, reading, measures, sight));
    hides_few_ = sight.hides_few(Operation::evaluate);

    Report report;
    report.answered_at(reading.position());
    report.data("valid_at", reading.today().text());
    add_scope(report, sight);
    add_figures(report, measures, figures);
    add_attrition(report, measures, figures);
    add_strata(report, measures, figures);
    console.print(report);
    return Exit::yes;
  }

 private:
  Result<std::vector<Measure>> compile(projections::Library& library, const World& world) const {
    Measure::Parameters parameters;
    for (const auto& setting : settings_) {
      const std::size_t equals = setting.find('=');
      parameters[setting.substr(0, equals)] = setting.substr(equals + 1);
    }
    std::vector<std::string> breakdown;
    if (by_) {
      std::string_view rest = *by_;
      while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        if (comma != 0) breakdown.emplace_back(rest.substr(0, comma));
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
      }
    }
    std::vector<Measure> measures;
    for (const auto& name : names_) {
      FODSPOR_TRY(const auto definition, find_definition(library, name, world));
      auto measure = Measure::compile(definition, parameters, breakdown.empty() ? definition.breakdown() : breakdown);
      if (!measure) return tl::make_unexpected(at(name, std::move(measure).error()));
      measures.push_back(std::move(*measure));
    }
    return measures;
  }

  Result<std::vector<Figure>> measure(Console& console, const Reading& reading, const std::vector<Measure>& measures,
                                      const Sight& sight) const {
    std::vector<Figure> figures(measures.size());
    Meter meter(console, {"measuring", "måler"});
    auto scan = reading.scan();
    if (memory_mib_) scan.memory_bytes = *memory_mib_ << 20;
    scan.progress = meter.function();
    // Of fewer programmes it is measured as if there were no others.
    std::vector<ProgrammeId> programmes(sight.programmes().begin(), sight.programmes().end());
    if (programme_) programmes = {*programme_};
    std::vector<projections::Verdict> verdicts;
    FODSPOR_TRY(const auto scanned,
                projections::for_each_subject(reading.ledger(), scan, [&](const projections::Subject& subject) -> Status {
                  for (std::size_t i = 0; i < measures.size(); ++i) {
                    verdicts.clear();
                    measures[i].apply(subject, std::span<const ProgrammeId>(programmes), verdicts);
                    figures[i].add(verdicts, measures[i].steps().size());
                  }
                  return {};
                }));
    static_cast<void>(scanned);
    return figures;
  }

  static std::string label(const Measure& measure) { return measure.definition().id() + "@" + measure.definition().version(); }

  // An evaluation of some programmes is of fewer people, and says so.
  void add_scope(Report& report, const Sight& sight) const {
    if (programme_ || !sight.is_limited()) return;
    Document list = Document::list();
    std::string slugs;
    for (const ProgrammeId programme : sight.programmes()) {
      list.push(programme.slug());
      slugs += (slugs.empty() ? "" : ", ") + programme.slug();
    }
    report.data("programmes", std::move(list));
    report.note("Of these programmes alone, for which the token speaks: " + slugs,
                "Kun af disse indsatser, som adgangsnøglen gælder for: " + slugs);
  }

  // Which numbers of a figure may be shown beside one another.
  struct Shown {
    std::vector<bool> units, persons;  // of the attrition, by step
    bool population = false, denominator = false, parts = false, excluded = false;
  };
  Shown shown(const Figure& figure) const {
    Shown shown;
    FewInLine few(hides_few_);
    for (std::size_t s = 0; s < figure.attrition_units.size(); ++s) {
      shown.units.push_back(few.shows(figure.attrition_units[s]));
      shown.persons.push_back(shown.units.back() && few.shows(figure.attrition_persons[s]));
    }
    shown.population = few.shows(figure.population);
    shown.denominator = few.shows(figure.denominator);
    shown.excluded = few.shows(figure.excluded) && few.shows_parts(figure.population, {figure.excluded});
    shown.parts = shown.denominator && few.shows_parts(figure.denominator, {figure.numerator, figure.unknown});
    return shown;
  }

  void add_figures(Report& report, const std::vector<Measure>& measures, const std::vector<Figure>& figures) const {
    Table& table = report.table("figures", {"Figures", "Tal"},
                                {{"definition", {"definition", "definition"}, left, true},
                                 {"title", {"title", "titel"}, left, true},
                                 {"unit", {"of each", "for hver"}, left, false, Column::For::programs},
                                 {"hash", {"hash", "hash"}, left, false, Column::For::programs},
                                 {"population", {"population", "population"}, right},
                                 {"denominator", {"of", "af"}, right},
                                 {"numerator", {"counted", "talt"}, right},
                                 {"unknown", {"unknown", "ukendt"}, right},
                                 {"excluded", {"left out", "udeladt"}, right},
                                 {"share_unknown_as_no", {"as no", "som nej"}, right},
                                 {"share_unknown_as_yes", {"as yes", "som ja"}, right},
                                 {"share_unknown_left_out", {"without", "uden"}, right},
                                 {"weighted_denominator", {"weighted of", "vægtet af"}, right, false, Column::For::programs},
                                 {"weighted_numerator", {"weighted", "vægtet"}, right, false, Column::For::programs},
                                 {"weighted_unknown", {"weighted unknown", "vægtet ukendt"}, right, false, Column::For::programs}});
    for (std::size_t i = 0; i < measures.size(); ++i) {
      const auto& figure = figures[i];
      const auto& definition = measures[i].definition();
      const auto bounds = projections::bounds(figure);
      const Shown may = shown(figure);
      const auto part = [&](Cell cell) { return may.parts ? std::move(cell) : FewInLine::hidden(); };
      table.add({Cell::text(label(measures[i]), Tone::strong), both(definition.title()), Cell::text(std::string(name(definition.unit()))),
                 Cell::text(hex_of(definition.hash())), FewInLine::cell(figure.population, may.population),
                 FewInLine::cell(figure.denominator, may.denominator), FewInLine::cell(figure.numerator, may.parts),
                 FewInLine::cell(figure.unknown, may.parts), FewInLine::cell(figure.excluded, may.excluded), part(share(bounds.as_no)),
                 part(share(bounds.as_yes)), part(share(bounds.left_out)), part(Cell::decimal(figure.weighted_denominator)),
                 part(Cell::decimal(figure.weighted_numerator)), part(Cell::decimal(figure.weighted_unknown))});
      // Weights are worth a line only where they say something: all 1, they repeat the counts.
      if (may.parts && figure.weighted_denominator != static_cast<std::int64_t>(figure.denominator) * 1'000'000) {
        const auto weighted = [&](Language language) {
          return fmt::format("{}: {} / {}", label(measures[i]), decimal(figure.weighted_numerator, language),
                             decimal(figure.weighted_denominator, language));
        };
        report.note("Weighted, " + weighted(Language::english), "Vægtet, " + weighted(Language::danish));
      }
      report.note(fmt::format("{} has the hash {}", label(measures[i]), hex_of(definition.hash())),
                  fmt::format("{} har hash {}", label(measures[i]), hex_of(definition.hash())));
    }
  }

  void add_attrition(Report& report, const std::vector<Measure>& measures, const std::vector<Figure>& figures) const {
    for (std::size_t i = 0; i < measures.size(); ++i) {
      Table& table = report.table("attrition", "Attrition of " + label(measures[i]), "Frafald i " + label(measures[i]),
                                  {{"definition", {"definition", "definition"}, left, false, Column::For::programs},
                                   {"step", {"after step", "efter trin"}},
                                   {"units", {"left", "tilbage"}, right},
                                   {"persons", {"persons", "personer"}, right}});
      const auto& figure = figures[i];
      const Shown may = shown(figure);
      for (std::size_t s = 0; s < figure.attrition_units.size(); ++s) {
        const Cell step = s == 0 ? Cell::words({"(all)", "(alle)"}, "", Tone::faint) : Cell::text(measures[i].steps()[s - 1]);
        table.add({Cell::text(label(measures[i])), step, FewInLine::cell(figure.attrition_units[s], may.units[s]),
                   FewInLine::cell(figure.attrition_persons[s], may.persons[s])});
      }
    }
  }

  void add_strata(Report& report, const std::vector<Measure>& measures, const std::vector<Figure>& figures) const {
    for (std::size_t i = 0; i < measures.size(); ++i) {
      const auto& keys = measures[i].breakdown();
      if (keys.empty()) continue;
      std::vector<Column> columns{{"definition", {"definition", "definition"}, left, false, Column::For::programs}};
      // The measure outlives the report, and so do the names of its breakdown.
      for (const auto& key : keys) columns.push_back({key, {key, key}, left, true});
      columns.insert(columns.end(), {{"denominator", {"of", "af"}, right},
                                     {"numerator", {"counted", "talt"}, right},
                                     {"unknown", {"unknown", "ukendt"}, right},
                                     {"share_unknown_as_no", {"as no", "som nej"}, right},
                                     {"share_unknown_as_yes", {"as yes", "som ja"}, right}});
      Table& table = report.table("breakdown", label(measures[i]) + " broken down", label(measures[i]) + " opdelt", std::move(columns));
      for (const auto& [values, counts] : figures[i].strata) {
        std::vector<Cell> row{Cell::text(label(measures[i]))};
        for (const auto& value : values)
          row.push_back(value.empty() ? Cell::words({"not said", "ikke oplyst"}, "", Tone::faint) : Cell::text(value));
        const auto& [denominator, numerator, unknown] = counts;
        const bool parts = FewInLine(hides_few_).shows_parts(denominator, {numerator, unknown});
        const auto part = [&](Cell cell) { return parts ? std::move(cell) : FewInLine::hidden(); };
        row.insert(row.end(), {FewInLine::cell(denominator, !hides_few_ || !is_few(denominator)), FewInLine::cell(numerator, parts),
                               FewInLine::cell(unknown, parts), part(Cell::share(numerator, denominator)),
                               part(Cell::share(numerator + unknown, denominator))});
        table.add(std::move(row));
      }
    }
  }

  std::vector<std::string> names_, settings_;
  std::optional<std::string> by_;
  std::optional<ProgrammeId> programme_;
  std::optional<std::uint64_t> memory_mib_;
  Clocks clocks_;
  bool hides_few_ = false;
};

}  // namespace

std::unique_ptr<Command> evaluate_command() {
  return std::make_unique<Evaluate>();
}

}  // namespace fodspor::server
