// Messages out of a stream of bytes: whole however the bytes come, refused by their first bytes, and never more memory than bytes.
#include "server/frames.h"

#include <capnp/message.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "server/bounds.h"
#include "server/protocol.capnp.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

std::vector<std::byte> request_bytes(std::uint64_t id, std::size_t text_bytes, unsigned first_segment_words) {
  capnp::MallocMessageBuilder message(first_segment_words);
  auto request = message.initRoot<wire::Request>();
  request.setId(id);
  auto append = request.initAppend();
  append.setRequestId(std::to_string(id));
  append.initJson(1).set(0, std::string(text_bytes, 'x'));
  return framed(message);
}

}  // namespace

SCENARIO("messages come out whole and in order, in whatever pieces their bytes arrive") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    std::vector<std::byte> stream;
    constexpr std::uint64_t count = 60;
    for (std::uint64_t id = 1; id <= count; ++id) {
      const auto bytes = request_bytes(id, random() % 3 == 0 ? random() % 100'000 : random() % 200, random() % 2 == 0 ? 1 : 1'024);
      stream.insert(stream.end(), bytes.begin(), bytes.end());
    }
    FrameReader frames;
    std::size_t at = 0;
    std::uint64_t seen = 0;
    while (seen < count) {
      if (const auto frame = must(frames.next())) {
        const auto request = frame->message().getRoot<wire::Request>();
        REQUIRE(request.getId() == ++seen);
        REQUIRE(request.getAppend().getRequestId() == std::to_string(seen).c_str());
        continue;
      }
      REQUIRE(at < stream.size());
      const auto room = frames.room();
      const std::size_t some = std::min({room.size(), stream.size() - at, std::size_t{1} + random() % 5'000});
      std::memcpy(room.data(), stream.data() + at, some);
      frames.got(some);
      at += some;
    }
    CHECK(at == stream.size());
    CHECK_FALSE(frames.in_a_frame());
  }
}

SCENARIO("who announces much and sends little costs little") {
  FrameReader frames;
  const std::uint32_t words = Bounds::frame_bytes_max / 8 - 2;
  std::array<std::uint32_t, 2> table{0, words};
  REQUIRE(frames.room().size() >= sizeof table);
  std::memcpy(frames.room().data(), table.data(), sizeof table);
  frames.got(sizeof table);
  CHECK_FALSE(must(frames.next()));
  CHECK(frames.held_bytes() <= Bounds::input_bytes);
  std::vector<std::byte> some(100'000);
  std::size_t sent = sizeof table;
  for (int i = 0; i < 10; ++i) {
    const auto room = frames.room();
    const std::size_t bytes = std::min(room.size(), some.size());
    std::memcpy(room.data(), some.data(), bytes);
    frames.got(bytes);
    sent += bytes;
    CHECK_FALSE(must(frames.next()));
    CHECK(frames.held_bytes() <= std::max(2 * sent, Bounds::input_bytes));
  }
}

SCENARIO("a large message's memory is given back when it has been read") {
  FrameReader frames;
  const auto large = request_bytes(1, 3'000'000, 1'024);
  std::size_t at = 0;
  while (at < large.size()) {
    REQUIRE_FALSE(must(frames.next()));
    const auto room = frames.room();
    const std::size_t some = std::min(room.size(), large.size() - at);
    std::memcpy(room.data(), large.data() + at, some);
    frames.got(some);
    at += some;
  }
  CHECK(must(frames.next()));
  static_cast<void>(frames.room());
  CHECK(frames.held_bytes() <= Bounds::input_bytes);
}

}  // namespace fodspor::server::tests
