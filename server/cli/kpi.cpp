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
        "A figure of two numbers is what it comes to if those about whom nothing is known count as no, and as yes. With --check the exit "
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

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(auto reading, Reading::open(console, clocks_, programme_));
    FODSPOR_TRY(const auto rows, reading.rows("kpi"));
    FODSPOR_TRY(const auto context, reading.context(*rows));
    if (programme_) FODSPOR_DO(known_programme(context, *programme_));
    FODSPOR_TRY(const auto lines, projections::read_kpi(*rows, context, programme_, reading.today()));
    Report report;
    report.answered_at(rows->position());
    report.data("today", reading.today().text());
    add_kpi_tables(report, lines, context);
    if (lines.empty()) {
      report.note(
          "No targets are pinned: `fodspor programmes apply FILE…` pins them, `fodspor programmes apply --shipped` those that ship.",
          "Ingen mål er fastsat: `fodspor programmes apply FIL…` fastsætter dem, `fodspor programmes apply --shipped` de medfølgende.");
    }
    console.print(report);
    if (!check_) return Exit::yes;
    for (const auto& line : lines) {
      if (line.standing != projections::TargetStanding::met && line.standing != projections::TargetStanding::not_yet) return Exit::no;
    }
    return Exit::yes;
  }

 private:
  std::optional<ProgrammeId> programme_;
  bool check_ = false;
  Clocks clocks_;
};

}  // namespace

std::unique_ptr<Command> kpi_command() {
  return std::make_unique<Kpi>();
}

}  // namespace fodspor::server
