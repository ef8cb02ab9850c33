// fodspor rebuild: the views from zero, or the proof that they need none.
#include <fmt/format.h>

#include <algorithm>

#include "projections/runner.h"
#include "server/cli/commands.h"
#include "server/cli/library.h"

namespace fodspor::server {

namespace {

class Rebuild : public Command {
 public:
  About about() const override {
    return {
        "rebuild",
        About::Group::care,
        {"The views from zero; or with --verify, whether that would change them",
         "Visningerne forfra; med --verify, om det ville ændre dem"},
        "The new views are built beside the live ones, which are read meanwhile, and then take their place. With --verify nothing changes, "
        "and the exit status is 1 if a view's digest differs from that of a fresh fold.",
        {{"fodspor rebuild", "all views"}, {"fodspor rebuild --verify", "are the live views what the log says?"}}};
  }
  std::vector<Option> options() override {
    return {{"--verify", "", "Compare digests and change nothing", &verify_, false, {}},
            {"--view",
             "NAME",
             "Only this view; may be repeated",
             &only_,
             false,
             {"kpi", "people", "enterprises", "networks", "quality", "portfolio"}},
            {"--memory", "MIB", "Memory for the scan, in MiB; 1024 if not given", &memory_mib_, false, {}}};
  }
  std::optional<std::string> mistake() const override {
    if (memory_mib_ && *memory_mib_ < 16) return "--memory: at least 16 MiB are needed";
    return std::nullopt;
  }

  Result<Exit> run(Console& console) override {
    FODSPOR_TRY(const auto ledger, console.open(engine::Access::read));
    FODSPOR_TRY(const auto runner, projections::Runner::open(*ledger, projections::Runner::Mode::write));
    projections::RebuildOptions options;
    options.only = only_;
    if (memory_mib_) options.memory_bytes = *memory_mib_ << 20;
    std::vector<std::string> differing;
    {
      Meter meter(console, verify_ ? Words{"folding all views afresh", "folder alle visninger forfra"}
                                   : Words{"rebuilding the views", "genopbygger visningerne"});
      options.progress = meter.function();
      if (verify_) {
        FODSPOR_DO(runner->catch_up(meter.function()));
        FODSPOR_TRY(differing, runner->verify(options));
      } else {
        FODSPOR_DO(runner->rebuild(options));
      }
    }
    Report report(verify_ ? "The live views against a fresh fold" : "The views, rebuilt",
                  verify_ ? "Visningerne mod en ny foldning" : "Visningerne, genopbygget");
    report.answered_at(ledger->durable());
    Table& table = report.table("views", Words{},
                                {{"view", {"view", "visning"}},
                                 {"position", {"position", "plads"}, Column::Align::right},
                                 {"rows", {"rows", "rækker"}, Column::Align::right},
                                 {"digest", {"digest", "fingeraftryk"}},
                                 {"standing", {"answer", "svar"}}});
    bool stopped = false;
    for (const auto& state : runner->states()) {
      if (!only_.empty() && std::find(only_.begin(), only_.end(), state.name) == only_.end()) continue;
      FODSPOR_TRY(const auto digest, runner->digest(state.name));
      const bool differs = std::find(differing.begin(), differing.end(), state.name) != differing.end();
      Cell standing = verify_ ? Cell::words({"✓ the same", "✓ ens"}, "same", Tone::good)
                              : Cell::words({"✓ rebuilt", "✓ genopbygget"}, "rebuilt", Tone::good);
      if (differs) standing = Cell::words({"✗ differs", "✗ afviger"}, "differs", Tone::bad);
      if (state.stopped) {
        stopped = true;
        standing = Cell::words({"! stopped", "! standset"}, "stopped", Tone::bad);
        report.note(fmt::format("{} stopped at position {}: {}", state.name, state.stopped->position.value, state.stopped->reason));
      }
      table.add({Cell::text(state.name), Cell::number(static_cast<std::int64_t>(state.position.value)),
                 Cell::number(static_cast<std::int64_t>(state.rows)), digest_cell(digest), standing});
    }
    console.print(report);
    if (!differing.empty()) return Exit::no;
    if (stopped) return fail(Fault::stopped, "a view stopped: see above");
    return Exit::yes;
  }

 private:
  // The first sixteen digits are enough for people to hold two digests against each other.
  static Cell digest_cell(std::string_view digest) {
    const std::string hex = hex_of(digest);
    return Cell::shown(hex.substr(0, 16) + "…", hex.substr(0, 16) + "…", hex);
  }

  bool verify_ = false;
  std::vector<std::string> only_;
  std::optional<std::uint64_t> memory_mib_;
};

}  // namespace

std::unique_ptr<Command> rebuild_command() {
  return std::make_unique<Rebuild>();
}

}  // namespace fodspor::server
