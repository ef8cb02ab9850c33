// The deterministic step, and the whole ledger against a model that is slow and obvious.
#include <rocksdb/env.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

#include "engine/apply.h"
#include "engine/record.h"
#include "tests/engine/fixture.h"

using namespace fodspor::tests;
using fodspor::engine::Head;

namespace {

std::uint64_t fresh_seed() {
  const std::uint64_t seed = std::random_device{}();
  return seed;
}

// A history of batches, some of them refused: stale expectations, repeats, ids used again for other content.
std::vector<Batch> random_history(std::mt19937_64& random, std::size_t count) {
  std::vector<Batch> history;
  for (std::size_t i = 0; i < count; ++i) {
    if (!history.empty() && random() % 8 == 0) {
      history.push_back(history[random() % history.size()]);
      continue;
    }
    const bool same_id = !history.empty() && random() % 12 == 0;
    const std::string id = same_id ? history[random() % history.size()].request.request_id : "r" + std::to_string(i);
    std::vector<Fact> facts;
    const std::size_t size = 1 + random() % 5;
    for (std::size_t j = 0; j < size; ++j) {
      Fact fact{person(random() % 7), static_cast<std::uint32_t>(random() % 1000), {}, random() % 3 == 0 ? "" : "lolland"};
      if (random() % 2 == 0) fact.about = enterprise(random() % 3);
      facts.push_back(fact);
    }
    Batch made = batch(id, facts);
    made.time = {noon.micros + static_cast<std::int64_t>(random() % 1'000'000)};
    if (random() % 3 == 0) {
      const auto kind = static_cast<Expected::Kind>(random() % 3);
      made.expected.push_back({person(random() % 7), kind, {static_cast<std::uint32_t>(random() % 6)}});
    }
    history.push_back(std::move(made));
  }
  return history;
}

// What was stored, kept in the plainest containers. It shares nothing with the engine but the form of a record.
class Model : public fodspor::engine::Past {
 public:
  struct Stored {
    Proposal proposal;
    Placement placement;
  };
  std::vector<Stored> log;
  Position known{UINT64_MAX};       // what it is asked about as Past: the events up to there
  std::optional<StreamId> damaged;  // nobody can tell this one's head

  Status stream_heads(std::span<const StreamId> streams, std::span<std::optional<Head>> heads) const override {
    for (std::size_t i = 0; i < streams.size(); ++i) {
      if (streams[i] == damaged) return fodspor::events::fail(Fault::corrupt, "a damaged head");
      heads[i] = *stream_head(streams[i]);
    }
    return {};
  }
  Status first_of_each(std::span<const RequestKey> requests, std::span<std::optional<Position>> first) const override {
    for (std::size_t i = 0; i < requests.size(); ++i) first[i] = first_of(requests[i]);
    return {};
  }
  Result<std::optional<Head>> stream_head(const StreamId& stream) const {
    return head([&](const Stored& stored) { return stored.proposal.header.stream == stream; });
  }
  Result<std::optional<Head>> programme_head(ProgrammeId id) const override {
    return head([&](const Stored& stored) { return stored.proposal.header.programme == id; });
  }
  std::optional<Position> first_of(RequestKey request) const {
    for (const Stored& stored : log) {
      if (stored.placement.position > known) break;
      if (stored.proposal.header.id.request == request) return stored.placement.position;
    }
    return std::nullopt;
  }
  Result<std::optional<Appended>> same(Position first, std::span<const Proposal> proposals) const override {
    const std::size_t size = log[first.value - 1].proposal.header.batch_size;
    if (size != proposals.size()) return std::nullopt;
    for (std::size_t i = 0; i < size; ++i) {
      if (log[first.value - 1 + i].proposal.packed != proposals[i].packed) return std::nullopt;
    }
    return Appended{first, {first.value + size - 1}, log[first.value - 1].placement.recorded_at, true};
  }

  // What an append must answer, by the rules as they are told to users.
  std::optional<Appended> append(const Batch& batch) {
    const auto first = first_of(batch.proposals[0].header.id.request);
    if (first) return *same(*first, batch.proposals);
    for (const Expected& expected : batch.expected) {
      const auto found = *stream_head(expected.stream);
      const std::uint64_t version = found ? found->count : 0;
      if (expected.kind == Expected::Kind::none && version != 0) return std::nullopt;
      if (expected.kind == Expected::Kind::exactly && version != expected.version.value) return std::nullopt;
    }
    const Timestamp recorded = log.empty() ? batch.time : std::max(batch.time, log.back().placement.recorded_at);
    const Position start{log.size() + 1};
    for (const Proposal& proposal : batch.proposals) {
      Placement placement;
      placement.position = {log.size() + 1};
      placement.recorded_at = recorded;
      const Head stream = (*stream_head(proposal.header.stream)).value_or(Head{});
      placement.version = {static_cast<std::uint32_t>(stream.count + 1)};
      placement.previous_in_stream = stream.last;
      if (proposal.header.programme) {
        const Head in_programme = (*programme_head(proposal.header.programme)).value_or(Head{});
        placement.ordinal_in_programme = in_programme.count + 1;
        placement.previous_in_programme = in_programme.last;
      }
      log.push_back({proposal, placement});
    }
    return Appended{start, {log.size()}, recorded, false};
  }

  std::vector<Position> which(const std::function<bool(const Header&)>& wanted) const {
    std::vector<Position> found;
    for (const Stored& stored : log) {
      if (wanted(stored.proposal.header)) found.push_back(stored.placement.position);
    }
    return found;
  }
  std::vector<std::string> bytes() const {
    std::vector<std::string> values;
    for (const Stored& stored : log) fodspor::engine::write_record(values.emplace_back(), stored.proposal.packed, stored.placement);
    return values;
  }

 private:
  std::optional<Head> head(const std::function<bool(const Stored&)>& wanted) const {
    Head found;
    for (const Stored& stored : log) {
      if (stored.placement.position > known) break;
      if (wanted(stored)) found = {found.count + 1, stored.placement.position};
    }
    return found.count == 0 ? std::nullopt : std::optional(found);
  }
};

bool same_answer(const std::optional<Appended>& model, const Result<Appended>& engine) {
  if (!engine) return !model && engine.error().fault == Fault::conflict;
  return model && model->first == engine->first && model->last == engine->last && model->recorded_at == engine->recorded_at &&
         model->repeated == engine->repeated;
}

void check_against(const Ledger& ledger, const Model& model) {
  CHECK(stored(ledger) == model.bytes());
  for (std::uint64_t i = 0; i < 7; ++i) {
    const auto mine = model.which([&](const Header& header) { return header.stream == person(i); });
    CHECK(*ledger.head(person(i)) == Version{static_cast<std::uint32_t>(mine.size())});
    CHECK(positions(ledger.read_stream(person(i))) == mine);
    for (std::size_t from = 2; from <= mine.size() + 1; from += 3) {
      CHECK(positions(ledger.read_stream(person(i), {static_cast<std::uint32_t>(from)})) ==
            std::vector<Position>(mine.begin() + static_cast<std::ptrdiff_t>(from - 1), mine.end()));
    }
  }
  for (std::uint64_t i = 0; i < 3; ++i) {
    const auto about =
        model.which([&](const Header& header) { return std::ranges::find(header.references, enterprise(i)) != header.references.end(); });
    CHECK(positions(ledger.read_subject(enterprise(i))) == about);
    const Position middle = about.empty() ? Position{1} : about[about.size() / 2];
    CHECK(positions(ledger.read_subject(enterprise(i), middle)).size() == about.size() - about.size() / 2);
  }
  CHECK(positions(ledger.read_type(EventType::course_started)) == model.which([](const Header&) { return true; }));
  CHECK(positions(ledger.read_type(EventType::course_ended)).empty());
  for (const Model::Stored& one : model.log) {
    const auto found = ledger.find(one.proposal.header.id);
    CHECK(*found == one.placement.position);
  }
}

}  // namespace

SCENARIO("what is stored does not depend on how proposals were grouped") {
  const std::uint64_t seed = fresh_seed();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const std::vector<Batch> history = random_history(random, 300);
  std::vector<std::vector<Placement>> results;
  for (const std::size_t group_max : {std::size_t{1}, std::size_t{7}, std::size_t{300}}) {
    Model past;
    past.known = {};
    fodspor::engine::Order order(past, {}, {});
    std::vector<Placement> all;
    for (std::size_t i = 0; i < history.size();) {
      const std::size_t group = std::min(history.size() - i, 1 + random() % group_max);
      std::vector<Placement> placements;
      std::vector<Proposal> proposals;
      if (random() % 2 == 0) {
        std::vector<const Batch*> next;
        for (std::size_t j = 0; j < group; ++j) next.push_back(&history[i + j]);
        order.foresee(next);
      }
      for (std::size_t j = 0; j < group; ++j, ++i) {
        const auto answer = order.apply(history[i], placements);
        if (answer && !answer->repeated) proposals.insert(proposals.end(), history[i].proposals.begin(), history[i].proposals.end());
      }
      // A write that was put off is ordered again and comes out the same.
      if (random() % 4 == 0) {
        const Position last = past.log.empty() ? Position{} : past.log.back().placement.position;
        past.known = last;
        order.forget(last, past.log.empty() ? Timestamp{} : past.log.back().placement.recorded_at);
        std::vector<Placement> again;
        for (std::size_t j = i - group; j < i; ++j) static_cast<void>(order.apply(history[j], again));
        CHECK(again == placements);
      }
      REQUIRE(proposals.size() == placements.size());
      for (std::size_t j = 0; j < proposals.size(); ++j) past.log.push_back({proposals[j], placements[j]});
      // Past answers at once, or is behind by some groups.
      past.known = std::max(past.known, random() % 2 == 0 ? order.last() : Position{order.last().value / 2});
      order.written(past.known);
      all.insert(all.end(), placements.begin(), placements.end());
    }
    results.push_back(std::move(all));
  }
  CHECK(results[0].size() > 300);
  CHECK(results[1] == results[0]);
  CHECK(results[2] == results[0]);
}

SCENARIO("an append is refused for the damage that it meets itself, and not for what those in its group meet") {
  Model past;
  past.damaged = person(1);
  fodspor::engine::Order order(past, {}, {});
  const Batch of_damaged = single("damaged", 1);
  const Batch of_sound = single("sound", 2);
  order.foresee(std::array{&of_damaged, &of_sound});
  std::vector<Placement> placements;
  CHECK(order.apply(of_damaged, placements).error().fault == Fault::corrupt);
  const auto answer = order.apply(of_sound, placements);
  REQUIRE(answer);
  CHECK(answer->first == Position{1});
}

SCENARIO("random histories are answered and stored as a slow model says, also after settling and opening again") {
  const std::uint64_t seed = fresh_seed();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const std::unique_ptr<rocksdb::Env> memory(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  Model model;
  auto ledger = opened("/nowhere/model", writing(memory.get()));
  for (const Batch& step : random_history(random, 250)) {
    const auto expected = model.append(step);
    const auto answer = ledger->append(step);
    INFO("request " << step.request.request_id);
    REQUIRE(same_answer(expected, answer));
    if (random() % 25 == 0) REQUIRE(ledger->settle());
    if (random() % 40 == 0) {
      ledger.reset();
      ledger = opened("/nowhere/model", writing(memory.get()));
    }
  }
  check_against(*ledger, model);
  REQUIRE(ledger->settle());
  check_against(*ledger, model);
  ledger.reset();
  check_against(*opened("/nowhere/model", writing(memory.get())), model);
}

SCENARIO("indexes of many runs answer as those of one") {
  Place place;
  Model model;
  auto ledger = opened(place.path());
  std::mt19937_64 random(5);
  for (std::uint32_t i = 0; i < 12; ++i) {
    std::vector<Fact> facts;
    for (std::uint32_t j = 0; j < 1'500; ++j) facts.push_back({person(random() % 7), j, enterprise(random() % 3)});
    Batch made = batch("r" + std::to_string(i), facts);
    made.time = noon;
    for (const Proposal& proposal : made.proposals) model.log.push_back({proposal, {}});  // only which() is asked of this model
    accepted(*ledger, std::move(made));
    if (i % 3 != 2) REQUIRE(ledger->settle());
  }
  for (std::size_t i = 0; i < model.log.size(); ++i) model.log[i].placement.position = {i + 1};
  auto reader = opened(place.path(), reading());
  for (const Ledger* through : {static_cast<const Ledger*>(ledger.get()), static_cast<const Ledger*>(reader.get())}) {
    for (std::uint64_t p = 0; p < 7; ++p) {
      const auto mine = model.which([&](const Header& header) { return header.stream == person(p); });
      CHECK(positions(through->read_stream(person(p))) == mine);
      CHECK(positions(through->read_stream(person(p), {1'700})) == std::vector<Position>(mine.begin() + 1'699, mine.end()));
    }
    CHECK(positions(through->read_subject(enterprise(1))) ==
          model.which([](const Header& header) { return header.references.at(0) == enterprise(1); }));
    CHECK(positions(through->read_type(EventType::course_started, {17'000})).size() == 1'001);
  }
}
