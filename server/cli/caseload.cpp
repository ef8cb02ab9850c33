// fodspor caseload: who takes part, and who is due a contact. fodspor find: the person behind a case number.
#include "projections/caseload.h"

#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/event_text.h"
#include "server/cli/kpi_table.h"
#include "server/cli/reading.h"

namespace fodspor::server {

namespace {

constexpr auto right = Column::Align::right;

Cell day(const std::optional<projections::Moment>& moment) {
  return moment ? Cell::text(moment->on.text()) : Cell();
}
Cell person_cell(const Id& person) {
  const std::string digits = person.hex().substr(0, 10);
  return Cell::shown(digits, digits, person.hex());
}

class Caseload : public Command {
 public:
  About about() const override {
    return {"caseload",
            About::Group::read,
            {"Who takes part now, and who is due a check-in", "Hvem der deltager nu, og hvem der skal kontaktes"},
            "The programme's frame says how often. The longest overdue stand first.",
            {{"fodspor caseload --programme kalundborg --due", "those in Kalundborg whom somebody should call today"},
             {"fodspor caseload --valid-at 2021-09-01", "the caseload of that day"}}};
  }
  std::vector<Option> options() override {
    std::vector<Option> options{{"--programme", "PROGRAMME", "Only this one", &programme_, false, {}},
                                {"--due", "", "Only those who are due", &due_, false, {}}};
    clocks_.add_to(options);
    return options;
  }

  std::optional<Asking> asking() const override { return Asking{Operation::caseload, programme_}; }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(auto reading, Reading::open(console, clocks_, programme_));
    FODSPOR_TRY(const auto rows, reading.rows("people"));
    FODSPOR_TRY(const auto context, reading.context(*rows));
    if (programme_) FODSPOR_DO(known_programme(context, *programme_));
    FODSPOR_TRY(auto lines, projections::read_caseload(*rows, context, programme_, reading.today()));
    const Sight sight = console.sight(reading.ledger());
    std::erase_if(lines, [&](const projections::CaseloadLine& line) { return !sight.sees(line.person.programme); });
    Report report("Caseload on " + reading.today().text(), "Sagsstamme den " + reading.today().text());
    report.answered_at(rows->position());
    report.data("today", reading.today().text());
    Table& table = report.table("people", Words{},
                                {{"person", {"person", "person"}},
                                 {"programme", {"programme", "indsats"}},
                                 {"case_number", {"case", "sag"}},
                                 {"entry", {"since", "siden"}},
                                 {"last_contact", {"last contact", "sidste kontakt"}},
                                 {"due", {"due", "skal kontaktes"}},
                                 {"overdue_days", {"days over", "dage over"}, right}});
    std::int64_t due = 0;
    for (const auto& line : lines) {
      const bool overdue = line.due && line.overdue_days >= 0;
      due += overdue ? 1 : 0;
      if (due_ && !overdue) continue;
      table.add({person_cell(line.person.person), Cell::text(line.person.programme.slug()), Cell::text(line.person.case_number),
                 day(line.person.entry), day(line.person.last_contact), line.due ? Cell::text(line.due->text()) : Cell(),
                 line.due ? Cell::number(line.overdue_days, overdue ? Tone::bad : Tone::faint) : Cell()});
    }
    const auto active = static_cast<std::int64_t>(lines.size());
    report.note(fmt::format("{} take part, {} of them due a contact.", grouped(active, Language::english), grouped(due, Language::english)),
                fmt::format("{} deltager, {} af dem skal kontaktes.", grouped(active, Language::danish), grouped(due, Language::danish)));
    console.print(report);
    return Exit::yes;
  }

 private:
  std::optional<ProgrammeId> programme_;
  bool due_ = false;
  Clocks clocks_;
};

class Find : public Command {
 public:
  About about() const override {
    return {"find",
            About::Group::read,
            {"The person behind a programme's case number", "Personen bag en indsats' sagsnummer"},
            "The exit status is 1 if there is nobody.",
            {{"fodspor find --case-number 2021-0147 --programme roskilde", "the person enrolled in Roskilde under that number"}}};
  }
  std::vector<Option> options() override {
    std::vector<Option> options{{"--case-number", "NUMBER", "As the enrolment says it", &case_number_, true, {}},
                                {"--programme", "PROGRAMME", "Only this one", &programme_, false, {}}};
    clocks_.add_to(options);
    return options;
  }

  std::optional<Asking> asking() const override { return Asking{Operation::caseload, programme_}; }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(auto reading, Reading::open(console, clocks_, programme_));
    FODSPOR_TRY(const auto rows, reading.rows("people"));
    FODSPOR_TRY(const auto context, reading.context(*rows));
    if (programme_) FODSPOR_DO(known_programme(context, *programme_));
    FODSPOR_TRY(auto found, projections::find_case(*rows, case_number_, programme_));
    const Sight sight = console.sight(reading.ledger());
    std::erase_if(found, [&](const auto& match) { return !sight.sees(match.programme); });
    Report report;
    report.answered_at(rows->position());
    Table& table = report.table("people", Words{},
                                {{"person", {"person", "person"}},
                                 {"programme", {"programme", "indsats"}},
                                 {"stage", {"stage", "trin"}},
                                 {"entry", {"entered", "startet"}},
                                 {"completion", {"completed", "gennemført"}},
                                 {"exit", {"left", "sluttet"}},
                                 {"last_contact", {"last contact", "sidste kontakt"}}});
    for (const auto& match : found) {
      FODSPOR_TRY(const auto lines, projections::read_person(*rows, context, match.person));
      for (const auto& line : lines) {
        if (line.programme != match.programme) continue;
        table.add({Cell::text(line.person.hex()), Cell::text(line.programme.slug()), Cell::text(std::string(name(line.stage))),
                   day(line.entry), day(line.completion), day(line.exit), day(line.last_contact)});
      }
    }
    if (!found.empty()) {
      report.note("Their story: `fodspor trail " + found.front().person.hex().substr(0, 10) + "`",
                  "Forløbet: `fodspor trail " + found.front().person.hex().substr(0, 10) + "`");
    }
    console.print(report);
    return found.empty() ? Exit::no : Exit::yes;
  }

 private:
  std::string case_number_;
  std::optional<ProgrammeId> programme_;
  Clocks clocks_;
};

}  // namespace

std::unique_ptr<Command> caseload_command() {
  return std::make_unique<Caseload>();
}
std::unique_ptr<Command> find_command() {
  return std::make_unique<Find>();
}

}  // namespace fodspor::server
