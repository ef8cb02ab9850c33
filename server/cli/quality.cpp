// fodspor quality: records that are incomplete or contradict each other.
#include <fmt/format.h>

#include "projections/data_quality.h"
#include "server/cli/commands.h"
#include "server/cli/event_text.h"
#include "server/cli/few.h"
#include "server/cli/kpi_table.h"
#include "server/cli/reading.h"

namespace fodspor::server {

namespace {

constexpr auto left = Column::Align::left;

Cell nature(projections::Issue issue) {
  return contradicts(issue) ? Cell::words({"contradicts", "modsiger"}, "contradicts", Tone::bad)
                            : Cell::words({"incomplete", "mangler"}, "incomplete");
}

class Quality : public Command {
 public:
  About about() const override {
    return {"quality",
            About::Group::read,
            {"Incomplete and contradictory records", "Mangelfulde og modstridende registreringer"},
            "Counts by programme and kind of problem; with --list, each record and the positions of the events that show it.",
            {{"fodspor quality", "what there is to mend, counted"}, {"fodspor quality --programme esbjerg --list", "record by record"}}};
  }
  std::vector<Option> options() override {
    std::vector<Option> options{{"--programme", "PROGRAMME", "Only this one", &programme_, false, {}},
                                {"--list", "", "Each record, not the counts", &list_, false, {}}};
    clocks_.add_to(options);
    return options;
  }

  std::optional<Asking> asking() const override { return Asking{Operation::quality, programme_}; }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(auto reading, Reading::open(console, clocks_, programme_));
    FODSPOR_TRY(const auto rows, reading.rows("quality"));
    FODSPOR_TRY(const auto context, reading.context(*rows));
    if (programme_) FODSPOR_DO(known_programme(context, *programme_));
    Report report("Data quality", "Datakvalitet");
    report.answered_at(rows->position());
    Sight sight = console.sight(reading.ledger());
    FODSPOR_DO(list_ ? add_list(report, reading.ledger(), *rows, sight) : add_counts(report, *rows, sight));
    console.print(report);
    return Exit::yes;
  }

 private:
  Status add_counts(Report& report, const projections::Rows& rows, const Sight& sight) const {
    Table& table = report.table("issues", Words{},
                                {{"programme", {"programme", "indsats"}},
                                 {"issue", {"what is wrong", "hvad der er galt"}, left, true},
                                 {"nature", {"nature", "art"}},
                                 {"subjects", {"records", "registreringer"}, Column::Align::right}});
    FODSPOR_TRY(const auto counts, projections::count_issues(rows, programme_));
    for (const auto& line : counts) {
      if (!sight.sees(line.programme)) continue;
      const bool shown = FewInLine(sight.hides_few(Operation::quality)).shows(line.subjects);
      table.add({Cell::text(line.programme.slug()), issue_cell(line.issue), nature(line.issue), FewInLine::cell(line.subjects, shown)});
    }
    return {};
  }

  Status add_list(Report& report, const engine::Ledger& ledger, const projections::Rows& rows, Sight& sight) const {
    Table& table = report.table("records", Words{},
                                {{"programme", {"programme", "indsats"}},
                                 {"subject", {"about", "om"}},
                                 {"issue", {"what is wrong", "hvad der er galt"}, left, true},
                                 {"nature", {"nature", "art"}},
                                 {"at", {"events at", "hændelser ved"}, left, true, Column::For::people},
                                 {"because", {"because", "på grund af"}, left, false, Column::For::programs}});
    std::vector<projections::QualityLine> lines;
    FODSPOR_DO(projections::each_issue(rows, programme_, [&](const projections::QualityLine& line) {
      if (sight.sees(line.programme)) lines.push_back(line);
      return true;
    }));
    // A line of this list stands for one person.
    if (sight.hides_few(Operation::quality)) {
      const std::size_t before = lines.size();
      std::erase_if(lines, [](const projections::QualityLine& line) { return line.subject.kind == StreamKind::participant; });
      if (lines.size() < before) {
        report.note("Records of persons are left out: one by one they take a token with microdata.",
                    "Registreringer om personer er udeladt: enkeltvis kræver de et token med microdata.");
      }
    }
    for (const auto& line : lines) {
      std::string at;
      Document because = Document::list();
      for (const auto& id : line.because) {
        FODSPOR_TRY(const bool seen, sight.sees(id, Operation::quality));
        if (!seen) continue;
        because.push(id.text());
        FODSPOR_TRY(const auto position, ledger.find(id));
        if (position) at += (at.empty() ? "" : ", ") + fmt::format("{}", position->value);
      }
      table.add({Cell::text(line.programme.slug()),
                 Cell::shown(short_name(line.subject, Language::english), short_name(line.subject, Language::danish), line.subject.text()),
                 issue_cell(line.issue), nature(line.issue), Cell::text(at), Cell::shown({}, {}, std::move(because))});
    }
    return {};
  }

  static Cell issue_cell(projections::Issue issue) {
    const auto sentence = words(issue);
    return Cell::shown(sentence.in(false), sentence.in(true), name(issue));
  }

  std::optional<ProgrammeId> programme_;
  bool list_ = false;
  Clocks clocks_;
};

}  // namespace

std::unique_ptr<Command> quality_command() {
  return std::make_unique<Quality>();
}

}  // namespace fodspor::server
