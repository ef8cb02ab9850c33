// fodspor kpi: figures against targets.
#include <fmt/format.h>

#include "projections/kpi.h"
#include "server/cli/commands.h"
#include "server/cli/kpi_table.h"
#include "server/cli/reading.h"

namespace fodspor::server {

namespace {

class Kpi : public Command {
 public:
  About about() const override {
    return {
        "kpi",
        About::Group::figures,
        {"Figures against the targets of the programmes", "Tal mod indsatsernes mål"},
        "A figure of two numbers is what it comes to if those about whom nothing is known count as no, and as yes. Nobody knows what comes "
        "after today (or the day of --valid-at): a job that began yesterday has not lasted yet. With --check the exit "
        "status is 1 unless every target shown is met, or its programme still has time.",
        {{"fodspor kpi", "all programmes"},
         {"fodspor kpi --programme kalundborg --known-at 2022-06-30", "as Kalundborg's figures were known at midyear 2022"},
         {"fodspor kpi --check --quiet", "for a script: is anything missed?"}}};
  }
  std::vector<Option> options() override {
    std::vector<Option> options{
        {"--programme", "PROGRAMME", "Only this one", &programme_, false, {}},
        {"--check", "", "Exit with status 1 if a target is missed or cannot be said to be met", &check_, false, {}}};
    clocks_.add_to(options);
    return options;
  }

  std::optional<Asking> asking() const override { return Asking{Operation::kpi, programme_}; }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(auto reading, Reading::open(console, clocks_, programme_));
    FODSPOR_TRY(const auto rows, reading.rows("kpi"));
    FODSPOR_TRY(const auto context, reading.context(*rows));
    if (programme_) FODSPOR_DO(known_programme(context, *programme_));
    const Sight sight = console.sight(reading.ledger());
    FODSPOR_TRY(auto lines, projections::read_kpi(*rows, context, programme_, reading.today()));
    std::erase_if(lines, [&](const projections::KpiLine& line) { return !sight.sees(line.programme); });
    const bool hides_few = sight.hides_few(Operation::kpi);
    Report report;
    report.answered_at(rows->position());
    report.data("today", reading.today().text());
    add_kpi_tables(report, lines, context, hides_few);
    if (lines.empty()) {
      FODSPOR_TRY(const auto to_come, reading.context_to_come());
      if (!add_first_target_day(report, to_come, reading.today(), sight)) {
        report.note(
            "No targets are pinned: `fodspor programmes apply FILE…` pins them, `fodspor programmes apply --shipped` those that ship.",
            "Ingen mål er fastsat: `fodspor programmes apply FIL…` fastsætter dem, `fodspor programmes apply --shipped` de medfølgende.");
      }
    }
    console.print(report);
    if (!check_) return Exit::yes;
    for (const auto& line : lines) {
      if (hides_few && !shows_figure(line)) return Exit::no;
      if (line.standing != projections::TargetStanding::met && line.standing != projections::TargetStanding::not_yet) return Exit::no;
    }
    return Exit::yes;
  }

 private:
  // Targets that bind later than on the day of the answer: from which day the first does. False if there are none.
  bool add_first_target_day(Report& report, const projections::Context& to_come, Date today, const Sight& sight) const {
    std::optional<Date> first;
    for (const auto& [id, programme] : to_come.programmes) {
      if ((programme_ && id != *programme_) || !sight.sees(id)) continue;
      for (const auto& target : programme.targets) {
        if (target.from > today && (!first || target.from < *first)) first = target.from;
      }
    }
    if (!first) return false;
    report.note(fmt::format("No target binds on {} yet: the first does from {}, and --valid-at {} shows it.", today.text(), first->text(),
                            first->text()),
                fmt::format("Intet mål gælder endnu den {}: det første gælder fra {}, og --valid-at {} viser det.", today.text(),
                            first->text(), first->text()));
    return true;
  }

  std::optional<ProgrammeId> programme_;
  bool check_ = false;
  Clocks clocks_;
};

}  // namespace

std::unique_ptr<Command> kpi_command() {
  return std::make_unique<Kpi>();
}

}  // namespace fodspor::server
