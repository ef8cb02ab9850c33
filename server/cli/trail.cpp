// fodspor trail: one person's story.
#include <fmt/format.h>

#include <algorithm>

#include "projections/trail.h"
#include "server/cli/commands.h"
#include "server/cli/event_text.h"
#include "server/cli/kpi_table.h"
#include "server/cli/reading.h"

namespace fodspor::server {

namespace {

using projections::TrailEntry;

constexpr auto left = Column::Align::left;
constexpr auto right = Column::Align::right;

Cell standing_cell(const TrailEntry& entry) {
  const std::string_view code = name(entry.standing);
  switch (entry.standing) {
    case TrailEntry::Standing::in_effect:
      return Cell::words({"", ""}, code);
    case TrailEntry::Standing::corrected:
      return Cell::words({"corrected", "rettet"}, code, Tone::faint);
    case TrailEntry::Standing::retracted:
      return Cell::words({"retracted", "tilbagekaldt"}, code, Tone::faint);
    case TrailEntry::Standing::correcting:
      return Cell::words({"corrects", "retter"}, code);
    case TrailEntry::Standing::ignored:
      return Cell::words({"ignored", "overset"}, code, Tone::faint);
    case TrailEntry::Standing::not_yet:
      return Cell::words({"not yet", "endnu ikke"}, code, Tone::faint);
  }
  return {};
}

std::string_view source_name(wire::Source source) {
  switch (source) {
    case wire::Source::SELF:
      return "self";
    case wire::Source::STAFF:
      return "staff";
    case wire::Source::EMPLOYER:
      return "employer";
    case wire::Source::REGISTER:
      return "register";
    case wire::Source::IMPORT:
      return "import";
    case wire::Source::UNSPECIFIED:
      break;
  }
  return "";
}

class Trail : public Command {
 public:
  About about() const override {
    return {
        "trail",
        About::Group::read,
        {"One person's story: what happened, what was corrected, and what counts",
         "Én persons forløb: hvad der skete, blev rettet og tæller"},
        "Everything that is recorded about the person in the order of the days on which it happened, the milestones that follow from it, "
        "and what each target says of the person.",
        {{"fodspor trail 9f0c2d4e6a", "the first digits of the id are enough"},
         {"fodspor trail 9f0c2d4e6a --known-at 2021-06-30", "the same story as it was known at midyear 2021"}}};
  }
  std::vector<Option> options() override {
    std::vector<Option> options{
        {"PERSON", "", "The person's id, or its first digits; see `fodspor find` and `fodspor caseload`", &person_, true, {}}};
    clocks_.add_to(options);
    return options;
  }

  std::optional<Asking> asking() const override { return Asking{Operation::trail, std::nullopt}; }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(auto reading, Reading::open(console, clocks_));
    Sight sight = console.sight(reading.ledger());
    const auto seen = [&](const StreamId& person) { return sight.sees(person, Operation::trail); };
    FODSPOR_TRY(const StreamId stream, find_stream(reading.ledger(), StreamKind::participant, person_, seen));
    FODSPOR_DO(sight.may_read(stream, Operation::trail));
    FODSPOR_TRY(const auto context, reading.context());
    FODSPOR_TRY(auto trail, projections::read_trail(reading.ledger(), context, stream.id, reading.as_of()));
    if (trail.poison) {
      return fail(Fault::stopped, fmt::format("the story stops at position {}: {}", trail.poison->position.value, trail.poison->reason));
    }
    FODSPOR_DO(leave_out(trail, sight));
    Report report("Person " + trail.person.hex(), "Person " + trail.person.hex());
    report.answered_at(trail.position);
    report.data("person", trail.person.hex());
    add_merged(report, trail);
    add_entries(report, trail);
    add_milestones(report, trail);
    add_targets(report, trail);
    console.print(report);
    return Exit::yes;
  }

 private:
  // What is recorded in programmes that whoever asks does not speak for, and what follows from it alone.
  static Status leave_out(projections::Trail& trail, Sight& sight) {
    if (!sight.is_limited()) return {};
    const auto keep = [&](auto& lines, const auto& id_of) -> Status {
      std::size_t kept = 0;
      for (auto& line : lines) {
        FODSPOR_TRY(const bool seen, sight.sees(id_of(line), Operation::trail));
        if (!seen) continue;
        if (&lines[kept] != &line) lines[kept] = std::move(line);
        ++kept;
      }
      lines.resize(kept);
      return {};
    };
    FODSPOR_DO(keep(trail.entries, [](const TrailEntry& entry) { return entry.id; }));
    FODSPOR_DO(keep(trail.milestones, [](const projections::TrailMilestone& milestone) { return milestone.because; }));
    std::erase_if(trail.milestones, [&](const auto& milestone) { return milestone.programme && !sight.sees(milestone.programme); });
    std::erase_if(trail.targets, [&](const auto& target) { return !sight.sees(target.which.programme); });
    for (TrailEntry& entry : trail.entries) {
      for (auto* other : {&entry.about, &entry.set_aside_by}) {
        if (!*other) continue;
        FODSPOR_TRY(const bool seen, sight.sees(**other, Operation::trail));
        if (!seen) other->reset();
      }
    }
    return {};
  }

  static void add_merged(Report& report, const projections::Trail& trail) {
    if (trail.merged.size() < 2) return;
    Document ids = Document::list();
    std::string text;
    for (const auto& id : trail.merged) {
      ids.push(id.hex());
      text += (text.empty() ? "" : ", ") + id.hex();
    }
    report.fact("merged", {"Merged from", "Samlet af"}, Cell::shown(text, text, std::move(ids)));
  }

  static void add_entries(Report& report, const projections::Trail& trail) {
    Table& table = report.table("entries", {"What is recorded", "Hvad der er registreret"},
                                {{"on", {"on", "den"}},
                                 {"to", {"to", "til"}, left, false, Column::For::programs},
                                 {"what", {"what", "hvad"}, left, true},
                                 {"standing", {"standing", "status"}, left},
                                 {"programme", {"programme", "indsats"}, left, false, Column::For::programs},
                                 {"programme_shown", {"programme", "indsats"}, left, false, Column::For::people},
                                 {"source", {"source", "kilde"}},
                                 {"known", {"known", "kendt"}, left, false, Column::For::people},
                                 {"position", {"at", "ved"}, right},
                                 {"type", {"type", "type"}, left, false, Column::For::programs},
                                 {"event", {"event", "hændelse"}, left, false, Column::For::programs},
                                 {"recorded_at", {"recorded", "registreret"}, left, false, Column::For::programs},
                                 {"about", {"about", "om"}, left, false, Column::For::programs},
                                 {"set_aside_by", {"set aside by", "tilsidesat af"}, left, false, Column::For::programs}});
    // A column that says the same in every row says nothing.
    std::vector<ProgrammeId> programmes;
    for (const auto& entry : trail.entries) {
      if (entry.programme && std::find(programmes.begin(), programmes.end(), entry.programme) == programmes.end())
        programmes.push_back(entry.programme);
    }
    for (const auto& entry : trail.entries) {
      const bool set_aside = entry.standing == TrailEntry::Standing::corrected || entry.standing == TrailEntry::Standing::retracted ||
                             entry.standing == TrailEntry::Standing::not_yet;
      table.add({entry.from ? Cell::text(entry.from->text()) : Cell(), entry.to ? Cell::text(entry.to->text()) : Cell(),
                 both(entry.words, set_aside ? Tone::faint : Tone::plain), standing_cell(entry),
                 entry.programme ? Cell::text(entry.programme.slug()) : Cell(),
                 entry.programme && programmes.size() > 1 ? Cell::text(entry.programme.slug()) : Cell(),
                 Cell::text(std::string(source_name(entry.source))), Cell::text(text(entry.recorded_at).substr(0, 10)),
                 Cell::plain_number(static_cast<std::int64_t>(entry.position.value)), Cell::text(entry.type_name),
                 Cell::text(entry.id.text()), Cell::text(text(entry.recorded_at)), entry.about ? Cell::text(entry.about->text()) : Cell(),
                 entry.set_aside_by ? Cell::text(entry.set_aside_by->text()) : Cell()});
    }
  }

  static void add_milestones(Report& report, const projections::Trail& trail) {
    Table& table = report.table("milestones", {"Milestones", "Milepæle"},
                                {{"on", {"on", "den"}},
                                 {"what", {"what", "hvad"}, left, true},
                                 {"programme", {"programme", "indsats"}},
                                 {"because", {"because", "på grund af"}, left, false, Column::For::programs}});
    for (const auto& milestone : trail.milestones) {
      table.add({Cell::text(milestone.on.text()), both(milestone.what),
                 milestone.programme ? Cell::text(milestone.programme.slug()) : Cell(), Cell::text(milestone.because.text())});
    }
  }

  static void add_targets(Report& report, const projections::Trail& trail) {
    Table& table = report.table("targets", {"What counts", "Hvad der tæller"},
                                {{"programme", {"programme", "indsats"}},
                                 {"target", {"target", "mål"}},
                                 {"reading", {"reading", "læsning"}, left, false, Column::For::programs},
                                 {"title", {"what counts", "hvad der tæller"}, left, false, Column::For::programs},
                                 {"words", {"what counts", "hvad der tæller"}, left, true, Column::For::people},
                                 {"answer", {"answer", "svar"}},
                                 {"step", {"stopped at", "standset ved"}, left, true}});
    const projections::WhichTarget* previous = nullptr;
    for (const auto& target : trail.targets) {
      const bool same = previous != nullptr && previous->programme == target.which.programme && previous->target == target.which.target;
      previous = &target.which;
      Cell answer = Cell::words({"outside", "udenfor"}, "outside", Tone::faint);
      if (!target.problem.empty()) {
        answer = Cell::words({"! unreadable", "! ulæselig"}, "unread", Tone::bad);
      } else if (target.unit.excluded) {
        answer = Cell::words({"left out", "udeladt"}, "excluded", Tone::faint);
      } else if (target.unit.in_population && target.unit.in_denominator != projections::Truth::no) {
        const bool unknown = target.unit.met == projections::Truth::unknown || target.unit.in_denominator == projections::Truth::unknown;
        answer = unknown                                      ? Cell::words({"? unknown", "? ukendt"}, "unknown", Tone::strong)
                 : target.unit.met == projections::Truth::yes ? Cell::words({"✓ counts", "✓ tæller"}, "yes", Tone::good)
                                                              : Cell::words({"– does not", "– tæller ikke"}, "no");
      }
      table.add({Cell::text(target.which.programme.slug()),
                 same ? Cell::shown({}, {}, target.which.target) : Cell::text(target.which.target, Tone::strong),
                 Cell::text(target.which.reading), both(target.title), reading_words(target.which.reading, target.title, same), answer,
                 Cell::text(target.problem.empty() ? target.unit.failed_step : target.problem)});
    }
  }

  std::string person_;
  Clocks clocks_;
};

}  // namespace

std::unique_ptr<Command> trail_command() {
  return std::make_unique<Trail>();
}

}  // namespace fodspor::server
