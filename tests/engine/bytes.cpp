// Golden bytes: what a ledger written today must look like to every later version.
#include <array>
#include <catch2/catch.hpp>
#include <span>

#include "engine/bundle.h"
#include "engine/keys.h"
#include "engine/record.h"
#include "engine/varint.h"
#include "tests/engine/fixture.h"

using namespace fodspor::tests;
namespace engine = fodspor::engine;

namespace {

std::string hex(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += digits[static_cast<unsigned char>(byte) >> 4];
    text += digits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

constexpr StreamId stream{StreamKind::enterprise, Id{0x0102030405060708, 0x090a0b0c0d0e0f10}};

}  // namespace

SCENARIO("a stored event has these bytes") {
  std::string value;
  engine::write_record(value, "abc", {{300}, {1'617'192'000'000'000}, {2}, {299}, 5, {44}});
  CHECK(hex(value) == "0103616263ac0280c08cabfbb4df050201058002");
  // version 1, 3 bytes "abc", position 300, zigzag of the µs, version 2, 1 back, ordinal 5, 256 back

  value.clear();
  engine::write_record(value, "", {{1}, {0}, {1}, {}, 0, {}});
  CHECK(hex(value) ==
        "0100010001"
        "0000");
}

SCENARIO("a bundle of stored events has these bytes") {
  const std::array<std::size_t, 4> ends{1, 2, 202, 203};
  const std::string head = engine::bundle_head(std::span(ends).subspan(1), 1);
  CHECK(hex(head) == "0301c80101");
  // 3 events: of 1 byte, 200 and 1

  const std::string value = head + "a" + std::string(200, 'b') + "c";
  engine::Bundle bundle;
  REQUIRE(bundle.read({12}, value));
  CHECK(bundle.first() == Position{10});
  CHECK_FALSE(bundle.holds({9}));
  CHECK(bundle.event({10}) == "a");
  CHECK(bundle.event({11}) == std::string(200, 'b'));
  CHECK(bundle.event({12}) == "c");
  CHECK_FALSE(bundle.holds({13}));
}

SCENARIO("a damaged bundle is refused, and holds nothing") {
  const std::array<std::size_t, 3> ends{5, 6, 300};
  const std::string value = engine::bundle_head(ends, 0) + std::string(300, 'x');
  engine::Bundle bundle;
  REQUIRE(bundle.read({3}, value));
  for (std::size_t size = 0; size < value.size(); ++size) {
    REQUIRE(bundle.read({3}, std::string_view(value).substr(0, size)).error().fault == Fault::corrupt);
    REQUIRE_FALSE(bundle.holds({3}));
  }
  CHECK(bundle.read({3}, value + "x").error().fault == Fault::corrupt);
  CHECK(bundle.read({2}, value).error().fault == Fault::corrupt);  // three events cannot end at the second position
  CHECK(bundle.read({3}, std::string(1, '\0')).error().fault == Fault::corrupt);
  CHECK(bundle.read({3}, std::string(10, '\xff')).error().fault == Fault::corrupt);
}

SCENARIO("an event is read alone, in any order, wherever it stands among those written with it") {
  Place place;
  auto ledger = opened(place.path());
  constexpr std::size_t events = 300;  // several bundles of one write, and single ones after them
  std::vector<Fact> facts;
  for (std::size_t i = 0; i < events; ++i) facts.push_back({person(1 + i % 7), 1 + static_cast<std::uint32_t>(i), enterprise(2)});
  accepted(*ledger, batch("many", facts));
  for (std::uint32_t i = 0; i < 3; ++i) accepted(*ledger, batch("one " + std::to_string(i), {{person(9), 1 + i, enterprise(2)}}));
  const std::vector<std::string> all = stored(*ledger);
  REQUIRE(all.size() == events + 3);
  for (std::uint64_t step = 0; step < all.size(); ++step) {
    const Position position{step * 37 % all.size() + 1};
    const auto event = ledger->read(position);
    REQUIRE(event);
    REQUIRE(event->placement().position == position);
    auto from_there = ledger->read_log(position, position);
    REQUIRE(from_there);
    const auto value = from_there->next();
    REQUIRE((value && *value));
    REQUIRE(engine::view((*value)->bytes) == all[position.value - 1]);
  }
}

SCENARIO("every key and index value has these bytes") {
  CHECK(hex(engine::event_key({0x01020304})) == "0000000001020304");
  CHECK(hex(engine::stream_prefix(stream)) == "020102030405060708090a0b0c0d0e0f10");
  CHECK(hex(engine::stream_key(stream, {258})) == "020102030405060708090a0b0c0d0e0f1000000102");
  CHECK(hex(engine::programme_head_key(programme("esbjerg"))) == "806573626a657267000000000000000000");
  CHECK(hex(engine::request_key({stream.id})) == "0102030405060708090a0b0c0d0e0f10");
  CHECK(hex(engine::type_key(EventType::course_started, {9})) == "01910000000000000009");
  CHECK(hex(engine::subject_key(stream, {9})) == "020102030405060708090a0b0c0d0e0f100000000000000009");
  CHECK(hex(engine::head_value({300, {5}})) == "ac0205");
  CHECK(hex(engine::number_value(128)) == "8001");
  const std::array<Position, 3> positions{{{7}, {300}, {301}}};
  CHECK(hex(engine::positions_value(positions.data(), positions.size())) == "07a50201");
}

SCENARIO("an appended event is stored in these bytes, whatever the machine") {
  Place place;
  auto ledger = opened(place.path());
  Batch made = batch("golden", {{person(1), 1, enterprise(2)}});
  const std::string packed = made.proposals[0].packed;
  accepted(*ledger, std::move(made));
  std::string expected;
  engine::write_record(expected, packed, {{1}, noon, {1}, {}, 1, {}});
  REQUIRE(stored(*ledger).size() == 1);
  CHECK(stored(*ledger)[0] == expected);
}

SCENARIO("bytes that differ from what is written are refused as damage") {
  std::string value;
  const Placement placement{{300}, noon, {2}, {299}, 5, {44}};
  engine::write_record(value, "some proposal", placement);
  const auto sound = engine::read_record(value, {300});
  REQUIRE(sound);
  CHECK(sound->placement == placement);
  CHECK(engine::view(sound->packed) == "some proposal");

  CHECK(engine::read_record(value, {301}).error().fault == Fault::corrupt);
  CHECK(engine::read_record(value + "x", {300}).error().fault == Fault::corrupt);
  for (std::size_t size = 0; size < value.size(); ++size) {
    CHECK(engine::read_record(std::string_view(value).substr(0, size), {300}).error().fault == Fault::corrupt);
  }
  std::string newer = value;
  newer[0] = 2;
  CHECK(engine::read_record(newer, {300}).error().fault == Fault::unsupported);
}

SCENARIO("a number has one form only") {
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::uint64_t{1} << 35, UINT64_MAX}) {
    std::string bytes;
    engine::put_varint(bytes, number);
    std::string_view in = bytes;
    std::uint64_t read = 1;
    REQUIRE(engine::take_varint(in, read));
    CHECK(read == number);
    CHECK(in.empty());
  }
  // Bytes that follow change nothing: of each length, its smallest number, its largest, and those beside them.
  for (unsigned bits = 0; bits < 64; ++bits) {
    for (const std::uint64_t number : {std::uint64_t{1} << bits, (std::uint64_t{1} << bits) - 1, (std::uint64_t{1} << bits) + 1}) {
      for (const char following : {'\x00', '\x7f', '\xff'}) {
        std::string bytes;
        engine::put_varint(bytes, number);
        const std::string behind(9, following);
        bytes += behind;
        std::string_view in = bytes;
        std::uint64_t read = 1;
        REQUIRE(engine::take_varint(in, read));
        CHECK(read == number);
        CHECK(in == behind);
        // A zero as its last byte would say the same in one byte more.
        std::string same = bytes.substr(0, bytes.size() - behind.size());
        same.back() = static_cast<char>(same.back() | '\x80');
        same.push_back('\0');
        same += behind;
        in = same;
        CHECK_FALSE(engine::take_varint(in, read));
      }
    }
  }
  for (const char* longer : {"\x80\x00", "\xff\x80\x00", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"}) {
    std::string_view in(longer, std::string_view(longer).size() + (longer[std::string_view(longer).size() - 1] < 0 ? 1 : 0));
    std::uint64_t read = 0;
    CHECK_FALSE(engine::take_varint(in, read));
  }
  CHECK(engine::unzigzag(engine::zigzag(INT64_MIN)) == INT64_MIN);
  CHECK(engine::zigzag(-1) == 1);
}
