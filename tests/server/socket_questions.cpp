// What is asked of a server over its socket: answers that know one's own writes, an end when one wants it, and nobody who waits for
// somebody else's question.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <thread>

#include "projections/runner.h"
#include "tests/server/asked_fixture.h"
#include "tests/server/socket_fixture.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

using Clock = std::chrono::steady_clock;

// A question that waits, on a worker, for events that nobody appends.
Question endless() {
  Question asked = question("definitions list");
  asked.at_least = {1'000'000'000};
  return asked;
}

struct Received {
  std::uint64_t id = 0;
  std::optional<Fault> refused;
  std::string message;
  bool done = false;
  std::string content;
};
Received next(Client& client) {
  Received received;
  must(client.receive([&](wire::Answer::Reader answer) -> Status {
    received.id = answer.getId();
    if (answer.isRefusal()) {
      const Failure failure = failure_of(answer.getRefusal());
      received.refused = failure.fault;
      received.message = failure.message;
    }
    received.done = answer.isDone();
    if (answer.isDocument()) received.content = answered_by(answer.getDocument()).content;
    return {};
  }));
  return received;
}
std::map<std::uint64_t, Received> next(Client& client, std::size_t count) {
  std::map<std::uint64_t, Received> all;
  for (std::size_t i = 0; i < count; ++i) {
    Received one = next(client);
    all.emplace(one.id, one);
  }
  return all;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

SCENARIO("an answer that is asked to know one's own append knows it") {
  AskedLedger served("");
  served.program.must("programmes apply --shipped");
  const std::string token = served.token(Role::admin, {}, true);
  served.serve();
  const auto client = served.client(token);
  for (std::uint64_t i = 1; i <= 12; ++i) {
    const auto told = must(append(*client, "r" + std::to_string(i), {enrolled(person(i))}));
    Question asked = question("caseload --programme roskilde");
    asked.at_least = {told.last};
    const auto answered = must(ask(*client, asked));
    CAPTURE(i, answered.content);
    CHECK(answered.position.value >= told.last);
    CHECK(has(answered.content, StreamId{StreamKind::participant, {0x7e57, i}}.id.hex()));
  }
}

SCENARIO("the views of a server follow its log without being asked to") {
  AskedLedger served("");
  served.program.must("programmes apply --shipped");
  const std::string token = served.token(Role::admin, {}, true);
  served.serve();
  const auto client = served.client(token);
  const auto told = must(append(*client, "one", {enrolled(person(1))}));
  const auto until = Clock::now() + std::chrono::seconds(20);
  for (;;) {
    const auto answered = must(ask(*client, "caseload --programme roskilde"));
    if (answered.position.value >= told.last) {
      CHECK(has(answered.content, R"("people":[{)"));
      break;
    }
    REQUIRE(Clock::now() < until);
  }
}

SCENARIO("a question is cancelled while it waits and while it runs, and holds up nobody who appends") {
  AskedLedger served("");
  served.program.must("programmes apply --shipped");
  const std::string token = served.token(Role::admin, {}, true);
  Bounds bounds;
  bounds.questions_at_once = 1;
  bounds.question_waits = std::chrono::seconds(60);
  served.serve(bounds);
  const auto client = served.client(token);
  const auto began = Clock::now();
  const auto runs = send_question(*client, endless()), waits = send_question(*client, question("kpi"));
  const auto appended = send_append(*client, "one", {enrolled(person(1))});
  CHECK(next(*client).id == appended);

  const auto first = send_cancel(*client, waits);
  auto told = next(*client, 2);
  CHECK(told[first].done);
  CHECK(told[waits].refused == Fault::cancelled);

  const auto second = send_cancel(*client, runs);
  told = next(*client, 2);
  CHECK(told[second].done);
  CHECK(told[runs].refused == Fault::cancelled);
  CHECK(Clock::now() - began < std::chrono::seconds(20));

  // Nothing of that id is under way any more, and the worker is free.
  const auto third = send_cancel(*client, runs);
  CHECK(next(*client).refused == Fault::not_found);
  CHECK(third > second);
  CHECK(has(must(ask(*client, "kpi")).content, R"("targets":)"));
}

SCENARIO("a long question says how far it has come, to whoever wants to know") {
  AskedLedger served("0.3");
  const std::string token = served.token(Role::auditor);
  served.serve();
  const auto client = served.client(token);
  must(ask(*client, "kpi"));
  served.hurry(2);
  for (const bool wanted : {true, false}) {
    Question asked = question("evaluate esf.cr06");
    asked.progress = wanted;
    const auto id = send_question(*client, asked);
    std::vector<std::uint64_t> done;
    bool answered = false;
    while (!answered) {
      must(client->receive([&](wire::Answer::Reader answer) -> Status {
        REQUIRE(answer.getId() == id);
        answered = answer.isDocument();
        if (!answer.isProgress()) return {};
        CHECK(answer.getProgress().getOf() == served.ledger().durable().value);
        done.push_back(answer.getProgress().getDone());
        return {};
      }));
    }
    CHECK(done.empty() != wanted);
    CHECK(std::is_sorted(done.begin(), done.end()));
    if (!done.empty()) CHECK(done.back() == served.ledger().durable().value);
  }
}

SCENARIO("a connection that ends cancels what it asked") {
  AskedLedger served("");
  const std::string token = served.token(Role::admin, {}, true);
  Bounds bounds;
  bounds.questions_at_once = 1;
  bounds.question_waits = std::chrono::seconds(120);
  served.serve(bounds);
  auto gone = served.client(token);
  send_question(*gone, endless());
  must(gone->flush());
  const auto client = served.client(token);
  const auto waiting = send_question(*client, question("definitions list"));
  must(client->flush());
  gone.reset();
  const auto answered = next(*client);
  CHECK(answered.id == waiting);
  CHECK(has(answered.content, "esf.cr06"));
}

SCENARIO("a server that has too many questions says so, and when to come again") {
  AskedLedger served("");
  const std::string token = served.token(Role::admin, {}, true);
  Bounds bounds;
  bounds.questions_at_once = 1;
  bounds.questions_waiting_max = 1;
  bounds.question_waits = std::chrono::seconds(60);
  served.serve(bounds);
  const auto first = served.client(token), second = served.client(token);
  send_question(*first, endless());
  send_question(*first, endless());
  const auto third = send_question(*first, endless());
  const auto refused = next(*first);
  CHECK(refused.id == third);
  CHECK(refused.refused == Fault::busy);
  // Whoever asks for something else than figures is answered as ever.
  CHECK(must(read_log(*second)).position == 0);
  const auto fourth = send_question(*second, question("kpi"));
  CHECK(next(*second).refused == Fault::busy);
  CHECK(fourth > 0);
}

SCENARIO("one connection has few questions under way at once, whatever the server has room for") {
  AskedLedger served("");
  const std::string token = served.token(Role::admin, {}, true);
  Bounds bounds;
  bounds.question_waits = std::chrono::seconds(60);
  served.serve(bounds);
  const auto client = served.client(token);
  for (std::uint32_t i = 0; i < Bounds::questions_of_one_max; ++i) send_question(*client, endless());
  const auto one_more = send_question(*client, endless());
  const auto refused = next(*client);
  CHECK(refused.id == one_more);
  CHECK(refused.refused == Fault::busy);
  CHECK(has(refused.message, "questions under way already"));
}

SCENARIO("a position that the views do not come to in time is answered with busy") {
  AskedLedger served("");
  const std::string token = served.token(Role::admin, {}, true);
  Bounds bounds;
  bounds.question_waits = std::chrono::milliseconds(100);
  served.serve(bounds);
  const auto client = served.client(token);
  // Until there are views at all.
  while (!ask(*client, "programmes")) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const auto refused = ask(*client, endless());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == Fault::busy);
  CHECK(has(refused.error().message, "1000000000 was asked for"));
}

SCENARIO("a question reads no file and no other ledger of the server's") {
  AskedLedger served("");
  const std::string token = served.token(Role::admin, {}, true);
  const std::string planted = served.program.file("planted.toml", "planted = \"secret words\"\n");
  served.serve();
  const auto client = served.client(token);
  const auto refusal = [&](const std::string& line) {
    const auto answered = ask(*client, line);
    CAPTURE(line);
    REQUIRE_FALSE(answered);
    CHECK_FALSE(has(answered.error().message, "secret words"));
    return answered.error();
  };
  CHECK(refusal("evaluate " + planted).message == planted + ": a server reads no files for whoever asks it");
  CHECK(has(refusal("definitions show " + planted).message, "reads no files"));
  for (const std::string& option :
       {std::string("--ledger /tmp"), std::string("--server x"), "--token-file " + planted, std::string("--json"), std::string("--help")}) {
    const auto refused = refusal("kpi " + option);
    CHECK(refused.fault == Fault::invalid);
    CHECK(has(refused.message, "is no part of a question"));
  }
  for (const std::string& line :
       {"definitions check " + planted, "import " + planted, "append " + planted, "programmes apply " + planted, std::string("serve"),
        std::string("init"), std::string("token list"), std::string("rebuild"), std::string("export"), std::string("log --follow")}) {
    CHECK(refusal(line).fault == Fault::unsupported);
  }
  CHECK(refusal("kip").fault == Fault::unsupported);
  CHECK(refusal("--quiet kpi").fault == Fault::unsupported);
  CHECK(refusal("kpi --programm x").message == "there is no option '--programm'; did you mean '--programme'?");
  CHECK(refusal("evaluate esf.cr06 --memory 4096").fault == Fault::invalid);
  Question long_one = question("kpi");
  long_one.arguments.emplace_back(Bounds::question_bytes_max, 'x');
  const auto refused = ask(*client, long_one);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == Fault::too_large);
}

SCENARIO("a reading of the whole log ends soon after it is cancelled") {
  AskedLedger served("0.3");
  engine::Options reading;
  reading.access = engine::Access::read;
  const auto ledger = must(engine::Ledger::open(served.program.variables["FODSPOR_LEDGER"], reading));
  projections::ScanOptions scan;
  std::uint64_t asked = 0;
  scan.cancelled = [&] { return ++asked == 1; };
  std::uint64_t visited = 0;
  const auto scanned = projections::for_each_subject(*ledger, scan, [&](const projections::Subject&) -> Status {
    ++visited;
    return {};
  });
  REQUIRE_FALSE(scanned);
  CHECK(scanned.error().fault == Fault::cancelled);
  CHECK(asked == 1);
  CHECK(visited == 0);  // it had not come further than the log itself

  const auto runner = must(projections::Runner::open(*ledger, projections::Runner::Mode::write));
  projections::RebuildOptions options;
  options.cancelled = [] { return true; };
  const auto rebuilt = runner->rebuild(options);
  REQUIRE_FALSE(rebuilt);
  CHECK(rebuilt.error().fault == Fault::cancelled);
  CHECK(must(runner->rows("kpi"))->position() == ledger->durable());  // what was there stays
}

}  // namespace fodspor::server::tests
