// Bytes from a writer that knows more than we do, made with the schemas of newer.capnp.
#include <catch2/catch.hpp>

#include "events/canonical.h"
#include "events/codec.h"
#include "events/course.capnp.h"
#include "events/json.h"
#include "events/packing.h"
#include "events/rules.h"
#include "tests/events/newer.capnp.h"
#include "tests/events/samples.h"

namespace fodspor::events::tests {

namespace {

constexpr auto unknown_type = static_cast<EventType>(1299);

Bytes stored(capnp::MessageBuilder& message) {
  std::vector<std::uint64_t> words(canonical_words_max(message));
  words.resize(canonical_words(message, words));
  Bytes bytes(packed_bytes_max(words.size()), '\0');
  bytes.resize(pack(words, reinterpret_cast<unsigned char*>(bytes.data())));
  return bytes;
}

newer::Proposal::Builder envelope(capnp::MallocMessageBuilder& message, EventType type) {
  auto proposal = message.initRoot<newer::Proposal>();
  proposal.setRequestHi(1);
  proposal.setRequestLo(2);
  proposal.setBatchSize(1);
  proposal.setType(static_cast<std::uint16_t>(type));
  proposal.setSchemaVersion(2);
  proposal.setStreamKind(1);
  proposal.setStreamLo(7);
  proposal.setValidFrom(Date::parse("2031-01-01")->stored());
  return proposal;
}

// The event through JSON and back, as an export and an import would take it.
std::string there_and_back(const Event& event) {
  auto draft = draft_from_json(to_json(event), true);
  if (!draft) FAIL(draft.error().message);
  auto proposal = encode(*draft, event.id(), event.proposal().getBatchSize(), "");
  REQUIRE(proposal);
  return hex(proposal->packed);
}

}  // namespace

SCENARIO("fields that a newer version added survive in an older one") {
  GIVEN("a course's end with more in it than this version knows") {
    capnp::MallocMessageBuilder message;
    auto facts = envelope(message, EventType::course_ended).getFacts().initAs<newer::CourseEnded>();
    facts.setCourse(3);
    facts.setKind(wire::CourseKind::JOBKLUB);
    facts.setCompleted(wire::YesNo::YES);
    facts.setReason("done");
    facts.setOnline(true);
    facts.setMinutes(90);
    facts.initTeachers(1)[0].setCode("t-1");
    const Bytes bytes = stored(message);
    const Event event = decoded(bytes);

    THEN("what is known is read as ever") {
      CHECK(event.facts<wire::CourseEnded>().getCourse() == 3);
      CHECK(event.facts<wire::CourseEnded>().getReason() == "done");
    }
    THEN("what is not known can still be read by who knows it") {
      const auto newer = event.proposal().getFacts().getAs<newer::CourseEnded>();
      CHECK(newer.getOnline());
      CHECK(newer.getMinutes() == 90);
      CHECK(newer.getTeachers()[0].getCode() == "t-1");
    }
    THEN("an export keeps all of it, and says what it can in words") {
      CHECK_THAT(to_json(event), Catch::Contains(R"("facts":{"completed":"yes","course":3,"kind":"jobklub","reason":"done"})"));
      CHECK_THAT(to_json(event), Catch::Contains(R"("facts_bytes":")"));
      CHECK(there_and_back(event) == hex(bytes));
    }
  }
  GIVEN("one new field each, where a reader might overlook it") {
    const auto exported = [](auto set) {
      capnp::MallocMessageBuilder message;
      auto facts = envelope(message, EventType::course_ended).getFacts().initAs<newer::CourseEnded>();
      facts.setCourse(3);
      facts.setKind(wire::CourseKind::JOBKLUB);
      facts.setCompleted(wire::YesNo::YES);
      set(facts);
      const Bytes bytes = stored(message);
      CHECK(there_and_back(decoded(bytes)) == hex(bytes));
    };
    THEN("each is kept through an export") {
      exported([](newer::CourseEnded::Builder facts) { facts.setOnline(true); });
      exported([](newer::CourseEnded::Builder facts) { facts.setMinutes(1); });
      exported([](newer::CourseEnded::Builder facts) { facts.initTeachers(2)[1].setWeeks(9); });
    }
  }
  GIVEN("a choice from a code list that has grown") {
    capnp::MallocMessageBuilder message;
    auto facts = envelope(message, EventType::course_ended).getFacts().initAs<newer::CourseKindGrown>();
    facts.setCourse(3);
    facts.setKind(77);
    facts.setCompleted(wire::YesNo::YES);
    const Bytes bytes = stored(message);
    const Event event = decoded(bytes);
    THEN("its number is kept, and shown") {
      CHECK(static_cast<std::uint16_t>(event.facts<wire::CourseEnded>().getKind()) == 77);
      CHECK_THAT(facts_to_json(event), Catch::Contains(R"("kind":77)"));
      CHECK(there_and_back(event) == hex(bytes));
    }
  }
  GIVEN("an envelope with more in it") {
    capnp::MallocMessageBuilder message;
    auto proposal = envelope(message, EventType::course_ended);
    proposal.setLanguage("da");
    proposal.setConfidence(12);
    proposal.getFacts().initAs<newer::CourseEnded>().setCourse(3);
    const Bytes bytes = stored(message);
    THEN("the event is read, and its bytes are its own") {
      const Event event = decoded(bytes);
      CHECK(event.stream() == StreamId{StreamKind::participant, {0, 7}});
      CHECK(event.facts<wire::CourseEnded>().getCourse() == 3);
    }
  }
}

SCENARIO("an older event reads as absent what came later") {
  GIVEN("a course's end without what newer versions say") {
    Draft draft(EventType::course_ended, {StreamKind::participant, {0, 7}});
    draft.facts<wire::CourseEnded>().setCourse(3);
    const Event event = decoded(packed(draft));
    THEN("a newer reader finds the defaults") {
      const auto newer = event.proposal().getFacts().getAs<newer::CourseEnded>();
      CHECK(newer.getCourse() == 3);
      CHECK_FALSE(newer.getOnline());
      CHECK(newer.getMinutes() == 0);
      CHECK(newer.getTeachers().size() == 0);
    }
  }
}

SCENARIO("a type that only a newer version knows is kept whole, and says whether it may be ignored") {
  for (const bool critical : {false, true}) {
    GIVEN(std::string("such an event, ") + (critical ? "critical" : "not critical")) {
      capnp::MallocMessageBuilder message;
      auto proposal = envelope(message, unknown_type);
      proposal.setCritical(critical);
      auto facts = proposal.getFacts().initAs<newer::Apprenticed>();
      facts.setApprenticeship(1);
      facts.setTrade("carpenter");
      facts.initSteps(2)[1].setTitle("roof");
      const Bytes bytes = stored(message);
      const Event event = decoded(bytes);

      THEN("it has a place, an id and no name") {
        CHECK(event.type() == unknown_type);
        CHECK(name(event.type()) == "unknown");
        CHECK(find_type(event.type()) == nullptr);
        CHECK(event.critical() == critical);
        const auto header = read_header(view(bytes));
        REQUIRE(header);
        CHECK(header->type == unknown_type);
      }
      THEN("who knows the type reads its body") {
        const auto newer = event.proposal().getFacts().getAs<newer::Apprenticed>();
        CHECK(newer.getTrade() == "carpenter");
        CHECK(newer.getSteps()[1].getTitle() == "roof");
      }
      THEN("it goes through an export whole") {
        CHECK_THAT(to_json(event), Catch::Contains(R"("type":1299)"));
        CHECK(there_and_back(event) == hex(bytes));
      }
      THEN("nobody can append one here") {
        const auto draft = draft_from_json(to_json(event), true);
        REQUIRE(draft);
        const auto checked = check_draft(*draft);
        REQUIRE_FALSE(checked);
        CHECK_THAT(checked.error().message, Catch::Contains("1299 is not an event type that this version knows"));
      }
    }
  }
}

SCENARIO("bytes that pretend to be a newer body are no body") {
  GIVEN("an exported event whose bytes were tampered with") {
    const std::string head = R"({"type":"CourseEnded","stream":"participant/00000000000000000000000000000007","facts_bytes":")";
    for (const char* base64 : {"", "AAAA", "not base64", "UAEB/w==", "////////////"}) {
      CAPTURE(base64);
      const auto draft = draft_from_json(head + base64 + "\"}", true);
      REQUIRE_FALSE(draft);
      CHECK(draft.error().fault == Fault::invalid);
      CHECK_THAT(draft.error().message, Catch::Contains("facts_bytes"));
    }
  }
}

}  // namespace fodspor::events::tests
