// fodspor doctor: what is wrong with this ledger or machine, and the mend.
#include "engine/doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include "projections/runner.h"
#include "server/cli/commands.h"
#include "server/token_file.h"

namespace fodspor::server {

namespace {

constexpr std::uint64_t free_bytes_least = 1u << 30;

struct Check {
  Words what;
  std::string wrong;  // empty: all is well
  std::string mend;
};

class Doctor : public Command {
 public:
  About about() const override {
    return {
        "doctor",
        About::Group::care,
        {"What is wrong with this ledger or machine, and the mend", "Hvad der er galt med journalen eller maskinen, og hjælpen"},
        "Reads every event and changes nothing; the exit status is 1 if something is wrong. With --recover it keeps what can be read and "
        "puts "
        "the damaged log aside. If that loses events, it first says which, and wants --keep-to as the word of somebody who has seen it.",
        {{"fodspor doctor", "looks"},
         {"fodspor doctor --recover", "mends, if nothing is lost by it"},
         {"fodspor doctor --recover --keep-to 1200", "mends, and gives up what comes after position 1,200"}}};
  }
  std::vector<Option> options() override {
    return {{"--recover", "", "Keep what can be read, and put the damaged log aside", &recover_, false, {}},
            {"--keep-to", "POSITION", "With --recover: the last event that is kept", &keep_to_, false, {}}};
  }
  std::optional<std::string> mistake() const override {
    if (keep_to_ && !recover_) return "--keep-to goes with --recover";
    return std::nullopt;
  }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(auto diagnosis, diagnose(console));
    if (recover_) return recover(console, diagnosis);
    std::vector<Check> checks;
    for (const auto& finding : diagnosis.findings) checks.push_back({{"the log", "loggen"}, finding.what, finding.mend});
    if (checks.empty()) checks.push_back({{"the log", "loggen"}, {}, {}});
    check_machine(console, checks);
    check_tokens(console, checks);
    if (diagnosis.sound()) check_views(console, checks);

    Report report("Diagnosis", "Diagnose");
    report.answered_at(diagnosis.readable_to);
    if (diagnosis.expected_to) report.data("lost_to", diagnosis.expected_to->value);
    Table& table = report.table("checks", Words{},
                                {{"what", {"looked at", "set på"}},
                                 {"answer", {"answer", "svar"}},
                                 {"wrong", {"what is wrong", "hvad der er galt"}, Column::Align::left, true},
                                 {"mend", {"what to do", "hvad man gør"}, Column::Align::left, true}});
    bool sound = true;
    for (const auto& check : checks) {
      const bool good = check.wrong.empty();
      sound = sound && good;
      table.add({Cell::words(check.what, check.what.en),
                 good ? Cell::words({"✓ sound", "✓ i orden"}, "sound", Tone::good) : Cell::words({"✗ wrong", "✗ galt"}, "wrong", Tone::bad),
                 Cell::text(check.wrong), Cell::text(check.mend)});
    }
    console.print(report);
    return sound ? Exit::yes : Exit::no;
  }

 private:
  static Result<engine::Diagnosis> diagnose(Console& console) {
    FODSPOR_DO(console.no_file_in_its_place());
    auto diagnosis = engine::diagnose(console.settings().ledger);
    if (diagnosis) return diagnosis;
    if (diagnosis.error().fault == Fault::not_found) {
      diagnosis.error().message = fmt::format("there is no ledger in {}: name another with --ledger", console.settings().ledger.string());
    }
    diagnosis.error().fault = Fault::unavailable;
    return diagnosis;
  }

  Result<Exit> recover(Console& console, const engine::Diagnosis& diagnosis) const {
    if (diagnosis.sound()) {
      return fail(Fault::invalid, fmt::format("there is nothing to recover: all {} events can be read", diagnosis.readable_to.value));
    }
    if (diagnosis.readable_to.value == 0) {
      return fail(Fault::unavailable, "none of its events can be read, so there is nothing to keep: restore a backup");
    }
    if (diagnosis.loses_events() && !keep_to_) {
      return fail(
          Fault::invalid,
          fmt::format("recovering loses the events from position {} to {}: if that is accepted, say so with --keep-to {}; a backup, or "
                      "the files that the events came from, may have them still",
                      diagnosis.readable_to.value + 1, diagnosis.expected_to->value, diagnosis.readable_to.value));
    }
    auto recovered = engine::recover(console.settings().ledger, keep_to_ ? Position{*keep_to_} : diagnosis.readable_to);
    if (!recovered) return tl::make_unexpected(std::move(recovered).error());
    Report report("Recovered", "Genoprettet");
    report.answered_at(recovered->kept_to);
    report.fact("kept_to", {"Events kept", "Bevarede hændelser"}, Cell::number(static_cast<std::int64_t>(recovered->kept_to.value)));
    if (recovered->lost) {
      const auto lost = fmt::format("{} – {}", recovered->kept_to.value + 1, recovered->lost->value);
      report.fact("lost", {"Positions lost", "Tabte pladser"}, Cell::text(lost, Tone::bad));
    }
    if (!recovered->aside.empty()) report.fact("aside", {"The damaged log", "Den beskadigede log"}, Cell::text(recovered->aside.string()));
    report.note("Next: `fodspor rebuild`, then `fodspor doctor`.", "Dernæst: `fodspor rebuild` og så `fodspor doctor`.");
    console.print(report);
    return Exit::yes;
  }

  static void check_machine(const Console& console, std::vector<Check>& checks) {
    const auto& folder = console.settings().ledger;
    Check room{{"room on the disk", "plads på disken"}, {}, {}};
    std::error_code error;
    const auto space = std::filesystem::space(folder, error);
    if (error) {
      room.wrong = fmt::format("the free space of {} cannot be asked for: {}", folder.string(), error.message());
      room.mend = "look at the disk and its permissions";
    } else if (space.available < free_bytes_least) {
      room.wrong = fmt::format("only {} MiB are free on the disk of {}", space.available >> 20, folder.string());
      room.mend = "free some: a rebuild writes the views beside the live ones";
    }
    checks.push_back(std::move(room));

    Check permission{{"permissions", "rettigheder"}, {}, {}};
    if (access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
      permission.wrong = fmt::format("this user may not write in {}", folder.string());
      permission.mend = "readers may go on; to append, become its owner or change its permissions";
    }
    checks.push_back(std::move(permission));

    Check zones{{"time zones", "tidszoner"}, {}, {}};
    if (const auto day = day_of(console.world().now(), "Europe/Copenhagen"); !day) {
      zones.wrong = day.error().message;
      zones.mend = "install the package tzdata";
    }
    checks.push_back(std::move(zones));
  }

  static void check_tokens(const Console& console, std::vector<Check>& checks) {
    const auto list = read_tokens(console.settings().ledger);
    if (list && !list->stamp) return;  // nobody was given any
    Check tokens{{"the tokens", "adgangsbeviserne"}, {}, {}};
    if (!list) {
      tokens.wrong = list.error().message;
      tokens.mend = "until it can be read, nobody new is let in, and no token can be added or revoked";
    }
    checks.push_back(std::move(tokens));
  }

  static void check_views(const Console& console, std::vector<Check>& checks) {
    Check views{{"the views", "visningerne"}, {}, {}};
    const auto look = [&]() -> Status {
      FODSPOR_TRY(const auto ledger, console.open(engine::Access::read));
      FODSPOR_TRY(const auto runner, projections::Runner::open(*ledger, projections::Runner::Mode::read));
      for (const auto& state : runner->states()) {
        if (!state.stopped) continue;
        views.wrong = fmt::format("'{}' stopped at position {}: {}", state.name, state.stopped->position.value, state.stopped->reason);
        views.mend = fmt::format("append a retraction of event {}, or a ProjectionSkipped with a reason", state.stopped->event.text());
      }
      return {};
    };
    if (const auto looked = look(); !looked) {
      views.wrong = looked.error().message;
      views.mend = "`fodspor rebuild` makes them anew from the log";
    }
    checks.push_back(std::move(views));
  }

  bool recover_ = false;
  std::optional<std::uint64_t> keep_to_;
};

}  // namespace

std::unique_ptr<Command> doctor_command() {
  return std::make_unique<Doctor>();
}

}  // namespace fodspor::server
