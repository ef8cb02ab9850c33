// The first of the two clocks, on whole programmes: what was known at a moment is what a ledger says that has received no more since.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "projections/kpi_row.h"
#include "projections/trail.h"
#include "replay/clocks.h"
#include "replay/simulation.h"
#include "tests/support/must.h"
#include "tests/support/scratch.h"
#include "tests/support/view_world.h"

using namespace fodspor::events;
using namespace fodspor::projections;
using namespace fodspor::replay;
using namespace fodspor::stories;
namespace engine = fodspor::engine;

namespace {

constexpr std::size_t moments = 10;
// Trails compared at each moment: each reads all definitions anew, so everybody's would take minutes. Views and figures are compared whole.
constexpr std::size_t trails_each = 100;

std::uint64_t first_seed() {
  const char* given = std::getenv("FODSPOR_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20'210'203;
}

// The four programmes at their own size, with the targets and definitions that ship.
SimulationOptions programmes(std::uint64_t seed) {
  SimulationOptions options;
  options.rates = must(simulation::Rates::read());
  options.seed = seed;
  options.opening = shipped_opening;
  return options;
}

class NewLedger {
 public:
  NewLedger() : directory_(fodspor::tests::new_scratch_directory("known-at")) {
    engine::Options options;
    options.create = true;
    options.allow_clock_jump = true;
    options.memory_bytes = 32u << 20;
    ledger_ = must(engine::Ledger::open(directory_ / "ledger", options));
  }
  ~NewLedger() {
    ledger_.reset();
    std::error_code error;
    std::filesystem::remove_all(directory_, error);
  }
  NewLedger(const NewLedger&) = delete;
  NewLedger& operator=(const NewLedger&) = delete;
  engine::Ledger& operator*() { return *ledger_; }
  engine::Ledger* operator->() { return ledger_.get(); }

 private:
  std::filesystem::path directory_;
  std::unique_ptr<engine::Ledger> ledger_;
};

std::string text(const std::optional<EventId>& id) {
  return id ? id->text() : "-";
}

std::string text(const std::optional<Date>& day) {
  return day ? day->text() : "-";
}

std::string text(const ExplainedUnit& unit) {
  std::string said = fmt::format("{} {} {} {} {} {} {} {}", unit.subject.text(), unit.unit_number, unit.in_population, unit.failed_step,
                                 static_cast<int>(unit.in_denominator), static_cast<int>(unit.met), unit.excluded, unit.censored);
  for (const ExplainedReason& reason : unit.reasons) {
    said += fmt::format(" {}={} {}", reason.clause, static_cast<int>(reason.truth), text(reason.because));
  }
  return said;
}

// All that a trail says.
std::string text(const Trail& trail) {
  std::string said = fmt::format("{} at {}", trail.person.hex(), trail.position.value);
  for (const Id& id : trail.merged) said += " " + id.hex();
  for (const TrailEntry& entry : trail.entries) {
    said += fmt::format("\n{} {} {} {} {} {}–{} {} {} {} {} {} {} {} {} {} {} {}", name(entry.standing), entry.id.text(),
                        entry.position.value, entry.type_name, entry.stream.text(), text(entry.from), text(entry.to),
                        entry.programme.slug(), entry.recorded_at.micros, entry.registered_at ? entry.registered_at->micros : 0,
                        static_cast<int>(entry.source), entry.submitted_by, entry.actor, entry.organisation, entry.words.en, entry.words.da,
                        text(entry.about), text(entry.set_aside_by));
    for (const auto& [role, stream] : entry.references) said += fmt::format(" {}:{}", static_cast<int>(role), stream.text());
  }
  for (const TrailMilestone& milestone : trail.milestones) {
    said += fmt::format("\n{} {} {} {}", milestone.programme.slug(), milestone.what.en, milestone.on.text(), milestone.because.text());
  }
  for (const TrailTarget& target : trail.targets) {
    said += fmt::format("\n{} {} {} {} {} {}", target.which.programme.slug(), target.which.target, target.which.reading, target.title.en,
                        target.problem, text(target.unit));
  }
  if (trail.poison) said += "\nstopped: " + trail.poison->reason;
  return said;
}

std::string trail_text(const engine::Ledger& ledger, const Context& context, const Id& participant, const AsOf& as_of) {
  const auto trail = read_trail(ledger, context, participant, as_of);
  return trail ? text(*trail) : trail.error().message;
}

// Each target's figure, as a manager reads it on that day.
std::string kpi_text(const Rows& rows, const Context& context, Date today) {
  std::string said;
  for (const KpiLine& line : must(read_kpi(rows, context, {}, today))) {
    said += fmt::format("{} {} {}: {} {} {} {} {} {} {} {}\n", line.programme.slug(), line.target.id, line.target.reading,
                        line.counts.units, line.counts.population, line.counts.denominator, line.counts.numerator, line.counts.unknown,
                        line.counts.excluded, name(line.standing), line.problem);
  }
  return said;
}

struct Evaluated {
  std::uint64_t denominators = 0;  // of all definitions together, so that an empty comparison is seen
  std::map<std::string, std::string> by_definition;
};

// Every definition that ships, over everybody: its figure, and all verdicts with their reasons.
Evaluated evaluate(const engine::Ledger& ledger, const AsOf& as_of) {
  Library library = Library::shipped();
  must(library.add_approved(must(load_context(ledger, as_of))));
  std::vector<Measure> measures;
  for (const Definition& definition : library.all()) measures.push_back(must(Measure::compile(definition, {}, definition.breakdown())));
  std::vector<Figure> figures(measures.size());
  std::vector<std::string> verdicts_of(measures.size());
  ScanOptions options;
  options.as_of = as_of;
  options.memory_bytes = 32u << 20;
  std::vector<Verdict> verdicts;
  must(for_each_subject(ledger, options, [&](const Subject& subject) -> Status {
    for (std::size_t i = 0; i < measures.size(); ++i) {
      verdicts.clear();
      measures[i].apply(subject, std::nullopt, verdicts);
      figures[i].add(verdicts, measures[i].steps().size());
      for (const Verdict& verdict : verdicts) verdicts_of[i] += text(explained(subject.id(), verdict, measures[i])) + "\n";
    }
    return {};
  }));
  Evaluated evaluated;
  for (std::size_t i = 0; i < measures.size(); ++i) {
    const Figure& figure = figures[i];
    std::string said = fmt::format("{} {} {} {} {}; {} {} {};", figure.population, figure.denominator, figure.numerator, figure.unknown,
                                   figure.excluded, figure.weighted_denominator, figure.weighted_numerator, figure.weighted_unknown);
    for (std::size_t s = 0; s < figure.attrition_units.size(); ++s) {
      said += fmt::format(" {}/{}", figure.attrition_units[s], figure.attrition_persons[s]);
    }
    for (const auto& [values, counts] : figure.strata) {
      for (const std::string& value : values) said += " " + value;
      said += fmt::format(": {} {} {};", counts[0], counts[1], counts[2]);
    }
    evaluated.denominators += figure.denominator;
    evaluated.by_definition[measures[i].definition().id() + "@" + measures[i].definition().version()] = said + "\n" + verdicts_of[i];
  }
  return evaluated;
}

// The names of those that differ, for a message.
std::string differing(const Evaluated& a, const Evaluated& b) {
  std::string names;
  for (const auto& [name, said] : a.by_definition) {
    const auto other = b.by_definition.find(name);
    if (other == b.by_definition.end() || other->second != said) names += name + " ";
  }
  if (a.by_definition.size() != b.by_definition.size()) names += "(not the same definitions)";
  return names;
}

}  // namespace

SCENARIO("at ten moments, each figure and trail known then is that of a ledger that had received no more") {
  const std::uint64_t seed = first_seed();
  CAPTURE(seed);
  const SimulationOptions options = programmes(seed);
  NewLedger whole;
  const SimulationReport told = must(simulate(options, *whole));
  REQUIRE(told.events > 25'000);
  const std::vector<StreamId> people = must(whole->streams(StreamKind::participant));

  // One moment in each tenth of the log.
  std::mt19937_64 random(seed);
  std::vector<Timestamp> chosen;
  for (std::size_t i = 0; i < moments; ++i) {
    const std::uint64_t tenth = told.events / moments;
    chosen.push_back(must(whole->read({1 + i * tenth + random() % tenth})).placement().recorded_at);
  }
  std::sort(chosen.begin(), chosen.end());

  NewLedger received;
  auto runner = must(Runner::open(*received, Runner::Mode::write));
  std::size_t compared = 0;
  std::uint64_t denominators = 0, told_of_trails = 0;
  const auto compare = [&](Timestamp moment) {
    const AsOf known = must(resolve_as_of(*whole, fodspor::events::text(moment), {}));
    INFO("seed " << seed << ", known at " << fodspor::events::text(moment) << ", position " << known.known.value);
    REQUIRE(known.known == received->durable());
    REQUIRE(known.known < whole->durable());

    catch_up(*runner);
    CHECK(differing(digests(*runner), digests_as_of(*whole, known)) == "");

    const Context then = must(load_context(*whole, known));
    const Context now = must(load_context(*received, {}));
    ScanOptions scan;
    scan.as_of = known;
    const Date today = must(day_of(moment, default_zone));
    CHECK(kpi_text(*must(view_as_of(*whole, "kpi", scan)), then, today) == kpi_text(*must(runner->rows("kpi")), now, today));

    std::string trails_differ;
    for (std::size_t i = 0; i < trails_each; ++i) {
      const Id participant = people[random() % people.size()].id;
      const std::string trail = trail_text(*received, now, participant, {});
      told_of_trails += trail.size();
      if (trail_text(*whole, then, participant, known) != trail) {
        trails_differ += participant.hex() + " ";
      }
    }
    CHECK(trails_differ == "");

    const Evaluated evaluated = evaluate(*received, {});
    CHECK(differing(evaluate(*whole, known), evaluated) == "");
    denominators += evaluated.denominators;
    ++compared;
  };

  // The same history once more, and a halt before the first batch that was recorded after each moment.
  must(invent(options, [&](SimulatedBatch&& batch) -> Status {
    while (compared < moments && batch.time > chosen[compared]) compare(chosen[compared]);
    if (compared == moments) return {};
    FODSPOR_TRY(auto proposals, encode_batch(batch.request, batch.drafts));
    FODSPOR_TRY(const auto appended, received->append({batch.request, std::move(proposals), {}, batch.time}));
    static_cast<void>(appended);
    return {};
  }));
  CHECK(compared == moments);
  // What was compared says something, and what came later would have shown.
  CHECK(denominators > 10'000);
  CHECK(told_of_trails > 500'000);
  for (const auto& [view, digest] : digests_as_of(*whole)) {
    INFO(view);
    CHECK(digests(*runner).at(view) != digest);
  }
}
