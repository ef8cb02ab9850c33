#include <algorithm>
#include <catch2/catch.hpp>

#include "events/course.capnp.h"
#include "events/intake.capnp.h"
#include "events/leaving.capnp.h"
#include "events/outcome.capnp.h"
#include "projections/history.h"
#include "tests/support/story.h"

using namespace fodspor::projections;
using namespace fodspor::stories;

namespace {

const StreamId anna = participant(1);

EventId observe(Story& story, Date on, wire::LabourStatus status) {
  return story.say<wire::StatusObserved>(EventType::status_observed, anna, "", on, [&](auto facts) { facts.setStatus(status); });
}

EventId observe_again(Story& story, const EventId& what, Date on, wire::LabourStatus status) {
  return story.correct<wire::StatusObserved>(what, EventType::status_observed, anna, on, [&](auto facts) { facts.setStatus(status); });
}

History fold(const Story& story, const AsOf& as_of = {}, const std::vector<EventId>* skipped = nullptr) {
  return History::fold(anna, story.events_of({anna}), as_of, skipped);
}

std::vector<EventType> types(const History& history) {
  std::vector<EventType> types;
  for (const Fact& fact : history.facts()) types.push_back(fact.type);
  return types;
}

wire::LabourStatus status_of(const Fact& fact) {
  return fact.body<wire::StatusObserved>().getStatus();
}

}  // namespace

SCENARIO("a correction replaces what was said, and its day") {
  Story story;
  const EventId said = observe(story, day("2021-03-01"), wire::LabourStatus::UNEMPLOYED);
  const EventId corrected = observe_again(story, said, day("2021-04-01"), wire::LabourStatus::EMPLOYED);
  const History history = fold(story);
  REQUIRE(history.facts().size() == 1);
  const Fact& fact = history.facts()[0];
  CHECK(fact.from == day("2021-04-01"));
  CHECK(status_of(fact) == wire::LabourStatus::EMPLOYED);
  CHECK(fact.event->id() == said);
  CHECK(fact.because() == corrected);
  REQUIRE(history.set_aside().size() == 1);
  CHECK(history.set_aside()[0].event->id() == said);
  CHECK(history.set_aside()[0].by->id() == corrected);
}

SCENARIO("of several corrections the last counts, whether it corrects the event or its correction") {
  for (const bool of_the_correction : {false, true}) {
    Story story;
    const EventId said = observe(story, day("2021-03-01"), wire::LabourStatus::UNEMPLOYED);
    const EventId first = observe_again(story, said, day("2021-03-02"), wire::LabourStatus::INACTIVE);
    const EventId last = observe_again(story, of_the_correction ? first : said, day("2021-03-03"), wire::LabourStatus::EMPLOYED);
    const History history = fold(story);
    REQUIRE(history.facts().size() == 1);
    CHECK(history.facts()[0].because() == last);
    CHECK(history.facts()[0].from == day("2021-03-03"));
    REQUIRE(history.set_aside().size() == 2);
    CHECK(history.set_aside()[1].event->id() == first);
    CHECK(history.set_aside()[1].by->id() == last);
  }
}

SCENARIO("a retracted correction gives way to the one before it") {
  Story story;
  const EventId said = observe(story, day("2021-03-01"), wire::LabourStatus::UNEMPLOYED);
  const EventId first = observe_again(story, said, day("2021-03-02"), wire::LabourStatus::INACTIVE);
  const EventId last = observe_again(story, said, day("2021-03-03"), wire::LabourStatus::EMPLOYED);
  story.retract(last, anna);
  CHECK(fold(story).facts().at(0).because() == first);
  story.retract(first, anna);
  CHECK(fold(story).facts().at(0).because() == said);
  CHECK(status_of(fold(story).facts().at(0)) == wire::LabourStatus::UNEMPLOYED);
}

SCENARIO("a retracted event is no fact, however often it was corrected, and its corrections go with it") {
  Story story;
  const EventId said = observe(story, day("2021-03-01"), wire::LabourStatus::UNEMPLOYED);
  const EventId corrected = observe_again(story, said, day("2021-03-02"), wire::LabourStatus::INACTIVE);
  const EventId gone = story.retract(said, anna);
  const History history = fold(story);
  CHECK(history.facts().empty());
  REQUIRE(history.set_aside().size() == 2);
  for (const SetAside& aside : history.set_aside()) CHECK(aside.by->id() == gone);
  CHECK(history.set_aside()[1].event->id() == corrected);
}

SCENARIO("retracting a retraction restores the fact as it was last corrected") {
  Story story;
  const EventId said = observe(story, day("2021-03-01"), wire::LabourStatus::UNEMPLOYED);
  const EventId corrected = observe_again(story, said, day("2021-03-02"), wire::LabourStatus::INACTIVE);
  const EventId gone = story.retract(said, anna);
  const EventId back = story.retract(gone, anna);
  CHECK(fold(story).facts().at(0).because() == corrected);
  THEN("and taking that back too removes it again") {
    story.retract(back, anna);
    CHECK(fold(story).facts().empty());
  }
}

SCENARIO("facts stand by valid date, whenever they arrived") {
  Story story;
  observe(story, day("2021-06-01"), wire::LabourStatus::EMPLOYED);
  observe(story, day("2020-06-01"), wire::LabourStatus::UNEMPLOYED);
  observe(story, day("2021-01-01"), wire::LabourStatus::INACTIVE);
  std::vector<Event> events = story.events_of({anna});
  do {
    std::vector<Event> arrived;
    for (const Event& event : events) {
      arrived.push_back(std::move(story.events_of({anna})[event.position().value - 1]));
    }
    const History history = History::fold(anna, std::move(arrived), {});
    REQUIRE(history.facts().size() == 3);
    CHECK(status_of(history.facts()[0]) == wire::LabourStatus::UNEMPLOYED);
    CHECK(status_of(history.facts()[1]) == wire::LabourStatus::INACTIVE);
    CHECK(status_of(history.facts()[2]) == wire::LabourStatus::EMPLOYED);
  } while (std::next_permutation(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.position() < b.position(); }));
}

SCENARIO("on one day what is known at entry comes first, ends come before starts, and leaving comes last") {
  Story story;
  const Date on = day("2021-03-01");
  story.say<wire::Left>(EventType::left, anna, "roskilde", on);
  story.say<wire::Completed>(EventType::completed, anna, "roskilde", on);
  story.say<wire::StatusObserved>(EventType::status_observed, anna, "", on);
  story.say<wire::EmploymentChanged>(EventType::employment_changed, anna, "", on);
  story.say<wire::EmploymentStarted>(EventType::employment_started, anna, "", on);
  story.say<wire::EmploymentEnded>(EventType::employment_ended, anna, "", on);
  story.say<wire::Enrolled>(EventType::enrolled, anna, "roskilde", on);
  CHECK(types(fold(story)) == std::vector{EventType::enrolled, EventType::employment_ended, EventType::employment_started,
                                          EventType::employment_changed, EventType::status_observed, EventType::completed,
                                          EventType::left});
}

SCENARIO("every type that is known has its place within a day") {
  for (const TypeInfo& info : all_types()) {
    INFO(info.name);
    CHECK(same_day_rank(info.type).has_value());
  }
  CHECK_FALSE(same_day_rank(EventType{1999}).has_value());
}

SCENARIO("as of an earlier position only what had been received counts, corrections included") {
  Story story;
  const EventId said = observe(story, day("2021-03-01"), wire::LabourStatus::UNEMPLOYED);
  observe_again(story, said, day("2021-03-02"), wire::LabourStatus::INACTIVE);
  story.retract(said, anna);
  CHECK(fold(story, {.known = {1}, .valid = {}}).facts().at(0).from == day("2021-03-01"));
  CHECK(fold(story, {.known = {2}, .valid = {}}).facts().at(0).from == day("2021-03-02"));
  CHECK(fold(story, {.known = {3}, .valid = {}}).facts().empty());
  CHECK(fold(story, {.known = {2}, .valid = {}}).events().size() == 2);
}

SCENARIO("as of an earlier day what begins later has not happened, and what ends later is open") {
  Story story;
  const auto nothing = [](auto) {};
  story.say<wire::EmploymentStarted>(EventType::employment_started, anna, "", day("2021-01-01"), nothing, {}, day("2021-06-01"));
  observe(story, day("2021-05-01"), wire::LabourStatus::EMPLOYED);
  const History in_april = fold(story, {.known = {99}, .valid = day("2021-04-30")});
  REQUIRE(in_april.facts().size() == 1);
  CHECK_FALSE(in_april.facts()[0].to.has_value());
  const History in_may = fold(story, {.known = {99}, .valid = day("2021-05-31")});
  REQUIRE(in_may.facts().size() == 2);
  CHECK(in_may.facts()[0].to == day("2021-06-01"));
}

SCENARIO("an unknown newer type is kept and ignored, and stops the fold only if it is critical") {
  for (const bool critical : {false, true}) {
    Story story;
    observe(story, day("2021-03-01"), wire::LabourStatus::EMPLOYED);
    Draft newer(EventType{1099}, anna);
    newer.proposal().setCritical(critical);
    const EventId id = story.tell(std::move(newer));
    const History history = fold(story);
    CHECK(history.facts().size() == 1);
    CHECK(history.ignored().size() == (critical ? 0u : 1u));
    REQUIRE(history.poison().has_value() == critical);
    if (!critical) continue;
    CHECK(history.poison()->event == id);
    CHECK(history.poison()->position == Position{2});
    THEN("skipping it, or retracting it, lets the fold go on") {
      const std::vector<EventId> skipped{id};
      CHECK_FALSE(fold(story, {}, &skipped).poison().has_value());
      story.retract(id, anna);
      CHECK_FALSE(fold(story).poison().has_value());
    }
  }
}

SCENARIO("a correction by another type than the event's cannot be applied") {
  Story story;
  const EventId said = observe(story, day("2021-03-01"), wire::LabourStatus::EMPLOYED);
  const EventId wrong = story.correct<wire::Left>(said, EventType::left, anna, day("2021-03-01"));
  REQUIRE(fold(story).poison().has_value());
  CHECK(fold(story).poison()->event == wrong);
  CHECK(fold(story).facts().at(0).because() == said);
  story.retract(wrong, anna);
  CHECK_FALSE(fold(story).poison().has_value());
}

SCENARIO("a correction of a skipped event changes nothing and is named") {
  Story story;
  const EventId said = observe(story, day("2021-03-01"), wire::LabourStatus::EMPLOYED);
  const EventId corrected = observe_again(story, said, day("2021-03-02"), wire::LabourStatus::INACTIVE);
  const std::vector<EventId> skipped{said};
  const History history = fold(story, {}, &skipped);
  CHECK(history.facts().empty());
  REQUIRE(history.dangling().size() == 1);
  CHECK(history.dangling()[0]->id() == corrected);
}

SCENARIO("references are the correction's, but for those that it no longer means") {
  Story story;
  const std::vector<std::pair<wire::Role, StreamId>> at_first{{wire::Role::ENTERPRISE, enterprise(1)}};
  const EventId said = story.say<wire::EmploymentStarted>(EventType::employment_started, anna, "", day("2021-01-01"), {}, at_first);
  CHECK(fold(story).facts().at(0).reference(wire::Role::ENTERPRISE) == enterprise(1));
  Draft draft(EventType::corrected, anna);
  const std::vector<std::pair<wire::Role, StreamId>> both{{wire::Role::ENTERPRISE, enterprise(1)}, {wire::Role::ENTERPRISE, enterprise(2)}};
  draft.on(day("2021-01-01")).refer(both);
  draft.proposal().getReferences()[0].setSuperseded(true);
  auto correction = draft.facts<wire::Corrected>();
  Story::point(correction.initEvent(), said);
  correction.setType(static_cast<std::uint16_t>(EventType::employment_started));
  correction.getBody().initAs<wire::EmploymentStarted>().initJob().setEmployment(1);
  story.tell(std::move(draft));
  CHECK(fold(story).facts().at(0).reference(wire::Role::ENTERPRISE) == enterprise(2));
  CHECK_FALSE(fold(story).facts().at(0).reference(wire::Role::STAFF).has_value());
}

SCENARIO("a long history settles as a short one does") {
  Story story;
  std::vector<EventId> said;
  for (int i = 0; i < 200; ++i) said.push_back(observe(story, day("2021-01-01").plus_days(i), wire::LabourStatus::UNEMPLOYED));
  for (int i = 0; i < 200; i += 2)
    observe_again(story, said[static_cast<std::size_t>(i)], day("2021-01-01").plus_days(i), wire::LabourStatus::EMPLOYED);
  for (int i = 0; i < 200; i += 5) story.retract(said[static_cast<std::size_t>(i)], anna);
  const History history = fold(story);
  CHECK(history.facts().size() == 160);
  CHECK(std::count_if(history.facts().begin(), history.facts().end(),
                      [](const Fact& fact) { return status_of(fact) == wire::LabourStatus::EMPLOYED; }) == 80);
}
