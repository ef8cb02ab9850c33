// fodspor init: a new, empty ledger.
#include <fmt/format.h>

#include "server/cli/commands.h"

namespace fodspor::server {

namespace {

class Init : public Command {
 public:
  About about() const override {
    return {"init",
            About::Group::start,
            {"A new, empty ledger", "En ny, tom journal"},
            "The folder is made if it is missing, and has to be empty.",
            {{"fodspor init --ledger ./roskilde", "makes the folder ./roskilde with an empty ledger in it"}}};
  }
  std::vector<Option> options() override { return {}; }

  Result<Exit> run(Console& console) override {
    FODSPOR_DO(console.no_file_in_its_place());
    const auto& folder = console.settings().ledger;
    engine::Options options;
    options.access = engine::Access::read;
    options.now = console.world().now;
    if (auto there = engine::Ledger::open(folder, options)) {
      return fail(Fault::invalid, fmt::format("there is a ledger in {} already, with {} events: choose another folder with --ledger",
                                              folder.string(), (*there)->durable().value));
    } else if (there.error().fault != Fault::not_found) {
      there.error().fault = Fault::unavailable;
      return tl::make_unexpected(std::move(there).error());
    }
    options.access = engine::Access::write;
    options.create = true;
    auto ledger = engine::Ledger::open(folder, options);
    if (!ledger) {
      // A folder with other things in it is the user's mistake; the rest is the machine's.
      if (ledger.error().fault != Fault::invalid) ledger.error().fault = Fault::unavailable;
      return tl::make_unexpected(std::move(ledger).error());
    }
    Report report("A new ledger", "En ny journal");
    report.fact("ledger", {"Folder", "Mappe"}, Cell::text(std::filesystem::absolute(folder).lexically_normal().string()));
    report.answered_at((*ledger)->durable());
    report.note("Next: `fodspor programmes apply FILE…` for frames and targets, `fodspor import` or `fodspor append` for events.",
                "Dernæst: `fodspor programmes apply FIL…` for rammer og mål, `fodspor import` eller `fodspor append` for hændelser.");
    console.print(report);
    return Exit::yes;
  }
};

}  // namespace

std::unique_ptr<Command> init_command() {
  return std::make_unique<Init>();
}

}  // namespace fodspor::server
