// Random histories, folded and told by the slow model. Each failure names the seed; FODSPOR_SEED tries one of your own.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <random>

#include "projections/participation.h"
#include "tests/support/model.h"
#include "tests/support/random_history.h"

using namespace fodspor::projections;
using namespace fodspor::stories;

namespace {

constexpr std::uint64_t histories = 400;

std::uint64_t first_seed() {
  const char* given = std::getenv("FODSPOR_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20'210'203;
}

Person fold(const Story& story, const std::vector<StreamId>& people, const AsOf& as_of, std::uint64_t shuffle) {
  std::vector<Event> events = story.events_of(people);
  std::mt19937_64 random(shuffle);
  for (std::size_t i = events.size(); i > 1; --i) std::swap(events[i - 1], events[random() % i]);
  Context context;
  for (const StreamId& one : people) context.merge(people.front().id, one.id);
  const StreamId subject{StreamKind::participant, context.person(people.front().id)};
  return Person::fold(History::fold(subject, std::move(events), as_of), context);
}

void check_order(const Person& person) {
  const auto by_from = [](const auto& a, const auto& b) { return a.when.from < b.when.from; };
  CHECK(std::is_sorted(person.work.begin(), person.work.end(), by_from));
  CHECK(std::is_sorted(person.hours.begin(), person.hours.end(), by_from));
  CHECK(std::is_sorted(person.observations.begin(), person.observations.end(), by_from));
  CHECK(std::is_sorted(person.education.begin(), person.education.end(), by_from));
  CHECK(std::is_sorted(person.searches.begin(), person.searches.end(), by_from));
}

void check_against_model(const Story& story, const std::vector<StreamId>& people, const AsOf& as_of, std::uint64_t shuffle) {
  const Person person = fold(story, people, as_of, shuffle);
  const std::vector<Event> events = story.events_of(people);
  CHECK(difference(lines(person), model_lines(events, as_of)) == "");
  for (Date on = day("2019-12-30"); on < day("2020-10-30"); on = on.plus_days(1 + static_cast<std::int64_t>(shuffle % 3))) {
    INFO(on.text());
    REQUIRE(difference(work(person, on), model_work(events, as_of, on)) == "");
  }
  check_order(person);
}

}  // namespace

SCENARIO("a random history folds into what a slow reading of it says, in whatever order its events are given") {
  for (std::uint64_t i = 0; i < histories; ++i) {
    const std::uint64_t seed = first_seed() + i;
    INFO("FODSPOR_SEED=" << seed);
    const RandomHistory history = random_history(seed, {.events = 10 + seed % 60});
    check_against_model(history.story, history.people, {}, seed);
  }
}

SCENARIO("as of any position and any day, a random history folds into what a slow reading of it says") {
  for (std::uint64_t i = 0; i < histories; ++i) {
    const std::uint64_t seed = first_seed() + 100'000 + i;
    INFO("FODSPOR_SEED=" << seed - 100'000);
    const RandomHistory history = random_history(seed, {.events = 60});
    std::mt19937_64 random(seed);
    AsOf as_of;
    as_of.known = {1 + random() % history.story.size()};
    if (random() % 2 == 0) as_of.valid = day("2020-01-01").plus_days(static_cast<std::int64_t>(random() % 260));
    check_against_model(history.story, history.people, as_of, seed);
  }
}

SCENARIO("two people who are one person fold into what a slow reading of both streams says") {
  for (std::uint64_t i = 0; i < histories / 2; ++i) {
    const std::uint64_t seed = first_seed() + 200'000 + i;
    INFO("FODSPOR_SEED=" << seed - 200'000);
    const RandomHistory history = random_history(seed, {.events = 50, .people = 2, .merge_percent = 0});
    check_against_model(history.story, history.people, {}, seed);
  }
}

SCENARIO("a history that arrived in another order folds into the same person") {
  for (std::uint64_t i = 0; i < histories; ++i) {
    const std::uint64_t seed = first_seed() + 300'000 + i;
    INFO("FODSPOR_SEED=" << seed - 300'000);
    const RandomHistory history = random_history(seed, {.events = 60});
    const Person person = fold(history.story, history.people, {}, seed);
    const Person other = fold(told_otherwise(history, seed), history.people, {}, seed + 1);
    CHECK(difference(lines(person), lines(other)) == "");
    for (Date on = day("2020-01-01"); on < day("2020-10-01"); on = on.plus_days(5))
      REQUIRE(difference(work(person, on), work(other, on)) == "");
  }
}
