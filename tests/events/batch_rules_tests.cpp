#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <vector>

#include "events/rules.h"
#include "tests/events/said.h"

namespace fodspor::events::tests {

namespace {

// A ledger in a map.
class Book : public Known {
 public:
  Result<bool> stream_exists(const StreamId& stream) override {
    ++questions;
    return streams.contains(stream.text());
  }
  Result<std::optional<Found>> find_event(const EventId& id) override {
    const auto found = events.find(id.text());
    return found == events.end() ? std::optional<Found>() : found->second;
  }
  std::set<std::string> streams{"programme/roskilde"};
  std::map<std::string, Found> events;
  int questions = 0;
};

std::string refusal(const std::vector<Said>& batch, Book& book) {
  std::vector<Draft> drafts;
  for (const Said& said : batch) drafts.push_back(draft_of(said));
  const auto checked = check_batch(drafts, book);
  return checked ? "" : checked.error().message;
}

}  // namespace

SCENARIO("an event may refer only to what is known, or comes before it in the batch") {
  Book book;
  const Said registered{.type = "ProgrammeRegistered",
                        .facts = R"({"frame":{"starts":"2021-03-01","ends":"2021-03-01"}})",
                        .stream = "programme/esbjerg",
                        .envelope = R"("programme":"esbjerg","valid_from":"2021-03-01")"};
  const Said recruited{.type = "Recruited", .envelope = R"("programme":"esbjerg","valid_from":"2021-03-01")"};
  const Said enterprise{.type = "EnterpriseRecruited", .facts = R"({"kind":"social"})", .stream = firm};
  const Said placed{
      .type = "PlacementStarted",
      .facts = R"({"placement":1,"kind":"fleksjob"})",
      .envelope = R"("programme":"roskilde","valid_from":"2021-03-01","references":[{"role":"enterprise","stream":")" + firm + "\"}]"};

  THEN("an unknown programme is refused, with what to do") {
    CHECK_THAT(refusal({recruited}, book),
               Catch::StartsWith("event 1 of 1: programme: esbjerg is not known") && Catch::Contains("programmes apply"));
    CHECK_THAT(refusal({recruited, registered}, book), Catch::StartsWith("event 1 of 2: "));
  }
  THEN("one that is registered earlier in the batch is known") {
    CHECK(refusal({registered, recruited}, book) == "");
  }
  THEN("a programme is registered once") {
    CHECK_THAT(refusal({registered, registered}, book),
               Catch::Contains("event 2 of 2: stream: programme/esbjerg is registered already: amend it"));
  }
  THEN("an unknown enterprise is refused, and one from earlier in the batch is not") {
    CHECK_THAT(refusal({placed}, book), Catch::Contains("references: " + firm + " is not known"));
    CHECK(refusal({enterprise, placed}, book) == "");
    book.streams.insert(firm);
    CHECK(refusal({placed}, book) == "");
  }
  THEN("a portfolio is registered before it is joined or funded") {
    const Said joined{
        .type = "PortfolioJoined",
        .stream = "programme/roskilde",
        .envelope = R"("programme":"roskilde","valid_from":"2021-03-01","references":[{"role":"portfolio","stream":"portfolio/pool"}])"};
    const Said funded{
        .type = "FundingGranted", .facts = R"({"oere":100})", .stream = "portfolio/pool", .envelope = R"("valid_from":"2021-03-01")"};
    const Said pool{
        .type = "ProgrammeRegistered", .facts = registered.facts, .stream = "portfolio/pool", .envelope = R"("valid_from":"2021-03-01")"};
    CHECK_THAT(refusal({joined}, book), Catch::Contains("portfolio/pool is not known"));
    CHECK_THAT(refusal({funded}, book), Catch::Contains("portfolio/pool is not known: register it first"));
    CHECK(refusal({pool, funded, joined}, book) == "");
  }
  THEN("merging with nobody is refused") {
    const Said merged{.type = "IdentityMerged",
                      .envelope = R"("references":[{"role":"merged","stream":"participant/00000000000000000000000000000008"}])"};
    CHECK_THAT(refusal({merged}, book), Catch::Contains("participant/00000000000000000000000000000008 is not known"));
  }
  THEN("the ledger is asked once about each stream that it knows") {
    std::vector<Said> many(100, Said{.type = "Recruited"});
    CHECK(refusal(many, book) == "");
    CHECK(book.questions == 1);
  }
}

SCENARIO("a correction or retraction is of an event that exists, in its stream") {
  Book book;
  const std::string id = "00000000000000000000000000000001/0";
  const auto corrected = [&](std::string_view type) {
    return Said{.type = "Corrected", .facts = R"({"event":")" + id + R"(","type":")" + std::string(type) + R"(","body":{}})"};
  };
  const Said retracted{.type = "Retracted", .facts = R"({"event":")" + id + "\"}"};
  const auto holds = [&](EventType type, std::string_view stream) {
    book.events[id] = {type, *StreamId::parse(stream), *ProgrammeId::parse("roskilde")};
  };

  THEN("there must be one") {
    CHECK_THAT(refusal({corrected("Enrolled")}, book), Catch::Contains("facts.event: there is no event " + id));
    CHECK_THAT(refusal({retracted}, book), Catch::Contains("facts.event: there is no event " + id));
  }
  THEN("it stands in the same stream") {
    holds(EventType::enrolled, "participant/00000000000000000000000000000008");
    CHECK_THAT(refusal({corrected("Enrolled")}, book), Catch::Contains("stands in participant/00000000000000000000000000000008"));
    CHECK_THAT(refusal({retracted}, book), Catch::Contains("stands in participant/00000000000000000000000000000008"));
  }
  THEN("it is of the type that the correction says") {
    holds(EventType::enrolled, someone);
    CHECK(refusal({corrected("Enrolled")}, book) == "");
    CHECK(refusal({retracted}, book) == "");
    CHECK_THAT(refusal({corrected("Recruited")}, book),
               Catch::Contains("facts.type: the event is an Enrolled, not a Recruited: retract it"));
  }
  THEN("a correction is not corrected: what it is about is corrected again, or the correction is taken back") {
    for (const EventType type : {EventType::corrected, EventType::retracted, EventType::identity_merged}) {
      holds(type, someone);
      CHECK_THAT(
          refusal({corrected("Enrolled")}, book),
          Catch::Contains("cannot be corrected: correct the event that it is about once more") && Catch::Contains("or retract this one"));
      CHECK(refusal({retracted}, book) == "");
    }
  }
  THEN("what was done to keys and to the record stays done") {
    holds(EventType::erased, someone);
    CHECK_THAT(refusal({corrected("Enrolled")}, book), Catch::Contains("is an Erased, which cannot be corrected"));
    CHECK_THAT(refusal({retracted}, book), Catch::Contains("is an Erased, which cannot be retracted"));
  }
}

}  // namespace fodspor::events::tests
