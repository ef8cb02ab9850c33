#include <catch2/catch.hpp>
#include <fstream>
#include <set>

#include "events/codec.h"
#include "events/enterprise.capnp.h"
#include "events/intake.capnp.h"
#include "projections/route.h"
#include "projections/subjects.h"
#include "tests/support/model.h"
#include "tests/support/random_history.h"
#include "tests/support/told_ledger.h"

namespace engine = fodspor::engine;
using namespace fodspor::projections;
using namespace fodspor::stories;

namespace {

constexpr std::size_t small_memory = 64 << 10;

// What one visit shows, as text: the subject, its events, and all that is folded of a person.
std::string seen(const Subject& subject) {
  std::string text = subject.id().text();
  for (const Event& event : subject.history.events()) text += " " + event.id().text() + "@" + std::to_string(event.position().value);
  if (subject.person == nullptr) return text;
  for (const std::string& line : lines(*subject.person)) text += "\n  " + line;
  for (Date on = day("2020-01-01"); on < day("2020-10-01"); on = on.plus_days(30)) {
    for (const std::string& line : work(*subject.person, on)) text += "\n  " + on.text() + " " + line;
  }
  return text;
}

std::vector<std::string> visits(const engine::Ledger& ledger, ScanOptions options = {}) {
  std::vector<std::string> all;
  const auto scanned = for_each_subject(ledger, options, [&](const Subject& subject) -> Status {
    all.push_back(seen(subject));
    return {};
  });
  REQUIRE(scanned.has_value());
  return all;
}

Chances crowd() {
  return {.events = 700, .people = 25, .control_percent = 20, .merge_percent = 3};
}

std::vector<Id> members(const Context& context, const StreamId& one) {
  return context.merged_with(one.id);
}

}  // namespace

SCENARIO("a scan visits every subject once: programmes first, then enterprises, then persons, merged ones last") {
  const std::uint64_t seed = 11;
  const RandomHistory history = random_history(seed, crowd());
  const ToldLedger told(history.story);
  std::vector<StreamId> order;
  std::set<StreamId> people;
  std::size_t events = 0;
  bool ready = false;
  ScanOptions options;
  options.ready = [&](const Context& context) -> Status {
    ready = true;
    CHECK(context.programmes.size() == 2);
    CHECK(context.enterprises.size() == 3);
    CHECK(context.merges_anyone());
    return {};
  };
  const auto scanned = for_each_subject(told.ledger(), options, [&](const Subject& subject) -> Status {
    CHECK(ready);
    order.push_back(subject.id());
    events += subject.history.events().size();
    CHECK((subject.person != nullptr) == (subject.id().kind == StreamKind::participant));
    if (subject.person != nullptr) {
      for (const Event& event : subject.history.events()) {
        people.insert(event.stream());
        CHECK(subject.context.person(event.stream().id) == subject.id().id);
      }
    }
    return {};
  });
  REQUIRE(scanned.has_value());
  CHECK(scanned->position.value == history.story.size());
  CHECK(events == history.story.size());
  CHECK(people.size() <= history.people.size());
  CHECK(std::set(order.begin(), order.end()).size() == order.size());
  bool merged_before = false;
  for (std::size_t i = 0; i < order.size(); ++i) {
    CHECK(order[i].kind == (i < 2 ? StreamKind::programme : i < 5 ? StreamKind::enterprise : StreamKind::participant));
    const bool merged = scanned->context.is_merged(order[i].id);
    CHECK(merged >= merged_before);
    merged_before = merged;
  }
}

SCENARIO("a scan through scratch files visits the same as one in memory, and leaves no file") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    INFO("seed " << seed);
    const RandomHistory history = random_history(seed, crowd());
    const ToldLedger told(history.story);
    const std::vector<std::string> in_memory = visits(told.ledger());
    ScanOptions options;
    options.memory_bytes = small_memory;
    options.scratch = told.directory() / "scratch";
    CHECK(visits(told.ledger(), options) == in_memory);
    CHECK_FALSE(std::filesystem::exists(options.scratch));
  }
}

SCENARIO("a scan as of a position equals one of a ledger that holds no more than that") {
  const std::uint64_t seed = 7;
  const RandomHistory history = random_history(seed, crowd());
  const ToldLedger told(history.story);
  for (const std::size_t known : {1u, 5u, 60u, 200u, 450u, 699u}) {
    INFO("position " << known);
    const ToldLedger part(history.story, known);
    ScanOptions options;
    options.as_of.known = {known};
    CHECK(visits(told.ledger(), options) == visits(part.ledger()));
  }
}

SCENARIO("the order of arrival does not matter to what is visited") {
  const RandomHistory history = random_history(23, crowd());
  const ToldLedger told(history.story);
  const ToldLedger other(told_otherwise(history, 24));
  const auto folded = [](const engine::Ledger& ledger) {
    std::vector<std::string> all;
    const auto scanned = for_each_subject(ledger, {}, [&](const Subject& subject) -> Status {
      all.push_back(subject.id().text());
      if (subject.person != nullptr) {
        const auto own = lines(*subject.person);
        all.insert(all.end(), own.begin(), own.end());
      }
      return {};
    });
    REQUIRE(scanned.has_value());
    return all;
  };
  CHECK(folded(told.ledger()) == folded(other.ledger()));
}

SCENARIO("one subject read by the indexes is what the scan shows of it, now and as of any pair of clocks") {
  const RandomHistory history = random_history(5, crowd());
  const ToldLedger told(history.story);
  for (const AsOf& as_of : {AsOf{}, AsOf{.known = {300}, .valid = {}}, AsOf{.known = {500}, .valid = day("2020-04-01")}}) {
    const auto context = load_context(told.ledger(), as_of);
    REQUIRE(context.has_value());
    ScanOptions options;
    options.as_of = as_of;
    const auto scanned = for_each_subject(told.ledger(), options, [&](const Subject& subject) -> Status {
      const auto loaded = load_history(told.ledger(), *context, subject.id(), as_of);
      REQUIRE(loaded.has_value());
      const bool is_person = subject.person != nullptr;
      const Person person = is_person ? Person::fold(*loaded, *context) : Person{};
      CHECK(seen({*loaded, is_person ? &person : nullptr, *context}) == seen(subject));
      return {};
    });
    REQUIRE(scanned.has_value());
    for (const StreamId& one : history.people) CHECK(members(scanned->context, one) == members(*context, one));
    CHECK(scanned->context.programmes.size() == context->programmes.size());
    CHECK(scanned->context.enterprises.size() == context->enterprises.size());
  }
}

SCENARIO("people merged by mistake part again when the merge is retracted") {
  Story story;
  for (const std::uint64_t number : {1u, 2u, 3u}) {
    story.say<wire::StatusObserved>(EventType::status_observed, participant(number), "", day("2021-01-01"));
  }
  const EventId merge = story.merge(participant(1), participant(2));
  story.merge(participant(2), participant(3));
  story.retract(merge, participant(1));
  const ToldLedger told(story);
  const auto together = [&](std::uint64_t known) {
    const auto context = load_context(told.ledger(), {.known = {known}, .valid = {}});
    REQUIRE(context.has_value());
    ScanOptions options;
    options.as_of.known = {known};
    const auto scanned = for_each_subject(told.ledger(), options, [](const Subject&) -> Status { return {}; });
    REQUIRE(scanned.has_value());
    CHECK(members(scanned->context, participant(1)) == members(*context, participant(1)));
    return members(*context, participant(1)).size();
  };
  CHECK(together(3) == 1);
  CHECK(together(4) == 2);
  CHECK(together(5) == 3);
  CHECK(together(6) == 1);
}

SCENARIO("a scan that is told to stop stops, and leaves no file") {
  const RandomHistory history = random_history(3, crowd());
  const ToldLedger told(history.story);
  ScanOptions options;
  options.memory_bytes = small_memory;
  options.scratch = told.directory() / "scratch";
  int visited = 0;
  const auto scanned = for_each_subject(told.ledger(), options, [&](const Subject& subject) -> Status {
    ++visited;
    if (subject.person != nullptr) return fail(Fault::cancelled, "enough");
    return {};
  });
  REQUIRE_FALSE(scanned.has_value());
  CHECK(scanned.error().fault == Fault::cancelled);
  CHECK(visited == 6);
  CHECK_FALSE(std::filesystem::exists(options.scratch));
}

SCENARIO("a scratch folder that cannot be had is named, and what to do") {
  const RandomHistory history = random_history(3, crowd());
  const ToldLedger told(history.story);
  ScanOptions options;
  options.memory_bytes = small_memory;
  options.scratch = told.directory() / "file";
  std::ofstream(options.scratch) << "in the way";
  const auto scanned = for_each_subject(told.ledger(), options, [](const Subject&) -> Status { return {}; });
  REQUIRE_FALSE(scanned.has_value());
  CHECK(scanned.error().fault == Fault::unavailable);
  CHECK(scanned.error().message.find(options.scratch.string()) != std::string::npos);
  CHECK(scanned.error().message.find("--scratch") != std::string::npos);
}

SCENARIO("progress goes from nothing to all events and never back") {
  const RandomHistory history = random_history(3, crowd());
  const ToldLedger told(history.story);
  std::uint64_t before = 0;
  ScanOptions options;
  options.progress = [&](std::uint64_t done, std::uint64_t of) {
    CHECK(of == history.story.size());
    CHECK(done >= before);
    CHECK(done <= of);
    before = done;
  };
  visits(told.ledger(), options);
  CHECK(before == history.story.size());
}

SCENARIO("an event that must not be ignored stops the context it stands in, and is named") {
  Story story;
  Draft newer(EventType{1199}, enterprise(1));
  newer.proposal().setCritical(true);
  const EventId id = story.tell(std::move(newer));
  const ToldLedger told(story);
  const auto context = load_context(told.ledger(), {});
  REQUIRE_FALSE(context.has_value());
  CHECK(context.error().fault == Fault::stopped);
  CHECK(context.error().message.find(id.text()) != std::string::npos);
  const auto poison = context_poison(told.ledger(), {});
  REQUIRE(poison.has_value());
  REQUIRE(poison->has_value());
  CHECK((*poison)->event == id);
  CHECK(for_each_subject(told.ledger(), {}, [](const Subject&) -> Status { return {}; }).error().fault == Fault::stopped);

  THEN("skipping it lets both go on") {
    const std::vector<EventId> skipped{id};
    CHECK(load_context(told.ledger(), {}, &skipped).has_value());
    ScanOptions options;
    options.skipped = skipped;
    CHECK(for_each_subject(told.ledger(), options, [](const Subject&) -> Status { return {}; }).has_value());
  }
}

SCENARIO("an empty ledger has no subjects") {
  const ToldLedger told{Story()};
  CHECK(visits(told.ledger()).empty());
}

SCENARIO("where an event belongs is read from its first bytes as from all of them") {
  const RandomHistory history = random_history(9, crowd());
  for (const Proposal& proposal : history.story.proposals()) {
    const std::span bytes(reinterpret_cast<const unsigned char*>(proposal.packed.data()), proposal.packed.size());
    const auto route = read_route(bytes);
    const auto header = read_header(bytes);
    REQUIRE(route.has_value());
    CHECK(route->type == header->type);
    CHECK(route->stream == header->stream);
    for (const std::size_t cut : {0u, 1u, 5u, 20u}) {
      const auto broken = read_route(bytes.first(cut));
      REQUIRE_FALSE(broken.has_value());
      CHECK(broken.error().fault == Fault::corrupt);
    }
  }
}
