// What a server does not put up with: no hello, bytes that are no request, messages without measure, slowness, tokens that are not good any
// more.
#include <capnp/message.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <thread>

#include "events/intake.capnp.h"
#include "events/json.h"
#include "server/frames.h"
#include "server/token_file.h"
#include "server/wire_stream.h"
#include "tests/server/socket_fixture.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

// The refusal among what has come; ends the scenario if there is none.
Failure refusal_in(const std::vector<std::byte>& bytes) {
  FrameReader frames;
  std::size_t at = 0;
  for (;;) {
    auto frame = must(frames.next());
    if (frame) {
      const auto answer = frame->message().getRoot<wire::Answer>();
      if (answer.isRefusal()) return failure_of(answer.getRefusal());
      continue;
    }
    if (at == bytes.size()) FAIL("nothing was refused");
    const auto room = frames.room();
    const std::size_t some = std::min(room.size(), bytes.size() - at);
    std::memcpy(room.data(), bytes.data() + at, some);
    frames.got(some);
    at += some;
  }
}

std::vector<std::byte> numbers(std::initializer_list<std::uint32_t> values) {
  std::vector<std::byte> bytes(values.size() * 4);
  std::memcpy(bytes.data(), values.begin(), bytes.size());
  return bytes;
}

std::vector<std::byte> ping_bytes() {
  capnp::MallocMessageBuilder message;
  auto request = message.initRoot<wire::Request>();
  request.setId(9);
  request.setPing();
  return framed(message);
}

bool listed(const std::vector<std::string>& reasons, std::string_view part) {
  return std::any_of(reasons.begin(), reasons.end(), [&](const std::string& reason) { return reason.find(part) != std::string::npos; });
}

}  // namespace

SCENARIO("nobody is served before hello, with a token that is not good, or in another version") {
  Served served;
  GIVEN("a first request that is no hello") {
    Wire wire(served.socket_path());
    wire.send(ping_bytes());
    CHECK(wire.closed_within(5'000));
    CHECK(refusal_in(wire.received).fault == Fault::invalid);
  }
  GIVEN("a token that nobody was given") {
    const auto refused = served.try_client(Secret::random().text());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fault == Fault::denied);
    CHECK_FALSE(served.try_client("nonsense"));
    CHECK_FALSE(served.try_client(""));
  }
  GIVEN("another version of the protocol") {
    Wire wire(served.socket_path());
    wire.send(hello_bytes(served.admin_token(), 2));
    CHECK(wire.closed_within(5'000));
    CHECK(refusal_in(wire.received).fault == Fault::unsupported);
  }
}

SCENARIO("messages without measure are refused by their first bytes") {
  Served served;
  const auto refused = [&](const std::vector<std::byte>& bytes) {
    Wire wire(served.socket_path());
    wire.send(hello_bytes(served.admin_token()));
    wire.send(bytes);
    REQUIRE(wire.closed_within(5'000));
    return refusal_in(wire.received).fault;
  };
  CHECK(refused(numbers({0xffff'ffff, 1})) == Fault::too_large);  // segments
  CHECK(refused(numbers({64, 1})) == Fault::too_large);           // one too many
  CHECK(refused(numbers({0, 0xffff'ffff})) == Fault::too_large);  // words
  CHECK(refused(numbers({1, 0x7fff'ffff, 0x7fff'ffff, 0})) == Fault::too_large);
  CHECK(refused(numbers({0, 0})) == Fault::invalid);  // no word at all
  const auto client = served.admin();
  CHECK(must(append(*client, "still served", {enrolled(person(1))})).first == 3);
}

SCENARIO("a message whose pointers lead nowhere, or round and round, is answered with a refusal") {
  Served served;
  // One word: a far pointer into a segment that is not there; a struct pointer beyond the end; a list that amplifies.
  for (const std::uint64_t word :
       {0x0000'0007'0000'0002ull, 0x0007'0007'0000'7ffcull, 0xffff'ffff'0000'0001ull, 0xffff'fffc'ffff'fffdull}) {
    Wire wire(served.socket_path());
    wire.send(hello_bytes(served.admin_token()));
    auto bytes = numbers({0, 1});
    bytes.resize(16);
    std::memcpy(bytes.data() + 8, &word, 8);
    wire.send(bytes);
    wire.send(ping_bytes());
    CHECK_FALSE(wire.closed_within(300));  // the framing is whole, so the conversation goes on
    CHECK(refusal_in(wire.received).fault != Fault::denied);
  }
}

SCENARIO("who says no hello in time, or begins a message and does not end it, is dropped") {
  Bounds bounds;
  bounds.hello_within = std::chrono::milliseconds(300);
  bounds.frame_within = std::chrono::milliseconds(300);
  Served served(bounds);
  Wire silent(served.socket_path());
  CHECK(silent.closed_within(5'000));
  CHECK(listed(served.dropped(), "no hello"));

  Wire slow(served.socket_path());
  slow.send(hello_bytes(served.admin_token()));
  auto half = append_bytes(2, "slow", {enrolled(person(1))});
  half.resize(half.size() - 8);
  slow.send(half);
  CHECK(slow.closed_within(5'000));
  CHECK(listed(served.dropped(), "not ended in time"));

  Wire drips(served.socket_path());
  drips.send(hello_bytes(served.admin_token()));
  bool ended = false;
  for (std::size_t i = 0; i < half.size() && !ended; ++i) {
    drips.send({half[i]});
    ended = drips.closed_within(20);
  }
  CHECK(ended);

  Wire idle(served.socket_path());
  idle.send(hello_bytes(served.admin_token()));
  CHECK_FALSE(idle.closed_within(1'200));  // who has said hello may wait as long as they like
}

SCENARIO("who does not take its answers is dropped, and others are served meanwhile") {
  Bounds bounds;
  bounds.queued_bytes_max = 3u << 20;
  bounds.taken_within = std::chrono::milliseconds(500);
  Served served(bounds);
  const auto client = served.admin();
  std::vector<std::string> events;
  for (std::uint64_t i = 0; i < 2'000; ++i) events.push_back(enrolled(person(i)));
  must(append(*client, "many", events));

  Wire greedy(served.socket_path());
  greedy.send(hello_bytes(served.admin_token()));
  capnp::MallocMessageBuilder message;
  auto request = message.initRoot<wire::Request>();
  request.setId(5);
  auto read = request.initRead();
  read.setLog();
  read.setMost(2'000);
  read.setForm(wire::Form::JSON);
  const auto bytes = framed(message);
  for (int i = 0; i < 40; ++i) greedy.send(bytes);
  using Clock = std::chrono::steady_clock;
  for (const auto until = Clock::now() + std::chrono::seconds(10); Clock::now() < until && !listed(served.dropped(), "does not take");) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(listed(served.dropped(), "does not take"));
  CHECK(must(read_log(*client, 1, 10)).events.size() == 10);
}

SCENARIO("more connections than there may be are closed at once") {
  Bounds bounds;
  bounds.connections_max = 4;
  Served served(bounds);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(served.admin());
  CHECK_FALSE(served.try_client(served.admin_token()));
  clients.pop_back();
  // Its place is free as soon as the server has seen it go.
  bool served_again = false;
  for (int i = 0; i < 200 && !served_again; ++i) {
    served_again = served.try_client(served.admin_token()).has_value();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(served_again);
}

SCENARIO("a revoked token's open connection ends within a second") {
  Served served;
  const std::string token = served.token(Role::auditor);
  const std::string other = served.token(Role::auditor);
  Wire wire(served.socket_path()), stays(served.socket_path());
  wire.send(hello_bytes(token));
  stays.send(hello_bytes(other));
  CHECK_FALSE(wire.closed_within(400));
  must(revoke_token(served.directory(), token, Timestamp{1'700'000'000'000'000}));
  CHECK(wire.closed_within(1'000));
  CHECK_FALSE(stays.closed_within(300));
  CHECK_FALSE(served.try_client(token));
}

SCENARIO("a caseworker appends to and reads their own programmes through the socket, and no other") {
  Served served;
  const auto admin = served.admin();
  must(append(*admin, "people",
              {enrolled(person(1), "roskilde"), enrolled(person(2), "kalundborg"), educated(person(1)), educated(person(2))}));
  const auto caseworker = served.client(served.token(Role::caseworker, {"roskilde"}));

  const auto page = must(read_log(*caseworker));
  CHECK(page.positions == std::vector<std::uint64_t>{1, 3, 5});

  must(append(*caseworker, "own", {completed(person(1), "roskilde")}));
  must(append(*caseworker, "own person", {educated(person(1))}));
  for (const auto& event : {completed(person(2), "kalundborg"), educated(person(2))}) {
    const auto refused = append(*caseworker, "other", {event});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fault == Fault::denied);
  }
  CHECK(served.ledger().durable().value == 8);
}

SCENARIO("a caseworker cannot reach another programme's people by naming a programme of their own") {
  Served served;
  const auto admin = served.admin();
  must(append(*admin, "ours", {enrolled(person(1), "roskilde")}));
  must(append(*admin, "theirs", {enrolled(person(2), "kalundborg"), educated(person(2))}));
  const auto caseworker = served.client(served.token(Role::caseworker, {"roskilde"}));
  const auto id_at = [&](std::uint64_t position) { return must(served.ledger().read({position})).id().text(); };
  const std::string named = R"(","programme":"roskilde","source":"staff","facts":{)";
  const std::string ours = person(1), theirs = person(2);
  const std::vector<std::string> attempts{
      R"({"type":"Retracted","stream":")" + theirs + named + R"("event":")" + id_at(4) + R"("}})",
      R"({"type":"Retracted","stream":")" + theirs + named + R"("event":")" + id_at(5) + R"("}})",
      R"({"type":"IdentityMerged","stream":")" + ours + named + R"(},"references":[{"role":"merged","stream":")" + theirs + R"("}]})",
      R"({"type":"IdentityMerged","stream":")" + theirs + named + R"(},"references":[{"role":"merged","stream":")" + ours + R"("}]})"};
  for (const std::string& attempt : attempts) {
    INFO(attempt);
    must(append(*admin, "an admin may", {attempt}, true));
    const auto refused = append(*caseworker, "attempt", {attempt});
    REQUIRE_FALSE(refused);
    INFO(refused.error().message);
    CHECK(refused.error().fault == Fault::denied);
  }
  CHECK(served.ledger().durable().value == 5);
}

SCENARIO("a caseworker may send a new person and what concerns them without waiting in between") {
  Served served({}, 4);
  const auto caseworker = served.client(served.token(Role::caseworker, {"roskilde"}));
  constexpr std::uint64_t people = 30;
  for (std::uint64_t i = 0; i < people; ++i) {
    send_append(*caseworker, "e" + std::to_string(i), {enrolled(person(i))});
    send_append(*caseworker, "j" + std::to_string(i), {educated(person(i))});
  }
  for (std::uint64_t i = 0; i < 2 * people; ++i) {
    must(caseworker->receive([](wire::Answer::Reader answer) -> Status {
      if (answer.isRefusal()) return tl::make_unexpected(failure_of(answer.getRefusal()));
      return {};
    }));
  }
}

SCENARIO("words that this version's schemas do not know are not let into the log") {
  Served served;
  const auto client = served.admin();
  const auto try_facts = [&](std::uint64_t beyond) {
    return client->ask(
        [&](wire::Request::Builder request) {
          auto append = request.initAppend();
          append.setRequestId("newer");
          append.setDryRun(true);
          auto proposal = append.initProposals(1)[0];
          const Draft draft = must(draft_from_json(enrolled(person(1))));
          append.getProposals().setWithCaveats(0, draft.proposal());
          proposal = append.getProposals()[0];
          const auto known = capnp::Schema::from<events::wire::Enrolled>().getProto().getStruct();
          const unsigned words = known.getDataWordCount();
          auto facts = proposal.getFacts().initAsAnyStruct(static_cast<std::uint16_t>(words + 1), known.getPointerCount());
          facts.getDataSection()[words * 8] = static_cast<kj::byte>(beyond);
        },
        [](wire::Answer::Reader) { return Status(); });
  };
  must(try_facts(0));
  const Status refused = try_facts(1);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == Fault::unsupported);
}

SCENARIO("past the memory that all messages may take, a request is answered with busy and the next one is served") {
  Bounds bounds;
  bounds.memory_bytes_max = 64u << 10;
  Served served(bounds);
  const auto client = served.admin();
  std::vector<std::string> events;
  for (std::uint64_t i = 0; i < 1'000; ++i) events.push_back(enrolled(person(i)));
  const auto refused = append(*client, "large", events);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == Fault::busy);
  const auto again = served.admin();
  CHECK(must(append(*again, "small", {enrolled(person(1))})).first == 3);
}

SCENARIO("answers that a client does not take count into the memory of all, and are given back with its connection") {
  Bounds bounds;
  bounds.memory_bytes_max = 2u << 20;
  Served served(bounds);
  const auto writer = served.admin();
  std::vector<std::string> events;
  for (std::uint64_t i = 0; i < 1'000; ++i) events.push_back(enrolled(person(i)));
  for (const std::string request : {"a", "b", "c"}) must(append(*writer, request, events));
  auto stalled = served.admin();
  for (int i = 0; i < 8; ++i) {
    must(stalled->send([](wire::Request::Builder request) {
      auto read = request.initRead();
      read.setLog();
      read.setMost(Bounds::answer_events_max);
      read.setForm(wire::Form::JSON);
    }));
  }
  must(stalled->flush());
  const auto other = served.admin();
  const auto until = [&](bool answered) {
    for (int i = 0; i < 100; ++i) {
      const auto page = read_log(*other, 1, 1);
      if (!page) CHECK(page.error().fault == Fault::busy);
      if (page.has_value() == answered) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  };
  CHECK(until(false));
  stalled.reset();
  CHECK(until(true));
}

SCENARIO("a token for one programme is not told at which version another's person stands") {
  Served served;
  must(append(*served.admin(), "theirs", {enrolled(person(1), "kalundborg")}));
  const auto client = served.client(served.token(Role::caseworker, {"roskilde"}));
  const auto expecting = [&](const StreamId& stream) {
    return client->ask(
        [&](wire::Request::Builder request) {
          auto append = request.initAppend();
          append.setRequestId("mine");
          append.setDryRun(true);
          append.initJson(1).set(0, enrolled(person(2)));
          auto expected = append.initExpected(1)[0];
          expected.setNone();
          fill(expected.initStream(), stream);
        },
        [](wire::Answer::Reader) { return Status(); });
  };
  CHECK(expecting(must(StreamId::parse(person(2)))).has_value());
  for (const std::uint64_t stranger : {1u, 3u}) {
    const Status told = expecting(must(StreamId::parse(person(stranger))));
    REQUIRE_FALSE(told);
    CHECK(told.error().fault == Fault::denied);
  }
}

SCENARIO("who was refused and stays does not keep a server from ending") {
  Served served;
  Wire wire(served.socket_path());
  wire.send(ping_bytes());
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto began = std::chrono::steady_clock::now();
  served.end();
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
}

SCENARIO("a role that may not append, or may not see persons, is refused both through the socket") {
  Served served;
  const auto fault_of = [](const auto& result) {
    REQUIRE_FALSE(result);
    return result.error().fault;
  };
  const auto auditor = served.client(served.token(Role::auditor));
  CHECK(fault_of(append(*auditor, "x", {enrolled(person(1))})) == Fault::denied);
  CHECK(must(read_log(*auditor)).events.size() == 2);
  const auto evaluator = served.client(served.token(Role::evaluator));
  CHECK(fault_of(read_log(*evaluator)) == Fault::denied);
  const auto with_microdata = served.client(served.token(Role::evaluator, {}, true));
  CHECK(must(read_log(*with_microdata)).events.size() == 2);
  const auto witness = served.client(served.token(Role::witness));
  CHECK(fault_of(read_log(*witness)) == Fault::denied);
}

}  // namespace fodspor::server::tests
