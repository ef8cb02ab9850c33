// fodspor explain: the people and events behind a figure.
#include <fmt/format.h>

#include <algorithm>

#include "projections/event_words.h"
#include "projections/kpi.h"
#include "server/cli/commands.h"
#include "server/cli/event_text.h"
#include "server/cli/kpi_table.h"
#include "server/cli/reading.h"

namespace fodspor::server {

namespace {

using projections::ExplainedUnit;
using projections::Truth;

constexpr auto left = Column::Align::left;

struct Answer {
  std::string_view code;
  Words words;
  Tone tone;
};

Answer answer_of(const ExplainedUnit& unit) {
  if (!unit.in_population) return {"outside", {"outside", "udenfor"}, Tone::faint};
  if (unit.excluded) return {"excluded", {"left out", "udeladt"}, Tone::faint};
  if (unit.in_denominator == Truth::no) return {"outside", {"outside", "udenfor"}, Tone::faint};
  if (unit.in_denominator == Truth::unknown || unit.met == Truth::unknown) return {"unknown", {"unknown", "ukendt"}, Tone::strong};
  if (unit.met == Truth::yes) return {"yes", {"counts", "tæller"}, Tone::good};
  return {"no", {"does not", "tæller ikke"}, Tone::plain};
}

Cell truth_cell(Truth truth) {
  switch (truth) {
    case Truth::yes:
      return Cell::words({"yes", "ja"}, "yes", Tone::good);
    case Truth::no:
      return Cell::words({"no", "nej"}, "no");
    case Truth::unknown:
      return Cell::words({"unknown", "ukendt"}, "unknown", Tone::strong);
  }
  return {};
}

class Explain : public Command {
 public:
  About about() const override {
    return {"explain",
            About::Group::figures,
            {"The people and the events behind a figure", "Menneskene og hændelserne bag et tal"},
            "Each line is one of those whom the target's definition looked at: whether they count, the clauses that decided it, and the "
            "positions of the deciding events (`fodspor show POSITION`).",
            {{"fodspor explain K4", "everybody behind K4"},
             {"fodspor explain K4 --only unknown", "those about whom it cannot be said"},
             {"fodspor explain K4 --person 9f0c2d4e6a", "one person, with the deciding events in words"}}};
  }
  std::vector<Option> options() override {
    std::vector<Option> options{
        {"KPI", "", "A target's id, such as K4", &target_, true, {}},
        {"--programme", "PROGRAMME", "If several programmes have a target of that id", &programme_, false, {}},
        {"--reading", "NAME", "Another reading of the target than its first", &reading_, false, {}},
        {"--person", "PERSON", "Only this person; the first digits of the id are enough", &person_, false, {}},
        {"--only", "ANSWER", "Only those with this answer", &only_, false, {"yes", "no", "unknown", "outside", "excluded"}}};
    clocks_.add_to(options);
    return options;
  }

  std::optional<Asking> asking() const override { return Asking{Operation::rows, programme_}; }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(auto reading, Reading::open(console, clocks_, programme_));
    Sight sight = console.sight(reading.ledger());
    std::optional<Id> person;
    if (person_) {
      const auto seen = [&](const StreamId& stream) { return sight.sees(stream, Operation::trail); };
      FODSPOR_TRY(const StreamId stream, find_stream(reading.ledger(), StreamKind::participant, *person_, seen));
      person = stream.id;
    }
    FODSPOR_TRY(const auto rows, reading.rows("kpi"));
    FODSPOR_TRY(const auto context, reading.context(*rows));
    FODSPOR_TRY(const auto* target, choose(context, sight));
    std::vector<ExplainedUnit> units;
    FODSPOR_DO(projections::explain(*rows, context, {found_in_, target->id, target->reading}, person, [&](const ExplainedUnit& unit) {
      if (!only_ || answer_of(unit).code == *only_) units.push_back(unit);
      return true;
    }));
    FODSPOR_DO(leave_out(units, sight));

    const auto& words = target->title;
    Report report(fmt::format("{} · {} · {}", target->id, words.in(false), wanted(*target, Language::english)),
                  fmt::format("{} · {} · {}", target->id, words.in(true), wanted(*target, Language::danish)));
    report.answered_at(rows->position());
    report.fact("programme", {"Programme", "Indsats"}, Cell::text(found_in_.slug()));
    report.fact("reading", {"Reading", "Læsning"}, Cell::text(target->reading.empty() ? "–" : target->reading));
    report.fact("definition", {"Definition", "Definition"}, Cell::text(target->definition + "@" + target->definition_version));
    report.fact("document", {"Document", "Dokument"}, Cell::text(target->document));
    report.data("target", target->id);
    FODSPOR_DO(person ? add_person(report, reading.ledger(), units) : add_everybody(report, reading.ledger(), units));
    if (person && units.empty()) report.note("The definition did not look at this person.", "Definitionen har ikke set på denne person.");
    console.print(report);
    return Exit::yes;
  }

 private:
  // Deciding events of programmes that whoever asks does not speak for: that something decided it stays.
  static Status leave_out(std::vector<ExplainedUnit>& units, Sight& sight) {
    if (!sight.is_limited()) return {};
    for (ExplainedUnit& unit : units) {
      for (auto& reason : unit.reasons) {
        if (!reason.because) continue;
        FODSPOR_TRY(const bool seen, sight.sees(*reason.because, Operation::rows));
        if (!seen) reason.because.reset();
      }
    }
    return {};
  }

  // The target that was meant; `found_in_` becomes its programme.
  Result<const projections::Target*> choose(const projections::Context& context, const Sight& sight) {
    if (programme_) FODSPOR_DO(known_programme(context, *programme_));
    const projections::Target* chosen = nullptr;
    std::vector<std::string> ids, programmes, readings;
    for (const auto& [id, programme] : context.programmes) {
      if ((programme_ && id != *programme_) || !sight.sees(id)) continue;
      for (const auto& target : programme.targets) {
        if (std::find(ids.begin(), ids.end(), target.id) == ids.end()) ids.push_back(target.id);
        if (target.id != target_) continue;
        if (programmes.empty() || programmes.back() != id.slug()) programmes.push_back(id.slug());
        readings.push_back(target.reading.empty() ? "(the first)" : target.reading);
        if (chosen != nullptr || (reading_ && target.reading != *reading_)) continue;
        chosen = &target;
        found_in_ = id;
      }
    }
    if (programmes.size() > 1) {
      return fail(Fault::invalid, fmt::format("{} is a target of {}: choose with --programme", target_, fmt::join(programmes, " and ")));
    }
    if (chosen != nullptr) return chosen;
    if (!programmes.empty()) {
      return fail(Fault::not_found, fmt::format("{} has no reading '{}'; it has {}", target_, *reading_, fmt::join(readings, ", ")));
    }
    return fail(Fault::not_found, ids.empty()
                                      ? fmt::format("there is no target {}: none is pinned (see `fodspor programmes apply`)", target_)
                                      : fmt::format("there is no target {}; there are {}", target_, fmt::join(ids, ", ")));
  }

  static Status add_everybody(Report& report, const engine::Ledger& ledger, const std::vector<ExplainedUnit>& units) {
    Table& summary = report.table("answers", {"Answers", "Svar"},
                                  {{"answer", {"answer", "svar"}},
                                   {"step", {"stopped at step", "standset ved trin"}, left, true},
                                   {"units", {"how many", "hvor mange"}, Column::Align::right}});
    std::vector<std::pair<std::pair<std::string, std::string>, std::int64_t>> counted;
    for (const auto& unit : units) {
      const std::pair<std::string, std::string> key{answer_of(unit).code, unit.failed_step};
      auto at = std::find_if(counted.begin(), counted.end(), [&](const auto& entry) { return entry.first == key; });
      if (at == counted.end()) at = counted.insert(counted.end(), {key, 0});
      ++at->second;
    }
    std::sort(counted.begin(), counted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    for (const auto& [key, number] : counted) {
      summary.add({Cell::words(words_of(key.first), key.first), Cell::text(key.second), Cell::number(number)});
    }

    Table& table = report.table("units", {"Each of them", "Hver af dem"},
                                {{"subject", {"who", "hvem"}},
                                 {"answer", {"answer", "svar"}},
                                 {"step", {"step", "trin"}, left, false, Column::For::programs},
                                 {"why", {"why", "hvorfor"}, left, true, Column::For::people},
                                 {"at", {"events at", "hændelser ved"}, left, true, Column::For::people},
                                 {"reasons", {"reasons", "grunde"}, left, false, Column::For::programs}});
    for (const auto& unit : units) {
      std::string why = unit.failed_step.empty() ? std::string() : "step " + unit.failed_step;
      std::string at;
      Document reasons = Document::list();
      for (const auto& reason : unit.reasons) {
        if (!why.empty()) why += ", ";
        why += fmt::format("{} {}", reason.clause, truth_code(reason.truth));
        Document item;
        item["clause"] = reason.clause;
        item["truth"] = truth_code(reason.truth);
        if (reason.because) {
          item["because"] = reason.because->text();
          FODSPOR_TRY(const auto position, ledger.find(*reason.because));
          if (position) at += (at.empty() ? "" : ", ") + fmt::format("{}", position->value);
        }
        reasons.push(std::move(item));
      }
      const Answer answer = answer_of(unit);
      table.add({subject_cell(unit), Cell::words(answer.words, answer.code, answer.tone), Cell::text(unit.failed_step), Cell::text(why),
                 Cell::text(at), Cell::shown({}, {}, std::move(reasons))});
    }
    return {};
  }

  static Status add_person(Report& report, const engine::Ledger& ledger, const std::vector<ExplainedUnit>& units) {
    for (const auto& unit : units) {
      const Answer answer = answer_of(unit);
      std::string heading_en(answer.words.en), heading_da(answer.words.da);
      if (!unit.failed_step.empty()) {
        heading_en += ": stopped at step " + unit.failed_step;
        heading_da += ": standset ved trin " + unit.failed_step;
      }
      Table& table = report.table("reasons", short_name(unit.subject, Language::english) + " · " + heading_en,
                                  short_name(unit.subject, Language::danish) + " · " + heading_da,
                                  {{"subject", {"who", "hvem"}, left, false, Column::For::programs},
                                   {"clause", {"clause", "led"}, left, true},
                                   {"answer", {"answer", "svar"}},
                                   {"event", {"because of", "på grund af"}, left, true},
                                   {"on", {"on", "den"}},
                                   {"at", {"at", "ved"}, Column::Align::right},
                                   {"because", {"event", "hændelse"}, left, false, Column::For::programs}});
      for (const auto& reason : unit.reasons) {
        Cell words = Cell::words({"nothing is recorded", "intet er registreret"}, "", Tone::faint);
        Cell on, at, because;
        if (reason.because) {
          because = Cell::text(reason.because->text());
          FODSPOR_TRY(const auto position, ledger.find(*reason.because));
          if (position) {
            FODSPOR_TRY(const Event event, ledger.read(*position));
            words = both(projections::words(event));
            if (event.valid_from()) on = Cell::text(event.valid_from()->text());
            at = Cell::plain_number(static_cast<std::int64_t>(position->value));
          }
        }
        table.add({subject_cell(unit), Cell::text(reason.clause), truth_cell(reason.truth), words, on, at, because});
      }
    }
    return {};
  }

  static Cell subject_cell(const ExplainedUnit& unit) {
    std::string name = unit.subject.id.hex().substr(0, 10);
    if (unit.unit_number > 0) name += fmt::format(" #{}", unit.unit_number);
    return Cell::shown(name, name, unit.subject.text());
  }
  static std::string_view truth_code(Truth truth) { return truth == Truth::yes ? "yes" : truth == Truth::no ? "no" : "unknown"; }
  static Words words_of(std::string_view code) {
    if (code == "yes") return {"counts", "tæller"};
    if (code == "no") return {"does not", "tæller ikke"};
    if (code == "unknown") return {"unknown", "ukendt"};
    if (code == "excluded") return {"left out", "udeladt"};
    return {"outside", "udenfor"};
  }

  std::string target_;
  std::optional<ProgrammeId> programme_;
  std::optional<std::string> reading_, person_, only_;
  Clocks clocks_;
  ProgrammeId found_in_;
};

}  // namespace

std::unique_ptr<Command> explain_command() {
  return std::make_unique<Explain>();
}

}  // namespace fodspor::server
