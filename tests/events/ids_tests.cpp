#include "events/ids.h"

#include <catch2/catch.hpp>
#include <unordered_set>

#include "events/vocabulary.h"

namespace fodspor::events::tests {

SCENARIO("an id is read from what people paste, and written one way") {
  const auto plain = Id::parse("00112233445566778899aabbccddeeff");
  REQUIRE(plain);
  CHECK(plain->hi == 0x0011223344556677u);
  CHECK(plain->lo == 0x8899aabbccddeeffu);
  CHECK(Id::parse("00112233-4455-6677-8899-AABBCCDDEEFF") == *plain);
  CHECK(plain->hex() == "00112233445566778899aabbccddeeff");
  CHECK(Id::from_bytes(plain->bytes().data()) == *plain);
  for (const char* bad : {"", "0011", "00112233445566778899aabbccddeefg", "0011223344556677-8899aabbccddeeff",
                          "00112233-4455-6677-8899-aabbccddee-f", "00112233445566778899aabbccddeeff0"}) {
    CAPTURE(bad);
    const auto id = Id::parse(bad);
    REQUIRE_FALSE(id);
    CHECK(id.error().fault == Fault::invalid);
  }
}

SCENARIO("a derived id depends on each part and on where the parts end") {
  // The first 16 bytes of SHA-256 over each part's length in 8 bytes, most significant first, and the part; computed with sha256sum.
  CHECK(Id::derived({"abc"}).hex() == "c3494ca1a2cf8eeb8a11ded316fb55b8");
  CHECK(Id::derived({"a", "bc"}) != Id::derived({"ab", "c"}));
  CHECK(Id::derived({"a", ""}) != Id::derived({"a"}));
}

SCENARIO("a stream is written as its kind and its id, a programme's by its short name") {
  for (const char* text : {"participant/00112233445566778899aabbccddeeff", "enterprise/00000000000000000000000000000001",
                           "staff/ffffffffffffffffffffffffffffffff", "network/00000000000000000000000000000001", "programme/roskilde",
                           "portfolio/flere-i-job", "programme/a_b-c4567890123x", "ledger/00000000000000000000000000000001"}) {
    CAPTURE(text);
    const auto stream = StreamId::parse(text);
    REQUIRE(stream);
    CHECK(stream->text() == text);
  }
  for (const char* bad : {"", "roskilde", "programme/", "programme/Roskilde", "programme/-a", "programme/seventeen-letters",
                          "programme/a b", "person/1", "unspecified/00000000000000000000000000000001", "participant/roskilde"}) {
    CAPTURE(bad);
    CHECK_FALSE(StreamId::parse(bad));
  }
}

SCENARIO("an event's id is its request and its number there") {
  const auto id = EventId::parse("00112233445566778899aabbccddeeff/12");
  REQUIRE(id);
  CHECK(id->index == 12);
  CHECK(id->text() == "00112233445566778899aabbccddeeff/12");
  for (const char* bad : {"00112233445566778899aabbccddeeff", "00112233445566778899aabbccddeeff/", "00112233445566778899aabbccddeeff/012",
                          "00112233445566778899aabbccddeeff/-1", "00112233445566778899aabbccddeeff/4294967296", "x/1"}) {
    CAPTURE(bad);
    CHECK_FALSE(EventId::parse(bad));
  }
}

SCENARIO("ids that differ in one bit spread over a hash table") {
  std::unordered_set<std::uint64_t> low_bits;
  for (std::uint64_t i = 0; i < 4096; ++i) low_bits.insert(mixed({i, 0}) & 0xffff);
  CHECK(low_bits.size() > 3500);  // of 4,096 balls in 65,536 bins, about 3,970 bins are hit by chance
}

SCENARIO("each type has one number and one name, and is found by both") {
  std::unordered_set<std::string_view> names;
  for (const TypeInfo& type : all_types()) {
    CAPTURE(type.name);
    CHECK(names.insert(type.name).second);
    CHECK(find_type(type.type) == &type);
    CHECK(find_type(type.name) == &type);
    CHECK(name(type.type) == type.name);
    CHECK(type.streams != 0);
  }
  CHECK(find_type(EventType::unspecified) == nullptr);
  CHECK(find_type(static_cast<EventType>(116)) == nullptr);
  CHECK(find_type(static_cast<EventType>(65535)) == nullptr);
  CHECK(name(static_cast<EventType>(65535)) == "unknown");
  CHECK(find_type("courseEnded") == nullptr);
}

}  // namespace fodspor::events::tests
