// What curl, or any vendor's program, is promised: the operations of the socket as HTTP and JSON, and what the server says of itself.
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <regex>
#include <sstream>
#include <thread>

#include "events/json.h"
#include "tests/server/http_fixture.h"
#include "tests/server/tls_fixture.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

SCENARIO("events are appended and read again over HTTP") {
  Served served({}, 2, http_doors());
  const std::string at = served.door(), token = served.admin_token();
  const auto appended = curl(at, "/v1/append", token, append_body("one", {enrolled(person(1)), completed(person(1))}));
  INFO(appended.body);
  CHECK(appended.status == 200);
  CHECK(appended.says(R"("first":3)"));
  CHECK(appended.says(R"("last":4)"));
  CHECK(appended.says(R"("repeated":false)"));
  CHECK(appended.head.find("application/json") != std::string::npos);
  CHECK(served.ledger().durable().value == 4);

  const auto again = curl(at, "/v1/append", token, append_body("one", {enrolled(person(1)), completed(person(1))}));
  CHECK(again.says(R"("repeated":true)"));
  CHECK(served.ledger().durable().value == 4);

  const auto log = curl(at, "/v1/log?from=3&most=1", token);
  CHECK(log.status == 200);
  CHECK(log.body == R"({"events":[)" + to_json(must(served.ledger().read({3}))) + R"(],"next":4,"position":4})" + "\n");
  CHECK_FALSE(curl(at, "/v1/log?from=3&to=3", token).says("\"next\""));
  CHECK(curl(at, "/v1/streams/" + person(1), token).says("Completed"));
  CHECK(curl(at, "/v1/streams/programme/roskilde?from=1", token).says("ProgrammeRegistered"));
  CHECK(curl(at, "/v1/types/Completed", token).says(R"("position":4)"));
  CHECK(curl(at, "/v1/subjects/" + person(1), token).body == "{\"events\":[],\"position\":4}\n");
  CHECK(curl(at, "/v1/stats", token).says(R"("connections":1)"));
  CHECK(curl(at, "/v1/ping", token).body == "{}\n");
}

SCENARIO("over HTTP a dry run writes nothing, and a stale writer is told to read again") {
  Served served({}, 2, http_doors());
  const std::string at = served.door(), token = served.admin_token();
  CHECK(curl(at, "/v1/append", token, append_body("dry", {enrolled(person(1))}, R"(,"dry_run":true)")).status == 200);
  CHECK(served.ledger().durable().value == 2);
  const auto expecting = [&](int version) {
    return curl(at, "/v1/append", token,
                append_body("at " + std::to_string(version), {enrolled(person(1))},
                            R"(,"expected":[{"stream":")" + person(1) + R"(","version":)" + std::to_string(version) + "}]"));
  };
  const auto stale = expecting(1);
  CHECK(stale.status == 409);
  CHECK(stale.says(R"("fault":"conflict")"));
  CHECK(expecting(0).status == 200);
  CHECK(expecting(0).says("\"repeated\":true"));
}

SCENARIO("a large batch and its long answer pass over HTTP, with and without TLS") {
  const TlsFolder folder;
  const auto certificates = must(Certificates::open(folder.files()));
  Doors doors = http_doors();
  doors.http.emplace_back("tls:127.0.0.1:0");
  doors.tls = [&] { return certificates->current(); };
  Served served({}, 2, doors);
  const std::string token = served.admin_token();
  const std::vector<std::string> trusting{"--cacert", folder.certificate().string()};
  std::uint64_t next = 1;
  for (const std::string& at : std::vector<std::string>{served.door(0), served.door(1)}) {
    std::vector<std::string> events;
    for (int i = 0; i < 8'000; ++i) events.push_back(enrolled(person(next++)));
    const auto appended = curl(at, "/v1/append", token, append_body(at, events), trusting);
    INFO(appended.body);
    CHECK(appended.status == 200);
    const auto log = curl(at, "/v1/log?from=3&most=2000", token, {}, trusting);
    CHECK(log.status == 200);
    CHECK(log.body.size() > 500'000);
  }
  CHECK(served.ledger().durable().value == 2 + 16'000);
}

SCENARIO("one connection of HTTP serves one request after another") {
  Served served({}, 2, http_doors());
  const std::string url = "http://" + served.door() + "/v1/ping";
  const auto told = curl(served.door(), "/v1/ping", served.admin_token(), {}, {url, url, "--write-out", " %{num_connects}"});
  CHECK(told.status == 200);
  CHECK(told.body.ends_with(" 0"));  // the last took the connection of the first
}

SCENARIO("who may not is told so over HTTP, as over the socket") {
  Served served({}, 2, http_doors());
  const std::string at = served.door();
  const auto nobody = curl(at, "/v1/log");
  CHECK(nobody.status == 401);
  CHECK(nobody.head.find("WWW-Authenticate: Bearer") != std::string::npos);
  CHECK(curl(at, "/v1/log", "nonsense").status == 401);
  const auto auditor = curl(at, "/v1/append", served.token(Role::auditor), append_body("x", {enrolled(person(1))}));
  CHECK(auditor.status == 403);
  CHECK(auditor.says(R"("fault":"denied")"));
  CHECK(curl(at, "/v1/log", served.token(Role::evaluator)).status == 403);
  const auto own = curl(at, "/v1/log", served.token(Role::caseworker, {"roskilde"}));
  CHECK(own.says("roskilde"));
  CHECK_FALSE(own.says("kalundborg"));
  CHECK(served.ledger().durable().value == 2);
}

SCENARIO("a question over HTTP comes to the dispatch with its options as they would be typed") {
  Served served({}, 2, http_doors());
  const auto told = curl(served.door(), "/v1/ask/programmes?form=json&at_least=1", served.admin_token());
  INFO(told.body);
  CHECK(told.status == 200);
  CHECK(told.says(R"("programme":"roskilde")"));
  CHECK(told.says(R"("status":0)"));
  const auto mistyped = curl(served.door(), "/v1/ask/programmes?colour=red", served.admin_token());
  CHECK(mistyped.status == 422);
  CHECK(mistyped.says("colour"));
}

SCENARIO("a server tells how it is, and Prometheus can read its metrics") {
  Served served({}, 2, http_doors());
  const std::string at = served.door(), token = served.admin_token();
  CHECK(curl(at, "/healthz").body == "ok\n");
  CHECK(curl(at, "/readyz").status == 200);
  curl(at, "/v1/append", token, append_body("one", {enrolled(person(1)), completed(person(1))}));
  curl(at, "/v1/append", token, append_body("two", {enrolled(person(2), "nowhere")}));
  curl(at, "/v1/ping", "nonsense");

  const auto page = curl(at, "/metrics");
  CHECK(page.status == 200);
  CHECK(page.head.find("version=0.0.4") != std::string::npos);
  const std::regex comment(R"(# (HELP|TYPE) [a-z_]+ .+)"), line(R"(([a-z_]+)(\{([a-z_]+="[^"\\]*",?)+\})? ([0-9.e+-]+))");
  std::map<std::string, double> values;
  std::string typed;
  std::istringstream lines(page.body);
  for (std::string text; std::getline(lines, text);) {
    INFO(text);
    std::smatch parts;
    if (text.starts_with("#")) {
      REQUIRE(std::regex_match(text, comment));
      typed = text.substr(7, text.find(' ', 7) - 7);
      continue;
    }
    REQUIRE(std::regex_match(text, parts, line));
    REQUIRE(parts[1].str().starts_with(typed));
    values[text.substr(0, text.rfind(' '))] = std::stod(parts[4]);
  }
  CHECK(values.at("fodspor_position") == 4);
  CHECK(values.at("fodspor_appended_events_total") == 4);  // the programmes of the fixture too
  CHECK(values.at(R"(fodspor_requests_total{kind="append",fault="none"})") == 2);
  CHECK(values.at(R"(fodspor_requests_total{kind="append",fault="invalid"})") == 1);
  CHECK(values.at("fodspor_tokens_refused_total") == 1);
  CHECK(values.at("fodspor_connections") >= 1);
  CHECK(values.at("fodspor_log_bytes") > 0);
  CHECK(values.at(R"(fodspor_request_seconds_bucket{le="+Inf"})") == values.at("fodspor_request_seconds_count"));
  CHECK(values.at("fodspor_poisoned") == 0);
  CHECK_FALSE(page.says(person(1)));
  CHECK_FALSE(page.says("roskilde"));
}

SCENARIO("metrics take a token where that is configured") {
  Doors doors = http_doors();
  doors.metrics_need_token = true;
  Served served({}, 2, doors);
  CHECK(curl(served.door(), "/metrics").status == 401);
  CHECK(curl(served.door(), "/metrics", served.token(Role::witness)).status == 200);
  CHECK(curl(served.door(), "/healthz").status == 200);
}

SCENARIO("a server that ends says that it is not ready, until what was taken is answered") {
  Served served({}, 2, http_doors());
  const auto client = served.admin();
  CHECK(curl(served.door(), "/readyz").status == 200);
  // Its answers are not taken, so it is waited for.
  Wire greedy(served.socket_path());
  std::vector<std::string> events;
  for (std::uint64_t i = 0; i < 6'000; ++i) events.push_back(enrolled(person(i)));
  must(append(*client, "many", events));
  greedy.send(hello_bytes(served.admin_token()));
  greedy.send(read_bytes(2, 4'096));
  greedy.send(read_bytes(3, 4'096));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  served.listener().stop();
  HttpTold ready;
  for (int i = 0; i < 50 && ready.status != 503; ++i) ready = curl(served.door(), "/readyz");
  CHECK(ready.status == 503);
  CHECK(curl(served.door(), "/healthz").status == 200);
  CHECK(curl(served.door(), "/v1/ping", served.admin_token()).status == 503);
}

}  // namespace fodspor::server::tests
