// What a client of the socket is promised: order, answers to what was asked, its own request ids, and an end that loses nothing.
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "events/json.h"
#include "server/wire_stream.h"
#include "tests/server/socket_fixture.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

// The number of the one answer that comes next, if it is an append's.
struct Answered {
  std::uint64_t id = 0;
  std::uint64_t first = 0;
  std::string refusal;
};
Answered next_answer(Client& client) {
  Answered answered;
  must(client.receive([&](wire::Answer::Reader answer) -> Status {
    answered.id = answer.getId();
    if (answer.isRefusal()) {
      answered.refusal = answer.getRefusal().getMessage().cStr();
    } else {
      answered.first = answer.getAppended().getFirst();
    }
    return {};
  }));
  return answered;
}

}  // namespace

SCENARIO("what a client appends is durable when it is answered, and is read back in each form") {
  Served served;
  const auto client = served.admin();
  const auto told = must(append(*client, "first", {enrolled(person(1)), completed(person(1))}));
  CHECK(told.first == 3);
  CHECK(told.last == 4);
  CHECK_FALSE(told.repeated);
  CHECK(served.ledger().durable().value == 4);

  const auto page = must(read_log(*client, 3));
  CHECK(page.positions == std::vector<std::uint64_t>{3, 4});
  CHECK(page.next == 0);
  CHECK(page.position == 4);
  CHECK(page.events[1] == to_json(must(served.ledger().read({4}))));
  CHECK(page.events[0].find("\"submitted_by\":\"tests\"") != std::string::npos);

  for (const wire::Form form : {wire::Form::PROPOSAL, wire::Form::PACKED}) {
    must(client->ask(
        [&](wire::Request::Builder request) {
          auto read = request.initRead();
          fill(read.initStream(), must(StreamId::parse(person(1))));
          read.setForm(form);
        },
        [&](wire::Answer::Reader answer) -> Status {
          const auto events = answer.getRecorded().getEvents();
          REQUIRE(events.size() == 2);
          CHECK(events[1].getVersion() == 2);
          CHECK(events[1].getPreviousInStream() == 3);
          if (form == wire::Form::PROPOSAL) {
            CHECK(events[1].getProposal().getType() == static_cast<std::uint16_t>(EventType::completed));
          } else {
            const auto packed = events[1].getPacked();
            const auto decoded = must(Event::decode({packed.begin(), packed.size()}, {{4}, {}, {2}, {3}, 0, {}}));
            CHECK(decoded.type() == EventType::completed);
          }
          return {};
        }));
  }
}

SCENARIO("a request sent again gets its first answer, and its id with other content is refused") {
  Served served;
  const auto client = served.admin();
  const auto told = must(append(*client, "once", {enrolled(person(1))}));
  const auto other_connection = served.admin();
  const auto again = must(append(*other_connection, "once", {enrolled(person(1))}));
  CHECK(again.first == told.first);
  CHECK(again.repeated);
  const auto changed = append(*client, "once", {enrolled(person(2))});
  REQUIRE_FALSE(changed);
  CHECK(changed.error().fault == Fault::conflict);
  CHECK(served.ledger().durable().value == 3);
}

SCENARIO("a dry run says what is wrong, and writes nothing") {
  Served served;
  const auto client = served.admin();
  CHECK(must(append(*client, "dry", {enrolled(person(1))}, true)).first == 0);
  const auto refused = append(*client, "dry", {enrolled(person(1), "nowhere")}, true);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == Fault::invalid);
  CHECK(served.ledger().durable().value == 2);
}

SCENARIO("a stale writer cannot overwrite newer facts through the socket") {
  Served served;
  const auto client = served.admin();
  must(append(*client, "a", {enrolled(person(1))}));
  const auto expecting = [&](std::uint32_t version) {
    return client->ask(
        [&](wire::Request::Builder request) {
          auto append = request.initAppend();
          append.setRequestId("at " + std::to_string(version));
          auto events = append.initJson(1);
          events.set(0, completed(person(1)));
          auto expected = append.initExpected(1)[0];
          fill(expected.initStream(), must(StreamId::parse(person(1))));
          expected.setVersion(version);
        },
        [](wire::Answer::Reader) { return Status(); });
  };
  const Status stale = expecting(2);
  REQUIRE_FALSE(stale);
  CHECK(stale.error().fault == Fault::conflict);
  must(expecting(1));
}

SCENARIO("appends of one connection keep the order in which they were sent, however many are under way") {
  Served served({}, 4);
  const auto client = served.admin();
  constexpr std::uint64_t people = 40, each = 5;
  std::vector<std::uint64_t> ids;
  for (std::uint64_t round = 0; round < each; ++round) {
    for (std::uint64_t i = 0; i < people; ++i) {
      // A person's first event, and then others that the rules accept only of somebody who is there.
      const std::string event = round == 0 ? enrolled(person(i)) : educated(person(i));
      ids.push_back(send_append(*client, std::to_string(round) + "-" + std::to_string(i), {event}));
    }
  }
  std::map<std::uint64_t, std::uint64_t> first_of;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Answered answered = next_answer(*client);
    INFO(answered.refusal);
    REQUIRE(answered.refusal.empty());
    first_of[answered.id] = answered.first;
  }
  REQUIRE(first_of.size() == ids.size());
  for (std::size_t i = 1; i < ids.size(); ++i) REQUIRE(first_of[ids[i - 1]] < first_of[ids[i]]);
}

SCENARIO("a person and what happened to them may be sent without waiting in between") {
  Served served({}, 4);
  const auto client = served.admin();
  for (std::uint64_t i = 0; i < 50; ++i) {
    send_append(*client, "p" + std::to_string(i), {enrolled(person(i))});
    send_append(*client, "c" + std::to_string(i), {completed(person(i))});
  }
  for (int i = 0; i < 100; ++i) {
    const Answered answered = next_answer(*client);
    INFO(answered.refusal);
    CHECK(answered.refusal.empty());
  }
}

SCENARIO("a long log is read page by page, and nothing is left out") {
  Served served;
  const auto client = served.admin();
  for (std::uint64_t batch = 0; batch < 10; ++batch) {
    std::vector<std::string> events;
    for (std::uint64_t i = 0; i < 100; ++i) events.push_back(enrolled(person(batch * 100 + i)));
    must(append(*client, std::to_string(batch), events));
  }
  std::set<std::uint64_t> seen;
  std::uint64_t from = 1;
  while (from != 0) {
    const auto page = must(read_log(*client, from, 77));
    CHECK(page.positions.size() <= 77);
    for (const auto position : page.positions) CHECK(seen.insert(position).second);
    from = page.next;
  }
  CHECK(seen.size() == 1'002);
}

SCENARIO("a client killed at any byte of a request, and then asking again, leaves each event exactly once") {
  Served served;
  const auto hello = hello_bytes(served.admin_token());
  const auto request = append_bytes(2, "cut", {enrolled(person(7)), completed(person(7))});
  for (std::size_t cut = 0; cut <= request.size(); cut += 3) {
    Wire wire(served.socket_path());
    wire.send(hello);
    wire.send({request.begin(), request.begin() + static_cast<std::ptrdiff_t>(cut)});
  }
  const auto client = served.admin();
  const auto told = must(append(*client, "cut", {enrolled(person(7)), completed(person(7))}));
  CHECK(served.ledger().durable().value == 4);
  CHECK(told.first == 3);
}

SCENARIO("a server that is stopped answers what has come before it ends") {
  Served served;
  const auto client = served.admin();
  constexpr std::uint64_t requests = 200;
  for (std::uint64_t i = 0; i < requests; ++i) send_append(*client, std::to_string(i), {enrolled(person(i))});
  must(client->flush());
  std::thread stopping([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    served.listener().stop();
  });
  // What is answered is there. What is not answered may be asked again, and then each stands once.
  std::set<std::uint64_t> answered;
  for (;;) {
    const Status received = client->receive([&](wire::Answer::Reader answer) -> Status {
      if (answer.isAppended()) answered.insert(answer.getId());
      return {};
    });
    if (!received) break;
  }
  stopping.join();
  served.end();
  CHECK(served.ledger().durable().value >= 2 + answered.size());
  served.begin();
  const auto after = served.admin();
  for (std::uint64_t i = 0; i < requests; ++i) must(append(*after, std::to_string(i), {enrolled(person(i))}));
  CHECK(served.ledger().durable().value == 2 + requests);
}

}  // namespace fodspor::server::tests
