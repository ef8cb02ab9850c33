// Input that is refused: exit status 3, one error with file, line, field and reason, and a ledger that is as it was.
#include <catch2/catch.hpp>

#include "tests/server/cli_fixture.h"

using namespace fodspor::server::tests;

namespace {

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct Refused {
  std::string line;
  std::vector<std::string> says;
};

void check(Program& program, const std::vector<Refused>& refusals) {
  const std::uint64_t before = program.events();
  for (const auto& refused : refusals) {
    const Answer answer = program.run(refused.line);
    CAPTURE(refused.line, answer.err, answer.out);
    REQUIRE(answer.status == 3);
    for (const auto& part : refused.says) {
      CAPTURE(part);
      REQUIRE(says(answer.err, part));
    }
    REQUIRE(program.events() == before);
  }
}

std::string event(const std::string& rest) {
  return R"({"type":"CourseStarted","stream":")" + participant + R"(","programme":"roskilde",)" + rest + "}\n";
}

}  // namespace

SCENARIO("append refuses a batch with a mistake whole, and names line, field and reason") {
  Program program;
  program.must("init");
  program.must("append", first_batch());
  const std::string good = event(R"("valid_from":"2021-04-01","source":"staff","facts":{"course":2,"kind":"jobklub"})");

  struct Bad {
    std::string name, content;
    std::vector<std::string> says;
  };
  const std::vector<Bad> bads{
      {"type", good + "\n" + R"({"type":"CourseBegan"})", {"line 3", "CourseBegan"}},
      {"field",
       good + event(R"("valid_from":"2021-04-01","source":"staff","facts":{"course":3,"kind":"jobklub","teacher":"x"})"),
       {"line 2", "facts.teacher"}},
      {"missing", event(R"("valid_from":"2021-04-01","source":"staff","facts":{"course":3})"), {"line 1", "facts.kind"}},
      {"enumeration",
       event(R"("valid_from":"2021-04-01","source":"staff","facts":{"course":3,"kind":"club"})"),
       {"line 1", "facts.kind", "club"}},
      {"date",
       event(R"("valid_from":"2021-02-30","source":"staff","facts":{"course":3,"kind":"jobklub"})"),
       {"line 1", "valid_from", "day 30"}},
      {"json", good + "{", {"line 2"}},
      {"programme",
       R"({"type":"CourseStarted","stream":")" + participant +
           R"(","programme":"nowhere","valid_from":"2021-04-01","source":"staff","facts":{"course":3,"kind":"jobklub"}})",
       {"line 1", "programme", "nowhere"}},
      {"personal",
       event(R"("valid_from":"2021-04-01","source":"staff","facts":{"course":3,"kind":"jobklub"},"personal":{"name":"x"})"),
       {"line 1", "personal"}},
      {"server",
       event(R"("position":9,"valid_from":"2021-04-01","source":"staff","facts":{"course":3,"kind":"jobklub"})"),
       {"line 1", "position"}},
      {"empty", "\n\n", {"there is no event in it"}},
  };
  for (const auto& bad : bads) {
    const std::string file = program.file(bad.name + ".jsonl", bad.content);
    std::vector<std::string> expected = bad.says;
    expected.push_back(file);
    check(program, {{"append " + file, expected}});
  }
  check(program, {{"append " + (program.folder() / "nothing.jsonl").string(), {"there is no such file"}},
                  {"append " + program.folder().string(), {"this is a folder"}}});
}

SCENARIO("a stale writer's append is refused and names the stream") {
  Program program;
  program.must("init");
  program.must("append --expect " + participant + "=none", first_batch());
  const std::string file = program.file("second.jsonl", second_batch());
  check(program, {{"append --expect " + participant + "=2 " + file, {participant, "2", "3"}},
                  {"append --expect " + participant + "=none " + file, {participant}}});
  program.must("append --expect " + participant + "=3 " + file);
  REQUIRE(program.events() == 8);
}

SCENARIO("a request id that was used for something else is refused") {
  Program program;
  program.must("init");
  program.must("append --request-id monday", first_batch());
  const std::string file = program.file("second.jsonl", second_batch());
  check(program, {{"append --request-id monday " + file, {"monday"}}});
}

SCENARIO("the same batch appended again is not added twice and gets the first answer") {
  Program program;
  program.must("init");
  const std::string first = program.must("append --json", first_batch());
  REQUIRE(says(first, R"("first":1,"last":4)"));
  const std::string again = program.must("append --json", first_batch());
  REQUIRE(says(again, R"("first":1,"last":4)"));
  REQUIRE(says(again, R"("repeated":true)"));
  REQUIRE(program.events() == 4);
}

SCENARIO("an existing ledger is not made again") {
  Program program;
  program.must("init");
  check(program, {{"init", {"there is a ledger", "choose another folder"}}});
}

SCENARIO("readers refuse what is not there, and say what is") {
  Program program;
  program.must("init");
  program.must("append", first_batch());
  check(program, {{"show 99", {"there is no position 99", "ends at 4"}},
                  {"show 00000000000000000000000000000000/0", {"there is no event"}},
                  {"trail 1234567890", {"there is no person 1234567890"}},
                  {"trail xyz", {"'xyz' is not the id of a person"}},
                  {"trail enterprise/9f0c2d4e6a8b1c3d5e7f90a1b2c3d4e5", {"is no person"}},
                  {"kpi --programme nowhere", {"there is no programme 'nowhere'", "roskilde"}},
                  {"caseload --programme nowhere", {"roskilde"}},
                  {"enterprises --programme nowhere", {"roskilde"}},
                  {"network --programme nowhere", {"roskilde"}},
                  {"quality --programme nowhere", {"roskilde"}},
                  {"find --case-number 1 --programme nowhere", {"roskilde"}},
                  {"programmes --programme nowhere", {"roskilde"}},
                  {"explain K4", {"there is no target K4"}},
                  {"evaluate esf.cr6", {"esf.cr06"}},
                  {"evaluate esf.cr06 --set nothing=1", {"nothing"}},
                  {"evaluate esf.cr06 --by shoe_size", {"shoe_size"}},
                  {"evaluate nothing.toml", {"nothing.toml: there is no such file"}},
                  {"evaluate esf.cr06 --programme nowhere", {"roskilde"}},
                  {"definitions show esf.cr6", {"esf.cr06"}},
                  {"definitions check nothing.toml", {"there is no such file"}},
                  {"log --programme nowhere", {"there is no programme 'nowhere'", "roskilde"}},
                  {"log --follow --programme nowhere", {"roskilde"}},
                  {"trail 9f0c2d4e6a --known-at 99", {"99"}},
                  {"export --to 99", {"the log ends at 4"}},
                  {"doctor --recover", {"nothing to recover"}},
                  {"token add --role auditor --programme nowhere", {"there is no programme 'nowhere'", "roskilde"}},
                  {"token add --role auditor --expires 2024-04-30", {"2024-04-30 has passed"}},
                  {"token revoke 5f0c", {"there is no such token", "`fodspor token list`"}}});
  REQUIRE_FALSE(std::filesystem::exists(program.folder() / "ledger" / "tokens"));
}

SCENARIO("a mistake that all lines share is said once, with how often") {
  Program program;
  const std::string example = FODSPOR_SOURCE_DIR "/server/intake/examples/kalundborg";
  const auto count = [](const std::string& text, const std::string& part) {
    std::size_t times = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++times;
    return times;
  };
  program.must("init");
  const Answer unmapped = program.run("import " + example + ".csv");
  CAPTURE(unmapped.err);
  REQUIRE(unmapped.status == 3);
  REQUIRE(says(unmapped.err, "kalundborg.csv: a table needs --mapping FILE.toml"));
  REQUIRE(count(unmapped.err, "\n") == 1);

  const Answer unknown = program.run("import " + example + ".csv --mapping " + example + ".toml");
  CAPTURE(unknown.err);
  REQUIRE(unknown.status == 3);
  REQUIRE(count(unknown.err, "kalundborg is not known: register it first") == 1);
  REQUIRE(says(unknown.err, "kalundborg.csv:2: "));
  REQUIRE(says(unknown.err, " (and in lines 3, 4, 5, 6, 7, 8, 9, 10 and 111 more)"));
  REQUIRE(program.events() == 0);

  const Answer misspelt = program.run("definitions show kalundborg.k44");
  CAPTURE(misspelt.err);
  REQUIRE(misspelt.status == 3);
  REQUIRE(count(misspelt.err, "did you mean") == 1);
}

SCENARIO("files of programmes, definitions, mappings and rates are refused with line and column") {
  Program program;
  program.must("init");
  program.must("append", first_batch());
  const std::string programme = program.file("bad.toml", "[programme]\nid = \"esbjerg\"\nstarst = 2020-10-19\n");
  const std::string definition = program.file("mine.toml", "[definition]\nid = \"my.own\"\nversion = \"1.0.0\"\nunit = \"shoe\"\n");
  const std::string mapping = program.file("mapping.toml", "[import]\nformat = \"square\"\n");
  const std::string table = program.file("people.csv", "nr;dato\n1;01-02-2021\n");
  const std::string broken = program.file("broken.toml", "[programme\n");
  check(program, {{"programmes apply " + programme, {"bad.toml:"}},
                  {"programmes apply " + programme + " --dry-run", {"bad.toml:"}},
                  {"programmes apply " + broken, {"broken.toml:1"}},
                  {"definitions check " + definition, {"mine.toml:4", "shoe"}},
                  {"evaluate " + definition, {"mine.toml:4", "shoe"}},
                  {"import " + table + " --mapping " + mapping, {"mapping.toml:"}},
                  {"import " + table, {"people.csv"}},
                  {"import nothing.csv --mapping " + mapping, {"nothing.csv: there is no such file"}},
                  {"simulate --rates " + broken, {"broken.toml:1"}},
                  {"simulate", {"holds other events"}},
                  {"demo", {"holds other events"}}});
}
