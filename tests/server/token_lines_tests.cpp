// The text of a token file: its bytes are what ledgers out there hold, and whatever was not written by us is refused with its line.
#include <catch2/catch.hpp>
#include <sstream>

#include "events/calendar.h"
#include "server/token_lines.h"
#include "tests/support/must.h"

using namespace fodspor::server;
using fodspor::stories::must;

namespace {

// Hashes and sums were made with another program (Python's hashlib.blake2b), from secrets of the bytes 0 to 31, of 32 bytes 255 and of 32
// bytes 7.
// clang-format off
const std::string golden =
    R"({"fodspor":"tokens","format":1,"tokens":3})"
    "\n"
    R"({"hash":"cb2f5160fc1f7e05a55ef49d340b48da2e5a78099d53393351cd579dd42503d6","id":"cb2f5160fc1f","issued_at":"2024-05-01T12:00:00Z","microdata":false,"name":"jobcentre-desk-1","programmes":["esbjerg","roskilde"],"role":"caseworker","sum":"ad00061d11cf2d2ba2530eac065108ab"})"
    "\n"
    R"({"expires_at":"2024-12-31T23:00:00Z","hash":"e2021160500f01190b8b9f36f9d0d1dacf8e91ae70deed6ddda43ed414585ed4","id":"e2021160500f","issued_at":"2024-05-02T12:00:00.000001Z","microdata":true,"name":"the \"yearly\" report, på dansk","programmes":"all","role":"evaluator","sum":"963a70da7aa326cdb5fb42d669257da0"})"
    "\n"
    R"({"hash":"17cdc7bca3f2a0bda60c6de5b96f82a36239b44bde397a3862d529ba8b3d7c62","id":"17cdc7bca3f2","issued_at":"2024-05-03T00:00:00Z","microdata":false,"name":"","programmes":"all","revoked_at":"2024-05-04T00:00:00Z","role":"witness","sum":"858bb46266e728664171d2ab3b0c03d7"})"
    "\n";
// clang-format on

Secret secret_of(unsigned char first, unsigned char step) {
  std::array<unsigned char, 32> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(first + i * step);
  return Secret(bytes);
}

ProgrammeId programme(const std::string& slug) {
  return *ProgrammeId::parse(slug);
}

std::vector<Token> three_tokens() {
  Token desk;
  desk.hash = secret_of(0, 1).hash();
  desk.name = "jobcentre-desk-1";
  desk.role = Role::caseworker;
  desk.programmes = Programmes::only({programme("roskilde"), programme("esbjerg")});
  desk.issued_at = *parse_timestamp("2024-05-01T12:00:00Z");
  Token report;
  report.hash = secret_of(255, 0).hash();
  report.name = "the \"yearly\" report, på dansk";
  report.role = Role::evaluator;
  report.microdata = true;
  report.issued_at = *parse_timestamp("2024-05-02T12:00:00.000001Z");
  report.expires_at = *parse_timestamp("2024-12-31T23:00:00Z");
  Token witness;
  witness.hash = secret_of(7, 0).hash();
  witness.issued_at = *parse_timestamp("2024-05-03T00:00:00Z");
  witness.revoked_at = *parse_timestamp("2024-05-04T00:00:00Z");
  return {desk, report, witness};
}

// The failure of a text that must be refused.
Failure refused(const std::string& text) {
  auto read = read_token_lines(text, "tokens");
  REQUIRE_FALSE(read);
  return read.error();
}

bool begins(const Failure& failure, const std::string& text) {
  return failure.message.rfind(text, 0) == 0;
}

}  // namespace

SCENARIO("a token file is written and read in the bytes that were agreed upon") {
  REQUIRE(token_lines(three_tokens()) == golden);
  REQUIRE(must(read_token_lines(golden, "tokens")) == three_tokens());
  REQUIRE(token_lines({}) == "{\"fodspor\":\"tokens\",\"format\":1,\"tokens\":0}\n");
  REQUIRE(must(read_token_lines(token_lines({}), "tokens")).empty());
}

SCENARIO("whichever bit of a token file is turned, the file is refused with its line") {
  std::size_t line = 1;
  for (std::size_t at = 0; at < golden.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string turned = golden;
      turned[at] = static_cast<char>(turned[at] ^ (1 << bit));
      const auto read = read_token_lines(turned, "tokens");
      CAPTURE(at, bit, line, golden[at]);
      if (read) FAIL("it was read");
      CAPTURE(read.error().message);
      // A higher number of the format is a newer version's.
      if (read.error().fault != Fault::corrupt) REQUIRE((read.error().fault == Fault::unsupported && line == 1));
      if (!begins(read.error(), "tokens:" + std::to_string(line) + ": ")) FAIL("another line is named");
    }
    if (golden[at] == '\n') ++line;
  }
}

SCENARIO("a token file that was cut short anywhere is refused") {
  for (std::size_t length = 0; length < golden.size(); ++length) {
    const auto read = read_token_lines(std::string_view(golden).substr(0, length), "tokens");
    CAPTURE(length);
    if (read) FAIL("it was read");
    if (read.error().fault != Fault::corrupt) FAIL(read.error().message);
  }
}

SCENARIO("lines that were taken out, doubled or made up are refused") {
  std::vector<std::string> lines;
  std::istringstream text(golden);
  for (std::string line; std::getline(text, line);) lines.push_back(line + "\n");
  REQUIRE(begins(refused(lines[0] + lines[1] + lines[3]), "tokens:1: 3 tokens were written and 2 are there"));
  REQUIRE(begins(refused(golden + lines[2]), "tokens:5: this token stands there twice"));
  REQUIRE(begins(refused(lines[1]), "tokens:1: "));
  REQUIRE(begins(refused(golden + "\n"), "tokens:5: "));
  REQUIRE(begins(refused(lines[0] + lines[1] + R"({"programmes":[]})" + "\n"), "tokens:3: "));
  REQUIRE(refused("{\"fodspor\":\"tokens\",\"format\":2,\"tokens\":0}\n").fault == Fault::unsupported);
}

SCENARIO("damage is told without a word of what stands in the line") {
  for (const char* word : {"desk", "evaluator", "esbjerg", "cb2f5160fc1f"}) {
    std::string changed = golden;
    changed[changed.find(word)] = 'x';
    const Failure failure = refused(changed);
    for (const char* kept : {"desk", "yearly", "esbjerg", "cb2f", "e202"}) {
      CAPTURE(word, kept, failure.message);
      REQUIRE(failure.message.find(kept) == std::string::npos);
    }
  }
}

SCENARIO("a token's text is known by its beginning, and only whole") {
  const Secret secret = secret_of(0, 1);
  REQUIRE(secret.text() == "fodspor_000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  REQUIRE(Secret::parse(secret.text())->text() == secret.text());
  const std::string text = secret.text();
  for (const std::string& wrong : {std::string(), text.substr(8), text.substr(0, 71), text + "0", "Fodspor_" + text.substr(8),
                                   text.substr(0, 71) + "g", " " + text, text.substr(0, 70) + " f"}) {
    CAPTURE(wrong);
    REQUIRE_FALSE(Secret::parse(wrong));
  }
  REQUIRE(Secret::random().text() != Secret::random().text());
}
