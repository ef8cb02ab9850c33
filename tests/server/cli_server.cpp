// The program's command lines with --server: the same answer as where the ledger is, and appends that can be repeated.
#include <catch2/catch.hpp>
#include <sstream>

#include "tests/server/asked_fixture.h"
#include "tests/server/socket_fixture.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Somebody on the caseload of an invented history.
std::string somebody(Program& program) {
  const std::string csv = program.must("caseload --valid-at 2021-09-01 --csv --quiet");
  return csv.substr(csv.find('\n') + 1, 32);
}

// Every command that a server is asked for, and what may be wrong with it.
std::vector<std::string> lines_about(const std::string& who) {
  return {"kpi",
          "kpi --programme roskilde --known-at 2022-01-01",
          "kpi --check",
          "kpi --programme nowhere",
          "trail " + who,
          "trail " + who.substr(0, 10) + " --valid-at 2021-10-01",
          "trail ffffffffffffffffffffffffffffffff",
          "find --case-number 2021-0001",
          "caseload",
          "caseload --programme kalundborg --valid-at 2021-09-01 --due",
          "enterprises",
          "network --programme roskilde",
          "quality",
          "quality --programme esbjerg --list",
          "portfolio",
          "portfolio --valid-at 2021-12-31",
          "programmes",
          "programmes --programme esbjerg",
          "explain K4 --programme roskilde --only unknown",
          "explain K4",
          "explain K999",
          "evaluate esf.cr06 --by programme,gender",
          "evaluate esf.cr06 esf.cr04 --programme roskilde --known-at 2022-06-30",
          "evaluate no.such.definition",
          "definitions list",
          "definitions show esf.cr06",
          "definitions show none.such",
          "show 17",
          "show 999999999",
          "log --to 40",
          "log --type CourseEnded --programme roskilde",
          "log --stream programme/roskilde",
          "log --type CourseEnded --from 500 --to 900",
          "log --programme nowhere",
          "kpi --nonsense"};
}

}  // namespace

SCENARIO("a command gives through --server byte by byte what it gives where the ledger is") {
  AskedLedger served("0.1");
  served.program.must("rebuild");
  const auto lines = lines_about(somebody(served.program));
  const std::vector<std::string> forms{"", " --json", " --csv", " --lang da", " --quiet"};
  std::map<std::string, Answer> here;
  for (const auto& line : lines) {
    for (const auto& form : forms) here[line + form] = served.program.run(line + form);
  }
  const std::string token = served.token(Role::auditor);
  served.serve();
  for (const auto& [line, answer] : here) {
    const Answer there = served.at_server(line, token);
    CAPTURE(line);
    CHECK(there.out == answer.out);
    CHECK(there.err == answer.err);
    CHECK(there.status == answer.status);
  }
  // What is true of the ledger as it is served.
  for (const auto& form : forms) CHECK(served.at_server("stat" + form, token).out == served.program.run("stat" + form).out);
}

SCENARIO("an asked command keeps to the terminal that it was typed at") {
  AskedLedger served("0.05");
  served.program.must("rebuild");
  const std::vector<std::string> lines{"kpi", "log --to 5", "quality", "evaluate esf.cr06"};
  const std::string token = served.token(Role::auditor);
  served.program.variables["FODSPOR_AS"] = "./fodspor";
  std::vector<std::string> here;
  for (const int columns : {60, 140}) {
    served.program.columns = columns;
    for (const auto& line : lines) here.push_back(served.program.must(line));
  }
  served.serve();
  std::size_t i = 0;
  for (const int columns : {60, 140}) {
    served.program.columns = columns;
    for (const auto& line : lines) {
      CAPTURE(line, columns);
      CHECK(served.at_server(line, token).out == here[i++]);
    }
  }
}

SCENARIO("a batch appended through --server is appended once, however often it is sent") {
  AskedLedger served("");
  const std::string token = served.token(Role::caseworker, {"roskilde"});
  served.serve();
  const std::string first = served.program.file("first.jsonl", first_batch());
  const Answer once = served.at_server("append " + first + " --json", token);
  CAPTURE(once.err);
  REQUIRE(once.status == 0);
  CHECK(has(once.out, R"("repeated":false)"));
  const Answer again = served.at_server("append --json", token, first_batch());
  CHECK(has(again.out, R"("repeated":true)"));
  CHECK(served.program.events() == 4);
  const Answer wrong = served.at_server("append", token, "\n{\"type\":\"Enrolled\"}\n");
  CHECK(wrong.status == 3);
  CHECK(has(wrong.err, "standard input: line 2: "));
  // What only the server can know is told by line as well.
  const std::string stranger = enrolled(person(9), "esbjerg");
  const Answer denied = served.at_server("append", token, "\n" + enrolled(person(8)) + "\n" + stranger + "\n");
  CAPTURE(denied.err);
  CHECK(denied.status == 3);
  CHECK(has(denied.err, "standard input: line 3: this token does not speak for"));
  const Answer expecting = served.at_server("append --expect " + participant + "=7", token, second_batch());
  CHECK(expecting.status == 3);
  CHECK(has(expecting.err, "stands at version 3"));
  CHECK(served.program.events() == 4);
  CHECK(served.at_server("append --expect " + participant + "=3", token, second_batch()).status == 0);
}

SCENARIO("JSON lines imported through --server are imported once, and are what an import where the ledger is knows again") {
  AskedLedger served("");
  served.program.must("programmes apply --shipped --quiet");
  const std::string token = served.token(Role::admin, {}, true);
  const std::uint64_t before = served.program.events();
  std::string lines;
  for (std::uint64_t i = 1; i <= 400; ++i) lines += enrolled(person(i)) + "\n";
  const std::string file = served.program.file("people.jsonl", lines);
  served.serve();
  const Answer dry = served.at_server("import " + file + " --dry-run --json", token);
  CAPTURE(dry.err);
  CHECK(has(dry.out, R"("added":400)"));
  CHECK(served.program.events() == before);
  CHECK(has(served.at_server("import " + file + " --json", token).out, R"("added":400)"));
  CHECK(has(served.at_server("import " + file + " --json", token).out, R"("added":0,"corrected":0)"));
  served.program.file("people.jsonl", lines + completed(person(1)) + "\n");
  CHECK(has(served.at_server("import " + file + " --json", token).out, R"("added":1)"));
  CHECK(served.program.events() == before + 401);
  CHECK(has(served.program.must("import " + file + " --dry-run --json"), R"("added":0)"));
  // A mistake is told by line before anything is sent.
  const Answer wrong = served.at_server("import -", token, enrolled(person(900)) + "\n{}\n");
  CHECK(wrong.status == 3);
  CHECK(has(wrong.err, "standard input:2: "));
  CHECK(served.program.events() == before + 401);
  const Answer table = served.at_server("import people.csv --mapping m.toml", token);
  CHECK(table.status == 3);
  CHECK(has(table.err, "done where the ledger is"));
}

SCENARIO("what is not asked of a server says so, and whom it asks with what has to be clear") {
  AskedLedger served("");
  const std::string token = served.token(Role::admin, {}, true);
  served.serve();
  for (const std::string line : {"init", "serve", "rebuild", "doctor", "demo", "token list", "export", "definitions check x.toml",
                                 "programmes apply --shipped", "bench append"}) {
    const Answer answer = served.at_server(line, token);
    CAPTURE(line);
    CHECK(answer.status == 2);
    CHECK(has(answer.err, "works on a ledger's own folder and is not asked of a server"));
  }
  Program& program = served.program;
  const auto said = [&](const std::string& line) { return program.run(line).err; };
  CHECK(has(said("kpi --server " + served.address()), "a server is asked with a token: put it into $FODSPOR_TOKEN"));
  CHECK(has(said("kpi --server x --ledger y"), "--ledger and --server together: choose one"));
  CHECK(has(said("kpi --token-file x"), "--token-file goes with --server"));
  const std::string file = program.file("token", "\n " + token + "\n");
  CHECK(program.run("stat --server " + served.address() + " --token-file " + file).status == 0);
  CHECK(program.run("stat --server " + served.address() + " --token-file " + file + "x").status == 2);
  // A ledger that is typed goes before a server that is in the environment.
  program.variables["FODSPOR_SERVER"] = "unix:/nowhere";
  CHECK(program.run("stat --ledger " + program.variables["FODSPOR_LEDGER"]).status == 0);
  program.variables.erase("FODSPOR_SERVER");

  program.variables["FODSPOR_TOKEN"] = token;
  const Answer nobody = program.run("kpi --server unix:" + (program.folder() / "nobody").string());
  CHECK(nobody.status == 4);
  CHECK(has(nobody.err, "see that `fodspor serve` runs there"));
  CHECK(program.run("kpi --server nonsense").status == 3);
  program.variables["FODSPOR_TOKEN"] = Secret::random().text();
  const Answer stranger = program.run("kpi --server " + served.address());
  CHECK(stranger.status == 3);
  CHECK(has(stranger.err, "this token is not accepted"));
  CHECK_FALSE(has(stranger.err, program.variables["FODSPOR_TOKEN"]));
}

}  // namespace fodspor::server::tests
