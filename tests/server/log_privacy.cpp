// What a server logs, searched for what must never stand in it.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/server/process.h"
#include "tests/server/served_folder.h"
#include "tests/server/socket_fixture.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

// Values that stand nowhere else, so that finding one means that it came from what was sent.
const std::string planted_case = "sag-77-ekko-4711";
const std::string planted_note = "Fiktiva Plantesen";
const std::string planted_person = "participant/c0ffee00c0ffee11c0ffee22c0ffee33";
const std::string planted_token = "fodspor_beefbeef1234567890abcdef0987654321fedcbabeefbeef1234567890abcdef01";
const std::string planted_request = "anmodning-om-hemmelighed";
const std::string planted_word = "plantetord";

std::string enrolment(const std::string& facts) {
  return R"({"type":"Enrolled","stream":")" + planted_person +
         R"(","programme":"roskilde","valid_from":"2021-03-08","source":"staff","facts":)" + facts + "}";
}

void hello_is_refused(const ServedFolder& folder, const std::string& token) {
  Client::Options options;
  options.address = "unix:" + folder.socket().string();
  options.token = token;
  CHECK_FALSE(Client::connect(std::move(options)));
}

// Bytes that are no conversation, with planted words among them; the server ends it.
void break_off(const ServedFolder& folder, std::vector<std::byte> bytes) {
  Wire wire(folder.socket());
  wire.send(bytes);
  CHECK(wire.closed_within(20'000));
}

std::vector<std::byte> bytes_of(const std::string& text) {
  std::vector<std::byte> bytes(text.size());
  std::transform(text.begin(), text.end(), bytes.begin(), [](char c) { return static_cast<std::byte>(c); });
  return bytes;
}

}  // namespace

SCENARIO("nothing personal is in any log line, whatever is appended, refused, malformed or read") {
  const std::string format = GENERATE(as<std::string>(), "text", "json");
  const ServedFolder folder;
  const std::string log = (folder.folder() / "log").string();
  const std::string configuration = folder.file("fodspor.toml", "[log]\nformat = \"" + format + "\"\nlevel = \"debug\"\n");
  Process server({"serve", "--ledger", folder.ledger(), "--config", configuration}, {log, {}});
  const auto client = folder.client();

  must(append(*client, planted_request, {enrolment(R"({"case_number":")" + planted_case + R"("})")}));
  CHECK(must(append(*client, planted_request, {enrolment(R"({"case_number":")" + planted_case + R"("})")})).repeated);
  const std::vector<std::string> refused{
      enrolment(R"({"case_number":")" + planted_case + R"(","note":")" + planted_note + R"("})"),
      enrolment(R"({"isced":"2)" + planted_note + R"("})"),
      enrolment(R"({")" + planted_word + R"(":1})"),
      R"({"type":")" + planted_word + R"(","stream":")" + planted_person + R"("})",
      R"({"note":")" + planted_note,  // no JSON at all
      R"({"type":"Enrolled","stream":"participant/)" + planted_word + R"("})",
  };
  for (std::size_t i = 0; i < refused.size(); ++i) {
    CAPTURE(refused[i]);
    CHECK_FALSE(append(*client, planted_request + std::to_string(i), {refused[i]}));
  }
  const auto page = must(read_log(*client));
  const bool sent_back = std::any_of(page.events.begin(), page.events.end(),
                                     [](const std::string& event) { return event.find(planted_case) != std::string::npos; });
  CHECK(sent_back);

  hello_is_refused(folder, planted_token);
  hello_is_refused(folder, planted_note + "\n" + planted_case);
  hello_is_refused(folder, folder.token() + "x");
  break_off(folder, bytes_of("GET /" + planted_word + " HTTP/1.1\r\nAuthorization: Bearer " + planted_token + "\r\n\r\n"));
  break_off(folder, append_bytes(1, planted_request, {enrolment("{}")}));  // before hello
  break_off(folder, hello_bytes(planted_token, 99));
  auto damaged = hello_bytes(folder.token());
  damaged[9] = std::byte{0xff};  // the root's pointer
  break_off(folder, damaged);
  REQUIRE(Process({"token", "revoke", folder.token(), "--ledger", folder.ledger()}).wait() == 0);
  CHECK(comes_true([&] { return content_of(log).find("not good any more") != std::string::npos; }));
  server.send(SIGHUP);
  CHECK(comes_true([&] { return content_of(log).find("\"journal\"") != std::string::npos; }));
  server.send(SIGTERM);
  CHECK(server.wait() == 0);

  const std::string told = content_of(log);
  CAPTURE(told);
  // It was talkative: each kind of line that a client can bring about is in it.
  for (const std::string line : {"listening", "token refused", "connection ended", "read again", "stopping", "stopped"}) {
    CAPTURE(line);
    CHECK(told.find(line) != std::string::npos);
  }
  const std::string digits = planted_person.substr(planted_person.find('/') + 1);
  for (const std::string& value : {planted_case, planted_note, digits, digits.substr(0, 10), planted_token, planted_request, planted_word,
                                   folder.token(), std::string("Plantesen"), std::string("4711")}) {
    CAPTURE(value);
    CHECK(told.find(value) == std::string::npos);
  }
}

}  // namespace fodspor::server::tests
