// What a server does not put up with over HTTP: addresses that are none, bodies without measure, slowness, and bytes that are no HTTP.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <random>
#include <thread>

#include "tests/server/http_fixture.h"
#include "tests/server/tls_fixture.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

std::vector<std::byte> bytes_of(const std::string& text) {
  std::vector<std::byte> bytes(text.size());
  std::transform(text.begin(), text.end(), bytes.begin(), [](char c) { return static_cast<std::byte>(c); });
  return bytes;
}

// All that comes back for these bytes, until the server closes.
std::string told(const Served& served, const std::string& text) {
  Wire wire(served.door());
  wire.send(bytes_of(text));
  REQUIRE(wire.closed_within(5'000));
  std::string answer(wire.received.size(), '\0');
  std::transform(wire.received.begin(), wire.received.end(), answer.begin(), [](std::byte b) { return static_cast<char>(b); });
  return answer;
}

bool listed(const Served& served, std::string_view part) {
  using Clock = std::chrono::steady_clock;
  for (const auto until = Clock::now() + std::chrono::seconds(10); Clock::now() < until;) {
    for (const std::string& reason : served.dropped()) {
      if (reason.find(part) != std::string::npos) return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace

SCENARIO("an address, a method, an option or a body that is wrong gets one clear error") {
  Served served({}, 2, http_doors());
  const std::string at = served.door(), token = served.admin_token();
  struct Wrong {
    std::string path, body;
    int status;
    std::string says;
  };
  const std::string event = enrolled(person(1));
  const std::vector<Wrong> wrongs{
      {"/", "", 404, "nothing at this address"},
      {"/v1/nothing", "", 404, "nothing at this address"},
      {"/v2/log", "", 404, "nothing at this address"},
      {"/v1/append", "", 405, "takes POST"},
      {"/v1/log", "{}", 405, "takes GET"},
      {"/healthz", "x", 405, "takes GET"},
      {"/v1/log?form=json", "", 400, "no option 'form'"},
      {"/v1/log?from=x", "", 400, "from: 'x'"},
      {"/v1/log?from=1&from=2", "", 400, "may be given once"},
      {"/v1/log?most=99999999999", "", 400, "most"},
      {"/v1/ping?x=1", "", 400, "no option 'x'"},
      {"/metrics?x=1", "", 400, "no option 'x'"},
      {"/v1/types/Nothing", "", 404, "no event type 'Nothing'"},
      {"/v1/streams/participant/zz", "", 400, "zz"},
      {"/v1/streams/nobody/9f0c", "", 400, ""},
      {"/v1/log?from=%zz", "", 400, "hexadecimal"},
      {"/v1/types/%00", "", 400, "control character"},
      {"/v1/types/%ff", "", 400, "UTF-8"},
      {"/v1/ask/kpi?argument=-x", "", 400, "dash"},
      {"/v1/ask/kpi?--ledger=x", "", 400, "no option's name"},
      {"/v1/ask/kpi?form=pdf", "", 400, "form"},
      {"/v1/append", "{", 400, "byte 2"},
      {"/v1/append", "[]", 400, "object"},
      {"/v1/append", "{}", 400, "request"},
      {"/v1/append", R"({"request":"x"})", 400, "events"},
      {"/v1/append", R"({"request":"x","events":[]})", 422, "at least one event"},
      {"/v1/append", R"({"request":"x","events":[{}]})", 422, "event 1 of 1"},
      {"/v1/append", R"({"request":"x","request":"y","events":[]})", 400, "twice"},
      {"/v1/append", R"({"request":"x","event":[]})", 400, "no 'event'"},
      {"/v1/append", R"({"request":7,"events":[]})", 400, "request: has to be a text"},
      {"/v1/append", R"({"request":"x","events":[],"dry_run":1})", 400, "dry_run"},
      {"/v1/append", R"({"request":"x","events":[)" + std::string(100, '[') + std::string(100, ']') + "]}", 400, "deeper"},
      {"/v1/append", append_body("x", {event}, R"(,"expected":[{"stream":"participant/1"}])"), 400, "expected[0]"},
      {"/v1/append", append_body("x", {event}) + "x", 400, "follows"},
      {"/v1/append", append_body("", {event}), 422, "requestId"},
      {"/v1/append", append_body("x", {enrolled(person(1), "nowhere")}), 422, "nowhere"}};
  for (const Wrong& wrong : wrongs) {
    const auto told = curl(at, wrong.path, token, wrong.body, {"--globoff"});
    INFO(wrong.path << " " << wrong.body << " -> " << told.status << " " << told.body);
    CHECK(told.status == wrong.status);
    CHECK(told.says(wrong.says));
    CHECK(told.says(R"("fault":")"));
  }
  CHECK(curl(at, "/v1/append", token).head.find("Allow: POST") != std::string::npos);
  CHECK(served.ledger().durable().value == 2);
}

SCENARIO("what is no HTTP, or TLS where none is spoken, ends its connection") {
  Served served({}, 2, http_doors());
  CHECK(told(served, "nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
  CHECK(told(served, "GET /v1/ping HTTP/1.1\r\nContent-Length: -1\r\n\r\n").starts_with("HTTP/1.1 400"));
  CHECK(told(served, std::string("\x16\x03\x01\x02\x00\x01", 6)).empty());
  CHECK(listed(served, "speaks TLS"));
  CHECK(curl(served.door(), "/healthz").status == 200);
}

SCENARIO("HTTP to an address that takes TLS is told so in plain words") {
  const TlsFolder folder;
  const auto certificates = must(Certificates::open(folder.files()));
  Doors doors;
  doors.http = {"tls:127.0.0.1:0"};
  doors.tls = [&] { return certificates->current(); };
  Served served({}, 2, doors);
  const auto plain = curl(served.door().substr(4), "/healthz");
  CHECK(plain.status == 400);
  CHECK(plain.says("does not speak TLS"));
  CHECK(curl(served.door(), "/healthz", {}, {}, {"--cacert", folder.certificate().string()}).status == 200);
}

SCENARIO("a head or a body without measure is refused before it is read") {
  Served served({}, 2, http_doors());
  const std::string authorization = "Authorization: Bearer " + served.admin_token() + "\r\n";
  const std::string post = "POST /v1/append HTTP/1.1\r\n" + authorization;
  CHECK(told(served, "GET /v1/ping HTTP/1.1\r\nX: " + std::string(20'000, 'x')).starts_with("HTTP/1.1 431"));
  CHECK(told(served, "GET /" + std::string(20'000, 'x')).starts_with("HTTP/1.1 431"));
  CHECK(told(served, post + "Content-Length: 99999999999\r\n\r\n{").starts_with("HTTP/1.1 413"));
  CHECK(told(served, "GET /v1/ping HTTP/1.1\r\n" + authorization + "Content-Length: 5\r\n\r\nhello").starts_with("HTTP/1.1 400"));
  // Who shows no token gets no further than the head.
  CHECK(told(served, "POST /v1/append HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n").starts_with("HTTP/1.1 401"));
}

SCENARIO("a body takes memory as it comes, and past what all may take it is refused") {
  Bounds bounds;
  bounds.memory_bytes_max = 256u << 10;
  Served served(bounds, 2, http_doors());
  std::vector<std::string> events;
  for (std::uint64_t i = 0; i < 3'000; ++i) events.push_back(enrolled(person(i)));
  const auto refused = curl(served.door(), "/v1/append", served.admin_token(), append_body("large", events));
  CHECK(refused.status == 503);
  CHECK(refused.says(R"("fault":"busy")"));
  CHECK(refused.says("retry_ms"));
  CHECK(refused.head.find("Retry-After: 1") != std::string::npos);
  CHECK(curl(served.door(), "/v1/append", served.admin_token(), append_body("small", {enrolled(person(1))})).status == 200);
}

SCENARIO("who sends a request slowly is dropped, whatever they drip") {
  Bounds bounds;
  bounds.hello_within = std::chrono::milliseconds(400);
  bounds.http_head_within = std::chrono::milliseconds(400);
  bounds.frame_within = std::chrono::milliseconds(400);
  bounds.http_idle_within = std::chrono::milliseconds(400);
  Served served(bounds, 2, http_doors());
  Wire silent(served.door());
  CHECK(silent.closed_within(5'000));
  CHECK(listed(served, "no request came"));

  const auto drips = [&](const std::string& begins) {
    Wire wire(served.door());
    wire.send(bytes_of(begins));
    for (int i = 0; i < 200; ++i) {
      wire.send(bytes_of("x"));
      if (wire.closed_within(20)) return true;
    }
    return false;
  };
  CHECK(drips("GET /v1/ping HTTP/1.1\r\nX: "));
  CHECK(listed(served, "head not ended"));
  CHECK(drips("POST /v1/append HTTP/1.1\r\nAuthorization: Bearer " + served.admin_token() + "\r\nContent-Length: 100000\r\n\r\n{"));
  CHECK(listed(served, "body not ended"));

  Wire idle(served.door());
  idle.send(bytes_of("GET /healthz HTTP/1.1\r\n\r\n"));
  CHECK(idle.closed_within(5'000));
  CHECK_FALSE(idle.received.empty());
}

SCENARIO("connections of HTTP count among those that there may be") {
  Bounds bounds;
  bounds.connections_max = 3;
  Served served(bounds, 2, http_doors());
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 3; ++i) wires.push_back(std::make_unique<Wire>(served.door()));
  Wire one_more(served.door());
  CHECK(one_more.closed_within(5'000));
  CHECK(listed(served, "as many connections"));
}

SCENARIO("a request that is damaged at any byte is answered or closed, and the server goes on") {
  Served served({}, 2, http_doors());
  const std::string body = append_body("damaged", {enrolled(person(1))}, R"(,"dry_run":true)");
  const std::string whole = "POST /v1/append HTTP/1.1\r\nAuthorization: Bearer " + served.admin_token() +
                            "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    std::string damaged = whole;
    const auto flips = 1 + random() % 3;
    for (unsigned i = 0; i < flips; ++i) damaged[random() % damaged.size()] = static_cast<char>(random() % 256);
    if (random() % 3 == 0) damaged.resize(1 + random() % damaged.size());
    Wire wire(served.door());
    wire.send(bytes_of(damaged));
  }
  CHECK(curl(served.door(), "/healthz").status == 200);
  CHECK(served.ledger().durable().value == 2);
}

}  // namespace fodspor::server::tests
