#include <rocksdb/env.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "events/control.capnp.h"
#include "replay/simulation.h"
#include "replay/simulation/world.h"

using namespace fodspor::events;
using namespace fodspor::replay;
namespace engine = fodspor::engine;

namespace {

SimulationOptions options_of(std::uint64_t seed, std::uint32_t scale_thousandths) {
  SimulationOptions options;
  auto rates = simulation::Rates::read();
  REQUIRE(rates);
  options.rates = *std::move(rates);
  options.seed = seed;
  options.scale_thousandths = scale_thousandths;
  return options;
}

// All bytes of a history, in order.
std::string bytes_of(const SimulationOptions& options) {
  std::string bytes;
  const auto told = invent(options, [&](SimulatedBatch&& batch) -> Status {
    FODSPOR_TRY(const auto proposals, encode_batch(batch.request, batch.drafts));
    bytes += std::to_string(batch.time.micros);
    for (const Proposal& proposal : proposals) bytes += proposal.packed;
    return {};
  });
  REQUIRE(told);
  return bytes;
}

// What came before, as a ledger would know it.
class Heard : public Known {
 public:
  Result<bool> stream_exists(const StreamId& stream) override { return streams_.contains(stream); }
  Result<std::optional<Found>> find_event(const EventId& id) override {
    const auto found = events_.find(id);
    if (found == events_.end()) return std::nullopt;
    return found->second;
  }
  void hear(const SimulatedBatch& batch) {
    const RequestKey key = RequestKey::of(batch.request.client, batch.request.request_id);
    for (std::uint32_t i = 0; i < batch.drafts.size(); ++i) {
      const Draft& draft = batch.drafts[i];
      const auto programme = draft.proposal().getProgramme();
      streams_.insert(draft.stream());
      events_[{key, i}] = {draft.type(), draft.stream(), {{programme.getHi(), programme.getLo()}}};
    }
  }

 private:
  std::unordered_set<StreamId> streams_;
  std::unordered_map<EventId, Found> events_;
};

struct MemoryLedger {
  std::unique_ptr<rocksdb::Env> env{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  std::unique_ptr<engine::Ledger> ledger;
  MemoryLedger() {
    engine::Options options;
    options.create = true;
    options.allow_clock_jump = true;
    options.env = env.get();
    auto opened = engine::Ledger::open("/ledger", options);
    if (!opened) FAIL(opened.error().message);
    ledger = *std::move(opened);
  }
};

}  // namespace

SCENARIO("a simulation gives the same bytes again for the same seed, and others for another seed") {
  const std::string once = bytes_of(options_of(7, 100));
  REQUIRE(once.size() > 100'000);
  CHECK(once == bytes_of(options_of(7, 100)));
  CHECK(once != bytes_of(options_of(8, 100)));
}

SCENARIO("every simulated event is acceptable, and refers only to what was recorded before it") {
  Heard heard;
  std::uint64_t events = 0;
  const auto told = invent(options_of(3, 1'000), [&](SimulatedBatch&& batch) -> Status {
    FODSPOR_DO(check_batch(batch.drafts, heard));
    heard.hear(batch);
    events += batch.drafts.size();
    return {};
  });
  if (!told) FAIL(told.error().message);
  CHECK(events > 25'000);
}

SCENARIO("simulated times of recording rise, and nothing is recorded before it happened") {
  std::int64_t last = 0;
  const auto told = invent(options_of(5, 500), [&](SimulatedBatch&& batch) -> Status {
    REQUIRE(batch.time.micros >= last);
    last = batch.time.micros;
    for (const Draft& draft : batch.drafts) {
      const auto proposal = draft.proposal();
      const bool frame = draft.type() == EventType::programme_registered;  // announced ahead
      if (frame || proposal.getValidFrom() == 0) continue;
      REQUIRE(simulation::moment_of(static_cast<std::int32_t>(proposal.getValidFrom())) <= batch.time.micros);
      if (draft.type() != EventType::corrected && proposal.getValidTo() != 0) {
        REQUIRE(simulation::moment_of(static_cast<std::int32_t>(proposal.getValidTo())) <= batch.time.micros);
      }
    }
    return {};
  });
  REQUIRE(told);
}

SCENARIO("a simulated programme has what makes real data hard") {
  std::map<EventType, std::uint64_t> types;
  std::uint64_t late = 0, mixed = 0, incomplete = 0, superseded = 0, unreachable = 0, not_completed = 0;
  std::map<StreamId, int> enrolments, jobs_held;
  int several_jobs = 0;
  const auto told = invent(options_of(1, 1'000), [&](SimulatedBatch&& batch) -> Status {
    for (const Draft& draft : batch.drafts) {
      ++types[draft.type()];
      const auto proposal = draft.proposal();
      if (proposal.getRegisteredAt() != 0 && batch.time.micros - proposal.getRegisteredAt() > 7 * simulation::day_us) ++late;
      for (const auto reference : proposal.getReferences()) superseded += reference.getSuperseded();
      const auto facts = proposal.getFacts();
      if (draft.type() == EventType::enrolled) {
        const auto body = facts.getAs<wire::Enrolled>();
        incomplete += body.getIsced() == 0 || body.getBirthYear() == 0 || body.getGender() == wire::Gender::UNSPECIFIED ||
                      body.getLabourStatus() == wire::LabourStatus::UNSPECIFIED;
        ++enrolments[draft.stream()];
      } else if (draft.type() == EventType::hours_reported) {
        const auto body = facts.getAs<wire::HoursReported>();
        mixed += body.getPlacement() != 0 && body.getOrdinaryMinutes() > 1 && body.getUnpaidMinutes() > 1;
      } else if (draft.type() == EventType::followed_up) {
        unreachable += facts.getAs<wire::FollowedUp>().getResult() == wire::FollowedUp::Result::UNREACHABLE;
      } else if (draft.type() == EventType::left) {
        not_completed += facts.getAs<wire::Left>().getReason() == wire::Left::Reason::DROPPED_OUT;
      } else if (draft.type() == EventType::employment_started) {
        several_jobs += ++jobs_held[draft.stream()] == 2;
      }
    }
    return {};
  });
  REQUIRE(told);
  const auto people = static_cast<std::uint64_t>(1'202);
  CHECK(types[EventType::enrolled] >= people);
  CHECK(late > 2'000);
  CHECK(types[EventType::corrected] > 300);
  CHECK(types[EventType::retracted] > 20);
  CHECK(types[EventType::identity_merged] > 2);
  CHECK(types[EventType::employment_changed] > 20);
  CHECK(std::count_if(enrolments.begin(), enrolments.end(), [](const auto& e) { return e.second > 1; }) > 20);
  CHECK(several_jobs > 20);
  CHECK(mixed > 100);
  CHECK(incomplete > 30);
  CHECK(superseded > 2);
  CHECK(unreachable > 80);
  CHECK(not_completed > 50);
  CHECK(types[EventType::covered] > 20);
}

SCENARIO("simulated outcomes come out at the rates of the file") {
  // Kalundborg, 120 people times 40: 31 in 120 leave for a job. The bounds are four standard deviations of that many throws.
  SimulationOptions options = options_of(11, 40'000);
  const auto kalundborg = ProgrammeId::parse("kalundborg");
  REQUIRE(kalundborg);
  std::erase_if(options.rates.programmes, [&](const auto& p) { return p.id != *kalundborg; });
  std::uint64_t jobs = 0, completed = 0, enrolled = 0;
  std::set<StreamId> seen;
  const auto told = invent(options, [&](SimulatedBatch&& batch) -> Status {
    for (const Draft& draft : batch.drafts) {
      if (draft.type() == EventType::screened) ++enrolled;
      if (draft.type() == EventType::left) jobs += draft.proposal().getFacts().getAs<wire::Left>().getReason() == wire::Left::Reason::JOB;
      if (draft.type() == EventType::completed && seen.insert(draft.stream()).second) ++completed;
    }
    return {};
  });
  REQUIRE(told);
  CHECK(enrolled == 4'800);
  CHECK(jobs > 1'240 - 122);
  CHECK(jobs < 1'240 + 122);
  CHECK(completed > 4'000);
}

SCENARIO("a mistake in a file of rates is named with its line, and with what to write instead") {
  const auto message = [](std::string_view toml) {
    const auto rates = simulation::Rates::read(toml, "my.toml");
    REQUIRE_FALSE(rates);
    CHECK(rates.error().fault == Fault::invalid);
    return rates.error().message;
  };
  CHECK_THAT(message("[all]\nlate = { rate = \"3/2\" }\n"), Catch::StartsWith("my.toml:2:17: all.late: write { rate = \"31/120\""));
  CHECK_THAT(message("[all]\nlate = { rate = 0.5 }\n"), Catch::Contains("my.toml:2:17: all.late"));
  CHECK_THAT(message("[all]\nluck = { rate = \"1/2\" }\n"), Catch::Contains("my.toml:2:8: all.luck: there is no such rate"));
  CHECK_THAT(message("[roskilda]\nlate = { rate = \"1/2\" }\n"), Catch::Contains("there is no such programme"));
  CHECK_THAT(message("[all]\nlate = 7\n"), Catch::Contains("my.toml:2:8"));
  CHECK_THAT(message("[esbjerg]\nseeking = { rate = \"99 %\" }\n"), Catch::Contains("add up to more than 1"));
  CHECK_THAT(message("[all\n"), Catch::StartsWith("my.toml:1:"));
  CHECK_THAT(message("[all]\nlate_days = { between = [9, 3] }\n"), Catch::Contains("all.late_days"));

  const auto rates = simulation::Rates::read("[all]\nlate = { rate = \"12.5 %\" }\n", "my.toml");
  REQUIRE(rates);
  for (const auto& programme : rates->programmes) CHECK(programme.late.of * 8 == programme.late.in);
}

SCENARIO("a scale is a number with at most three decimals") {
  CHECK(parse_scale("1").value() == 1'000);
  CHECK(parse_scale("0.25").value() == 250);
  CHECK(parse_scale("1000").value() == 1'000'000);
  for (const char* bad : {"", "0", "-1", "1.", ".5", "1.2345", "x", "200000", "1e3"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_scale(bad));
  }
}

SCENARIO("a simulation that is run again goes on where it stopped, and repeats nothing") {
  MemoryLedger at;
  const SimulationOptions options = options_of(2, 50);

  // The first 200 batches, as an interrupted run left them.
  std::uint64_t batches = 0;
  const auto interrupted = invent(options, [&](SimulatedBatch&& batch) -> Status {
    if (++batches > 200) return fail(Fault::cancelled, "stopped here");
    FODSPOR_TRY(auto proposals, encode_batch(batch.request, batch.drafts));
    FODSPOR_TRY(const auto appended, at.ledger->append({batch.request, std::move(proposals), {}, batch.time}));
    (void)appended;
    return {};
  });
  REQUIRE_FALSE(interrupted);
  INFO(interrupted.error().message);
  REQUIRE(interrupted.error().fault == Fault::cancelled);

  const auto report = simulate(options, *at.ledger);
  if (!report) FAIL(report.error().message);
  CHECK(report->repeated == 200);
  CHECK(at.ledger->durable().value == report->events);
  CHECK(report->participants == 6 + 6 + 6 + 43);

  const auto again = simulate(options, *at.ledger);
  REQUIRE(again);
  CHECK(again->repeated == again->batches);
  CHECK(at.ledger->durable().value == report->events);

  WHEN("another seed is simulated into the same ledger") {
    const auto other = simulate(options_of(3, 50), *at.ledger);
    REQUIRE_FALSE(other);
    CHECK(other.error().fault == Fault::conflict);
    CHECK(at.ledger->durable().value == report->events);
  }
}

SCENARIO("the programmes that ship open a simulation: each target is known before the first participant comes") {
  SimulationOptions options = options_of(1, 10);
  options.opening = shipped_opening;
  std::map<StreamId, int> registered;
  std::map<std::string, Timestamp> pinned;
  std::map<std::string, Timestamp> first_enrolled;
  Heard heard;
  const auto told = invent(options, [&](SimulatedBatch&& batch) -> Status {
    FODSPOR_DO(check_batch(batch.drafts, heard));
    heard.hear(batch);
    for (const Draft& draft : batch.drafts) {
      const auto programme = draft.proposal().getProgramme();
      const std::string slug = ProgrammeId{{programme.getHi(), programme.getLo()}}.slug();
      if (draft.type() == EventType::programme_registered) ++registered[draft.stream()];
      if (draft.type() == EventType::target_pinned) pinned[slug] = batch.time;
      if (draft.type() == EventType::enrolled) first_enrolled.try_emplace(slug, batch.time);
    }
    return {};
  });
  if (!told) FAIL(told.error().message);
  CHECK(registered.size() >= 5);  // the four, and the pool
  for (const auto& [stream, times] : registered) CHECK(times == 1);
  REQUIRE(first_enrolled.size() == 4);
  for (const char* slug : {"lf", "esbjerg"}) {
    CAPTURE(slug);
    REQUIRE(pinned.contains(slug));
    CHECK(pinned.at(slug) < first_enrolled.at(slug));
  }
}

SCENARIO("programmes are opened by the given events, each shortly before it starts") {
  SimulationOptions options = options_of(1, 10);
  options.opening = [&]() -> Result<std::vector<Draft>> {
    std::vector<Draft> drafts;
    for (const auto& programme : options.rates.programmes) {
      Draft draft(EventType::programme_registered, programme.id.stream());
      draft.in(programme.id).on(programme.starts);
      auto frame = draft.facts<wire::ProgrammeRegistered>().initFrame();
      frame.setStarts(programme.starts.stored());
      frame.setEnds(programme.ends.stored());
      frame.setCheckInDays(30);
      drafts.push_back(std::move(draft));
    }
    return drafts;
  };
  std::map<StreamId, int> registered;
  Heard heard;
  const auto told = invent(options, [&](SimulatedBatch&& batch) -> Status {
    FODSPOR_DO(check_batch(batch.drafts, heard));
    heard.hear(batch);
    for (const Draft& draft : batch.drafts) {
      if (draft.type() != EventType::programme_registered) continue;
      ++registered[draft.stream()];
      CHECK(draft.proposal().getFacts().getAs<wire::ProgrammeRegistered>().getFrame().getCheckInDays() == 30);
      const auto starts = static_cast<std::int32_t>(draft.proposal().getValidFrom());
      CHECK(batch.time.micros < simulation::moment_of(starts));
      CHECK(batch.time.micros > simulation::moment_of(starts - 60));
    }
    return {};
  });
  if (!told) FAIL(told.error().message);
  CHECK(registered.size() == 4);
  for (const auto& [stream, times] : registered) CHECK(times == 1);
}
