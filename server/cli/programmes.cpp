// fodspor programmes: frames and targets; and their files into events.
#include <fmt/format.h>

#include <algorithm>

#include "projections/programme.h"
#include "server/cli/commands.h"
#include "server/cli/input.h"
#include "server/cli/kpi_table.h"
#include "server/cli/portfolio_table.h"
#include "server/cli/programme_plan.h"
#include "server/cli/reading.h"

namespace fodspor::server {

namespace {

constexpr auto left = Column::Align::left;
constexpr auto right = Column::Align::right;

class ProgrammesCommand : public Command {
 public:
  About about() const override {
    return {
        "programmes",
        About::Group::record,
        {"Frames and targets of the programmes; apply their files", "Indsatsernes rammer og mål; anvend deres filer"},
        "Frames, targets and definitions bind by their events; the TOML files are what the events are made from. Applying a file says what "
        "changes and appends it as one batch; applied again, it changes nothing.",
        {{"fodspor programmes", "the programmes of the ledger and their targets"},
         {"fodspor programmes apply roskilde.toml --dry-run", "what the file would change"},
         {"fodspor programmes apply --shipped", "the four programmes and the pool that come with the program"}}};
  }
  std::vector<Option> options() override {
    std::vector<Option> options{{"ACTION", "", "Nothing, to list them; or apply", &action_, false, {"apply"}},
                                {"FILE", "", "Programme files to apply, in TOML", &files_, false, {}},
                                {"--shipped", "", "Apply the files that come with the program", &shipped_, false, {}},
                                {"--dry-run", "", "Only say what would change", &dry_run_, false, {}},
                                {"--programme", "PROGRAMME", "List only this one", &programme_, false, {}}};
    clocks_.add_to(options);
    return options;
  }
  std::optional<std::string> mistake() const override {
    if (action_.empty()) {
      if (shipped_ || dry_run_) return "--shipped and --dry-run go with `programmes apply`";
      return std::nullopt;
    }
    if (files_.empty() && !shipped_) return "apply needs a FILE, or --shipped";
    if (clocks_.set() || programme_) return "--programme, --valid-at and --known-at do not go with apply";
    return std::nullopt;
  }

  // Their frames and targets are read with the figures; nobody applies a file of the server's.
  std::optional<Asking> asking() const override {
    return action_.empty() ? std::optional(Asking{Operation::kpi, programme_}) : std::nullopt;
  }

  Result<Exit> run(Console& console) override { return action_.empty() ? list(console) : apply(console); }

 private:
  Result<Exit> list(Console& console) {
    FODSPOR_TRY(auto reading, Reading::open(console, clocks_, programme_));
    FODSPOR_TRY(auto context, reading.context_to_come());
    const Sight sight = console.sight(reading.ledger());
    std::erase_if(context.programmes, [&](const auto& entry) { return !sight.sees(entry.first); });
    if (programme_) FODSPOR_DO(known_programme(context, *programme_));
    Report report;
    report.answered_at(reading.position());
    Table& frames = report.table("programmes", {"Programmes", "Indsatser"},
                                 {{"programme", {"programme", "indsats"}},
                                  {"title", {"title", "navn"}, left, true},
                                  {"operator", {"operator", "operatør"}, left, true},
                                  {"starts", {"from", "fra"}},
                                  {"ends", {"to", "til"}},
                                  {"check_in_days", {"check-in, days", "kontakt, dage"}, right},
                                  {"targets", {"targets", "mål"}, right},
                                  {"document", {"document", "dokument"}, left}});
    Documents documents;
    for (const auto& [id, programme] : context.programmes) {
      if ((programme_ && id != *programme_) || !programme.frame) continue;
      const auto& frame = *programme.frame;
      frames.add({Cell::text(id.slug(), Tone::strong), both(frame.title), Cell::text(frame.operator_name), Cell::text(frame.starts.text()),
                  Cell::text(frame.ends.text()), frame.check_in_days == 0 ? Cell() : Cell::number(frame.check_in_days),
                  Cell::number(static_cast<std::int64_t>(programme.targets.size())), documents.number(frame.document)});
    }
    add_targets(report, context, documents);
    add_funding(report, context, documents);
    documents.list(report);
    console.print(report);
    return Exit::yes;
  }

  // Documents have long names and say much: they stand below, by number.
  class Documents {
   public:
    Cell number(const std::string& document) {
      if (document.empty()) return {};
      const auto at = std::find(names_.begin(), names_.end(), document);
      const auto index = static_cast<std::size_t>(at - names_.begin());
      if (at == names_.end()) names_.push_back(document);
      const std::string text = fmt::format("[{}]", index + 1);
      return Cell::shown(text, text, document);
    }
    void list(Report& report) const {
      for (std::size_t i = 0; i < names_.size(); ++i) report.note(fmt::format("[{}] {}", i + 1, names_[i]));
    }

   private:
    std::vector<std::string> names_;
  };

  void add_targets(Report& report, const projections::Context& context, Documents& documents) const {
    Table& targets = report.table("targets", {"Targets", "Mål"},
                                  {{"programme", {"programme", "indsats"}},
                                   {"target", {"target", "mål"}},
                                   {"reading", {"reading", "læsning"}, left, false, Column::For::programs},
                                   {"title", {"what counts", "hvad der tæller"}, left, false, Column::For::programs},
                                   {"words", {"what counts", "hvad der tæller"}, left, true, Column::For::people},
                                   {"wanted", {"wanted", "ønsket"}, right},
                                   {"definition", {"definition", "definition"}},
                                   {"document", {"document", "dokument"}, left}});
    for (const auto& [id, programme] : context.programmes) {
      if (programme_ && id != *programme_) continue;
      auto ordered = programme.targets;
      std::stable_sort(ordered.begin(), ordered.end(),
                       [](const projections::Target& a, const projections::Target& b) { return naturally_less(a.id, b.id); });
      const projections::Target* previous = nullptr;
      for (const auto& target : ordered) {
        const bool same = previous != nullptr && previous->id == target.id;
        targets.add({Cell::text(id.slug()), same ? Cell::shown({}, {}, target.id) : Cell::text(target.id, Tone::strong),
                     Cell::text(target.reading), both(target.title), reading_words(target.reading, target.title, same), wanted_cell(target),
                     Cell::shown(target.definition, target.definition, target.definition + "@" + target.definition_version),
                     documents.number(target.document)});
        previous = &target;
      }
    }
  }

  void add_funding(Report& report, const projections::Context& context, Documents& documents) const {
    Table& money = report.table("funding", {"Money", "Penge"},
                                {{"programme", {"programme", "indsats"}},
                                 {"funder", {"from", "fra"}, left, true},
                                 {"oere", {"kr.", "kr."}, right},
                                 {"document", {"document", "dokument"}, left}});
    for (const auto& [id, programme] : context.programmes) {
      if (programme_ && id != *programme_) continue;
      for (const auto& funding : programme.funding) {
        const auto whole = static_cast<std::int64_t>(funding.oere / 100);
        money.add({Cell::text(id.slug()), Cell::text(funding.funder),
                   Cell::shown(grouped(whole, Language::english), grouped(whole, Language::danish), funding.oere),
                   documents.number(funding.document)});
      }
    }
  }

  Result<Exit> apply(Console& console) {
    std::vector<projections::ProgrammeFile> files;
    for (const auto& name : files_) {
      FODSPOR_TRY(const Input input, Input::read(name, console.world()));
      files.push_back({input.name(), input.content()});
    }
    if (shipped_) {
      for (const auto& [name, toml] : projections::shipped_programmes()) files.push_back({std::string(name), std::string(toml)});
    }
    FODSPOR_TRY(const auto ledger, console.open(dry_run_ ? engine::Access::read : engine::Access::write));
    FODSPOR_TRY(auto planned, plan_for(*ledger, files));
    Report report(dry_run_ ? "What would change" : "What changes", dry_run_ ? "Hvad der ville ændres" : "Hvad der ændres");
    add_plan(report, planned.plan);
    report.data("applied", !dry_run_);
    if (dry_run_) {
      report.answered_at(planned.at);
    } else if (!planned.plan.drafts.empty()) {
      FODSPOR_TRY(const auto appended, append_plan(*ledger, std::move(planned)));
      report.answered_at(appended.last);
    } else {
      report.answered_at(planned.at);
    }
    console.print(report);
    if (!dry_run_) catch_up_views(console, *ledger);
    return Exit::yes;
  }

  std::string action_;
  std::vector<std::string> files_;
  bool shipped_ = false, dry_run_ = false;
  std::optional<ProgrammeId> programme_;
  Clocks clocks_;
};

}  // namespace

std::unique_ptr<Command> programmes_command() {
  return std::make_unique<ProgrammesCommand>();
}

}  // namespace fodspor::server
