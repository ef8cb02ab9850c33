// fodspor demo: a ledger of the four programmes and the pool, simulated; figures against targets; what to try next.
#include <fmt/format.h>

#include "projections/kpi.h"
#include "projections/portfolio.h"
#include "server/cli/commands.h"
#include "server/cli/kpi_table.h"
#include "server/cli/portfolio_table.h"
#include "server/cli/simulated.h"

namespace fodspor::server {

namespace {

class Demo : public Command {
 public:
  About about() const override {
    return {
        "demo",
        About::Group::start,
        {"A simulated ledger of the four programmes: figures against targets, and what to try next",
         "En simuleret journal for de fire indsatser: tal mod mål, og hvad man kan prøve"},
        "The people are invented, and numbers; the programmes, their targets and the pool are those of the documents. A ledger that holds "
        "anything else is left alone.",
        {{"fodspor demo", "in ./ledger, where the other commands look by themselves"},
         {"fodspor demo --ledger /tmp/demo --lang da", "in another folder, in Danish"}}};
  }
  std::vector<Option> options() override { return {}; }

  Result<Exit> run(Console& console) override {
    replay::SimulationOptions options;
    FODSPOR_TRY(options.rates, replay::simulation::Rates::read());
    FODSPOR_TRY(auto simulated, simulate_into_new(console, std::move(options)));
    catch_up_views(console, *simulated.ledger);
    simulated.ledger.reset();  // what follows only reads, as everybody else may then as well

    FODSPOR_TRY(auto reading, Reading::open(console, {}));
    FODSPOR_TRY(const auto kpi, reading.rows("kpi"));
    FODSPOR_TRY(const auto context, reading.context(*kpi));
    FODSPOR_TRY(const auto lines, projections::read_kpi(*kpi, context, {}, reading.today()));
    FODSPOR_TRY(const auto portfolio, reading.rows("portfolio"));
    FODSPOR_TRY(const auto pools, projections::read_portfolios(*portfolio, context));

    const auto& made = simulated.report;
    const auto sentence = [&](Words words, Language language) {
      return fmt::format(fmt::runtime(words.in(language)), grouped(static_cast<std::int64_t>(made.events), language),
                         grouped(static_cast<std::int64_t>(made.participants), language),
                         grouped(static_cast<std::int64_t>(made.enterprises), language), console.settings().ledger.string());
    };
    constexpr Words title{"{} events about {} invented participants and {} enterprises, in the ledger {}",
                          "{} hændelser om {} opfundne deltagere og {} virksomheder, i journalen {}"};
    Report report(sentence(title, Language::english), sentence(title, Language::danish));
    report.answered_at(kpi->position());
    report.data("ledger", console.settings().ledger.string());
    report.data("events", made.events);
    report.data("participants", made.participants);
    add_kpi_tables(report, lines, context);
    add_portfolio_tables(report, pools, context);
    FODSPOR_DO(add_next(console, report, reading.ledger(), *kpi, context, lines));
    console.print(report);
    return Exit::yes;
  }

 private:
  // Commands with real ids, so that each can be typed as it stands.
  static Status add_next(const Console& console, Report& report, const engine::Ledger& ledger, const projections::Rows& kpi,
                         const projections::Context& context, const std::vector<projections::KpiLine>& lines) {
    std::optional<Id> person;
    std::optional<EventId> decided;
    const projections::KpiLine* share = nullptr;
    for (const auto& line : lines) {
      if (share == nullptr && line.target.share && line.counts.numerator > 0) share = &line;
    }
    if (share == nullptr && !lines.empty()) share = &lines.front();
    if (share != nullptr) {
      FODSPOR_DO(projections::explain(kpi, context, {share->programme, share->target.id, share->target.reading}, {},
                                      [&](const projections::ExplainedUnit& unit) {
                                        if (unit.met != projections::Truth::yes || !unit.in_population) return true;
                                        person = unit.subject.id;
                                        if (!unit.reasons.empty()) decided = unit.reasons.back().because;
                                        return false;
                                      }));
    }
    const std::string where = console.ledger_option();
    Table& table = report.table("next", {"Try next", "Prøv nu"},
                                {{"command", {"command", "kommando"}}, {"does", {"does", "gør"}, Column::Align::left, true}});
    const auto add = [&](const std::string& command, std::string en, std::string da) {
      const std::string line = console.called() + " " + command + where;
      table.add({Cell::text(line, Tone::strong), Cell::shown(en, std::move(da), en)});
    };
    if (share != nullptr) {
      const std::string target = share->target.id;
      add("explain " + target + " --only yes", "the people behind " + target, "menneskene bag " + target);
      if (person) {
        const std::string digits = person->hex().substr(0, 10);
        add("explain " + target + " --person " + digits, "why one of them counts", "hvorfor en af dem tæller");
        add("trail " + digits, "that person's whole story", "den persons hele forløb");
        if (decided) {
          FODSPOR_TRY(const auto position, ledger.find(*decided));
          if (position && position->value > 1) {
            add(fmt::format("trail {} --known-at {}", digits, position->value - 1), "the story just before it was decided",
                "forløbet lige før det blev afgjort");
          }
        }
      }
      add("kpi --programme " + share->programme.slug() + " --known-at 2022-01-01", "as known at new year 2022", "som kendt ved nytår 2022");
    }
    add("evaluate esf.cr06 --by programme", "in employment six months after leaving", "i beskæftigelse seks måneder efter");
    add("caseload --valid-at 2021-09-01 --due", "who was due a check-in that day", "hvem der skulle kontaktes den dag");
    add("log --follow", "the events themselves", "selve hændelserne");
    return {};
  }
};

}  // namespace

std::unique_ptr<Command> demo_command() {
  return std::make_unique<Demo>();
}

}  // namespace fodspor::server
