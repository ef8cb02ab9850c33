// fodspor simulate: a history invented from a seed, into a new ledger.
#include <fmt/format.h>

#include "server/cli/commands.h"
#include "server/cli/input.h"
#include "server/cli/simulated.h"

namespace fodspor::server {

namespace {

class Simulate : public Command {
 public:
  About about() const override {
    return {"simulate",
            About::Group::start,
            {"A history of the four programmes invented from a seed, into a new ledger",
             "En historie for de fire indsatser, opfundet ud fra et frø, i en ny journal"},
            "With late registration, corrections, retractions, re-entry, drop-out, people who cannot be reached. The same seed, scale and "
            "rates give the same events on every machine; an interrupted run goes on where it stopped.",
            {{"fodspor simulate --ledger /tmp/trial", "the programmes at the size of their documents"},
             {"fodspor simulate --ledger /tmp/large --seed 7 --scale 100", "a hundred times as many people"}}};
  }
  std::vector<Option> options() override {
    return {{"--seed", "N", "What the history is invented from; 1 if not given", &seed_, false, {}},
            {"--scale", "X", "Times as many participants, such as 0.25 or 100; 1 if not given", &scale_, false, {}},
            {"--rates", "FILE", "How many, how often, how late: TOML over the rates that ship", &rates_, false, {}},
            {"--no-views", "", "Leave the views for the first reader", &no_views_, false, {}}};
  }
  std::optional<std::string> mistake() const override {
    if (!scale_) return std::nullopt;
    if (const auto scale = replay::parse_scale(*scale_); !scale) return scale.error().message;
    return std::nullopt;
  }

  Result<Exit> run(Console& console) override {
    replay::SimulationOptions options;
    options.seed = seed_.value_or(1);
    if (scale_) {
      FODSPOR_TRY(options.scale_thousandths, replay::parse_scale(*scale_));
    }
    if (rates_) {
      FODSPOR_TRY(const Input input, Input::read(rates_, console.world()));
      FODSPOR_TRY(options.rates, replay::simulation::Rates::read(input.content(), input.name()));
    } else {
      FODSPOR_TRY(options.rates, replay::simulation::Rates::read());
    }
    FODSPOR_TRY(const auto simulated, simulate_into_new(console, std::move(options)));
    const auto& made = simulated.report;
    Report report("Simulated", "Simuleret");
    report.answered_at(simulated.ledger->durable());
    report.fact("ledger", {"Folder", "Mappe"},
                Cell::text(std::filesystem::absolute(console.settings().ledger).lexically_normal().string()));
    report.fact("seed", {"Seed", "Frø"}, Cell::plain_number(static_cast<std::int64_t>(seed_.value_or(1))));
    report.fact("events", {"Events", "Hændelser"}, Cell::number(static_cast<std::int64_t>(made.events)));
    report.fact("participants", {"Participants", "Deltagere"}, Cell::number(static_cast<std::int64_t>(made.participants)));
    report.fact("enterprises", {"Enterprises", "Virksomheder"}, Cell::number(static_cast<std::int64_t>(made.enterprises)));
    report.fact("first_recorded_at", {"First recorded", "Først registreret"}, Cell::text(text(made.first_recorded)));
    report.fact("last_recorded_at", {"Last recorded", "Sidst registreret"}, Cell::text(text(made.last_recorded)));
    report.fact("events_a_second", {"Events a second", "Hændelser i sekundet"}, Cell::number(simulated.events_a_second));
    console.print(report);
    if (!no_views_) catch_up_views(console, *simulated.ledger);
    return Exit::yes;
  }

 private:
  std::optional<std::uint64_t> seed_;
  std::optional<std::string> scale_, rates_;
  bool no_views_ = false;
};

}  // namespace

std::unique_ptr<Command> simulate_command() {
  return std::make_unique<Simulate>();
}

}  // namespace fodspor::server
