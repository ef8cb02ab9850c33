#include "events/codec.h"

#include <capnp/dynamic.h>
#include <capnp/serialize-packed.h>

#include <catch2/catch.hpp>

#include "events/canonical.h"
#include "events/course.capnp.h"
#include "events/intake.capnp.h"
#include "events/json.h"
#include "events/limits.h"
#include "events/packing.h"
#include "events/programme.capnp.h"
#include "tests/events/samples.h"

namespace fodspor::events::tests {

namespace {

// The library's own way to the same bytes: its canonical form, in its packed stream.
std::string by_the_library(Draft& draft) {
  const auto words = capnp::canonicalize(draft.proposal().asReader());
  kj::VectorOutputStream stream;
  capnp::_::PackedOutputStream packer(stream);
  packer.write(words.begin(), words.size() * sizeof(capnp::word));
  return {reinterpret_cast<const char*>(stream.getArray().begin()), stream.getArray().size()};
}

Draft course_ended() {
  Draft draft(EventType::course_ended, {StreamKind::participant, {7, 9}});
  draft.in(*ProgrammeId::parse("roskilde")).on(*Date::parse("2021-05-28")).by(wire::Source::STAFF);
  auto facts = draft.facts<wire::CourseEnded>();
  facts.setCourse(1);
  facts.setKind(wire::CourseKind::INDSLUSNING);
  facts.setCompleted(wire::YesNo::YES);
  return draft;
}

void read_all(const Event& event) {
  // Whoever reads an event later must find every field readable: the writer of JSON reads them all.
  CHECK(!to_json(event).empty());
  CHECK(event.proposal().totalSize().capCount == 0);
}

}  // namespace

SCENARIO("stored bytes are those that Cap'n Proto's own canonical and packed forms give") {
  const unsigned seed = Catch::rngSeed();
  Random random(seed);
  CAPTURE(seed);
  for (const TypeInfo& type : all_types()) {
    for (int round = 0; round < 20; ++round) {
      Draft draft = sample(type, random, round == 0 ? Fill::all : Fill::some);
      CAPTURE(type.name, round);
      const Bytes bytes = packed(draft);
      // An empty body is the one thing that we write shorter.
      const bool empty_body = draft.proposal().getFacts().asReader().getAs<capnp::AnyStruct>().canonicalize().size() == 1;
      if (!empty_body) REQUIRE(hex(bytes) == hex(by_the_library(draft)));
    }
  }
}

SCENARIO("the same content gives the same bytes, whatever order it was written in and whatever was dropped on the way") {
  GIVEN("a draft written straight") {
    Draft straight = course_ended();
    const std::pair<wire::Role, StreamId> references[] = {{wire::Role::ENTERPRISE, {StreamKind::enterprise, {1, 2}}},
                                                          {wire::Role::MENTOR, {StreamKind::staff, {3, 4}}}};
    straight.refer(references);

    WHEN("another is written in pieces, with things set and taken back") {
      Draft winding(EventType::course_ended, {StreamKind::participant, {7, 9}});
      winding.refer({references, 1});
      auto facts = winding.facts<wire::CourseEnded>();
      facts.setReason("first-thought");
      facts.setReason("");
      facts.setKind(wire::CourseKind::JOBKLUB);
      winding.proposal().setOrganisation(std::string(3000, 'x').c_str());  // past the first segment, so that far pointers come in
      winding.proposal().disownOrganisation();
      winding.refer({references + 1, 1});
      winding.proposal().initEvidence();
      facts.setKind(wire::CourseKind::INDSLUSNING);
      facts.setCompleted(wire::YesNo::YES);
      facts.setCourse(1);
      winding.by(wire::Source::STAFF).on(*Date::parse("2021-05-28")).in(*ProgrammeId::parse("roskilde"));

      THEN("both are the same bytes") {
        CHECK(hex(packed(winding)) == hex(packed(straight)));
      }
    }
  }
}

SCENARIO("an event keeps what its draft said") {
  GIVEN("a stored event with references") {
    Draft draft = course_ended();
    const std::pair<wire::Role, StreamId> references[] = {{wire::Role::ENTERPRISE, {StreamKind::enterprise, {1, 2}}},
                                                          {wire::Role::PARTICIPANT, {StreamKind::participant, {7, 9}}},
                                                          {wire::Role::AMBASSADOR, {StreamKind::enterprise, {1, 2}}}};
    draft.refer(references);
    auto proposal = encode(draft, {RequestKey::of("jc", "r-1"), 2}, 5, "jc");
    REQUIRE(proposal);

    WHEN("it is decoded") {
      const Placement placement{{12}, {34}, {5}, {6}, 7, {8}};
      auto event = Event::decode(view(proposal->packed), placement);
      REQUIRE(event);
      THEN("envelope, body and placement are there") {
        CHECK(event->type() == EventType::course_ended);
        CHECK(event->stream() == StreamId{StreamKind::participant, {7, 9}});
        CHECK(event->id() == EventId{RequestKey::of("jc", "r-1"), 2});
        CHECK(event->programme().slug() == "roskilde");
        CHECK(event->valid_from()->text() == "2021-05-28");
        CHECK_FALSE(event->valid_to());
        CHECK_FALSE(event->critical());
        CHECK(event->placement() == placement);
        CHECK(event->facts<wire::CourseEnded>().getKind() == wire::CourseKind::INDSLUSNING);
        CHECK(event->proposal().getSubmittedBy() == "jc");
      }
      THEN("it can be moved without its readers going stale") {
        const auto facts = event->facts<wire::CourseEnded>();
        const Event moved = *std::move(event);
        CHECK(facts.getCourse() == 1);
        CHECK(moved.facts<wire::CourseEnded>().getCourse() == 1);
      }
    }
    WHEN("only its header is read") {
      const auto header = read_header(view(proposal->packed));
      REQUIRE(header);
      THEN("it is the header that encoding gave, each reference once and its own stream left out") {
        CHECK(header->id == proposal->header.id);
        CHECK(header->batch_size == 5);
        CHECK(header->type == EventType::course_ended);
        CHECK(header->programme == proposal->header.programme);
        CHECK(header->references == std::vector<StreamId>{{StreamKind::enterprise, {1, 2}}});
        CHECK(header->references == proposal->header.references);
      }
    }
  }
}

SCENARIO("damaged bytes are refused or read whole, and never lead anywhere") {
  const unsigned seed = Catch::rngSeed();
  Random random(seed);
  CAPTURE(seed);
  int refused = 0, read = 0;
  for (const TypeInfo& type : all_types()) {
    Draft draft = sample(type, random, Fill::all);
    const Bytes good = packed(draft);
    for (int round = 0; round < 300; ++round) {
      Bytes bad = good;
      for (auto changes = 1 + random() % 3; changes > 0; --changes) {
        switch (random() % 4) {
          case 0:
            bad[random() % bad.size()] = static_cast<char>(random());
            break;
          case 1:
            bad[random() % bad.size()] ^= static_cast<char>(1 << random() % 8);
            break;
          case 2:
            bad.resize(1 + random() % bad.size());
            break;
          default:
            bad.insert(random() % bad.size(), 1, static_cast<char>(random()));
        }
      }
      const auto event = Event::decode(view(bad), {});
      if (event) {
        ++read;
        read_all(*event);
      } else {
        ++refused;
        const Fault fault = event.error().fault;
        REQUIRE((fault == Fault::corrupt || fault == Fault::unsupported || fault == Fault::too_large));
      }
      REQUIRE(read_header(view(bad)).has_value() == event.has_value());
    }
  }
  CHECK(refused > read);
  CHECK(read > 0);
}

SCENARIO("a message of unpacked words is read only if every pointer leads where it should") {
  const auto bytes_of = [](std::vector<std::uint64_t> words) {
    Bytes bytes(packed_bytes_max(words.size()), '\0');
    bytes.resize(pack(words, reinterpret_cast<unsigned char*>(bytes.data())));
    return bytes;
  };
  GIVEN("the words of a good event") {
    Draft draft = course_ended();
    const Bytes good = packed(draft);
    std::vector<std::uint64_t> words(count_words(view(good), 1000).words);
    unpack(view(good), words);
    REQUIRE(Event::decode(view(bytes_of(words)), {}));
    const auto refused = [&](const std::vector<std::uint64_t>& changed) {
      const auto event = Event::decode(view(bytes_of(changed)), {});
      return !event && event.error().fault == Fault::corrupt;
    };
    WHEN("a word is added behind") {
      words.push_back(1);
      THEN("it is refused") {
        CHECK(refused(words));
      }
    }
    WHEN("the root is a far pointer") {
      words[0] = 2;
      THEN("it is refused") {
        CHECK(refused(words));
      }
    }
    WHEN("the root points back at itself") {
      words[0] = (words[0] & 0xffff'ffff'0000'0000u) | 0xffff'fffcu;
      THEN("it is refused") {
        CHECK(refused(words));
      }
    }
    WHEN("the root claims more pointers than there are words") {
      words[0] |= 0xffff'0000'0000'0000u;
      THEN("it is refused") {
        CHECK(refused(words));
      }
    }
    WHEN("there is nothing") {
      THEN("it is refused") {
        CHECK(refused({}));
      }
    }
  }
}

SCENARIO("what is too large is refused with the limit in the message") {
  GIVEN("a body past the limit of an event") {
    Draft draft(EventType::definition_approved, ProgrammeId::parse("roskilde")->stream());
    Random random(1);
    std::string noise(limits::proposal_bytes_max + 1, ' ');
    for (char& c : noise) c = static_cast<char>('!' + random() % 90);
    draft.facts<wire::DefinitionApproved>().setSource(noise.c_str());
    const auto proposal = encode(draft, {RequestKey::of("local", "r"), 0}, 1, "local");
    THEN("it is too large") {
      REQUIRE_FALSE(proposal);
      CHECK(proposal.error().fault == Fault::too_large);
      CHECK_THAT(proposal.error().message, Catch::Contains(std::to_string(limits::proposal_bytes_max)));
    }
  }
  GIVEN("few bytes that unpack to very many words") {
    Bytes bytes;
    for (int i = 0; i < 1000; ++i) bytes += std::string("\x00\xff", 2);
    THEN("they are refused without being unpacked") {
      const auto event = Event::decode(view(bytes), {});
      REQUIRE_FALSE(event);
      CHECK(event.error().fault == Fault::too_large);
    }
  }
}

SCENARIO("a batch is one request's events, numbered") {
  GIVEN("three drafts of one request") {
    std::vector<Draft> drafts;
    for (int i = 0; i < 3; ++i) drafts.push_back(course_ended());
    WHEN("they are encoded") {
      const auto proposals = encode_batch({"jc", "import-7"}, drafts);
      REQUIRE(proposals);
      THEN("each has the request's key and its own number") {
        REQUIRE(proposals->size() == 3);
        for (std::uint32_t i = 0; i < 3; ++i) {
          CHECK((*proposals)[i].header.id == EventId{RequestKey::of("jc", "import-7"), i});
          CHECK((*proposals)[i].header.batch_size == 3);
        }
      }
    }
    WHEN("the request id is missing or too long") {
      THEN("the batch is refused and says so") {
        const auto missing = encode_batch({"jc", ""}, drafts);
        REQUIRE_FALSE(missing);
        CHECK(missing.error().fault == Fault::invalid);
        CHECK_THAT(missing.error().message, Catch::Contains("request id"));
        const auto longer = encode_batch({"jc", std::string(limits::request_id_bytes_max + 1, 'r')}, drafts);
        REQUIRE_FALSE(longer);
        CHECK(longer.error().fault == Fault::too_large);
      }
    }
    WHEN("two clients use one request id") {
      THEN("their events are two events") {
        CHECK(RequestKey::of("a", "bc") != RequestKey::of("ab", "c"));
      }
    }
  }
}

SCENARIO("packing and unpacking any words gives the same words, and the library's bytes") {
  const unsigned seed = Catch::rngSeed();
  Random random(seed);
  CAPTURE(seed);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::uint64_t> words(random() % 700);
    const auto density = random() % 4;
    for (auto& word : words) {
      for (int byte = 0; byte < 8; ++byte) {
        if (density == 3 ? random() % 16 != 0 : random() % 4 < density) word |= std::uint64_t{random() & 0xff} << byte * 8;
      }
    }
    Bytes bytes(packed_bytes_max(words.size()), '\0');
    bytes.resize(pack(words, reinterpret_cast<unsigned char*>(bytes.data())));

    kj::VectorOutputStream stream;
    capnp::_::PackedOutputStream(stream).write(words.data(), words.size() * 8);
    REQUIRE(bytes == std::string(reinterpret_cast<const char*>(stream.getArray().begin()), stream.getArray().size()));

    std::vector<std::uint64_t> back(words.size());
    const Unpacked unpacked = unpack(view(bytes), back);
    REQUIRE(unpacked.end == Unpacked::End::whole);
    REQUIRE(back == words);
    const Unpacked counted = count_words(view(bytes), words.size());
    REQUIRE(counted.end == Unpacked::End::whole);
    REQUIRE(counted.words == words.size());
    if (!words.empty()) {
      REQUIRE(unpack(view(bytes), std::span(back).first(words.size() - 1)).end == Unpacked::End::no_room);
      REQUIRE(count_words(view(bytes), words.size() - 1).end == Unpacked::End::no_room);
    }
    std::vector<std::uint64_t> first(random() % 24);
    const std::size_t there = std::min(first.size(), words.size());
    REQUIRE(unpack_first(view(bytes), first) == there);
    REQUIRE(std::equal(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(there), words.begin()));
  }
}

}  // namespace fodspor::events::tests
