// Whole journeys through the program: a simulated ledger read every way, a log out and in again, the two clocks, corrections seen.
#include <catch2/catch.hpp>

#include "events/calendar.h"
#include "tests/server/cli_fixture.h"

using namespace fodspor::server::tests;

namespace {

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

SCENARIO("a simulated ledger answers every question, and a rebuild would change nothing") {
  Program program;
  program.must("simulate --scale 0.1 --seed 3");
  for (const std::string line :
       {"stat", "kpi", "kpi --lang da", "portfolio", "caseload --valid-at 2021-09-01", "enterprises", "network", "quality",
        "quality --list", "programmes", "definitions list", "evaluate esf.cr06 --by programme", "explain K2", "log --to 50", "doctor"}) {
    CAPTURE(line);
    const std::string text = program.must(line);
    REQUIRE_FALSE(text.empty());
    const std::string json = program.must(line + " --json");
    REQUIRE(json.front() == '{');
    REQUIRE(says(program.must(line + " --csv"), "\r\n"));
  }
  REQUIRE_FALSE(says(program.must("rebuild --verify"), "differs"));
  REQUIRE_FALSE(says(program.must("kpi"), "unreadable"));
}

SCENARIO("the same seed gives the same ledger, and an interrupted simulation goes on") {
  Program program;
  program.must("simulate --scale 0.05");
  const std::string log = program.must("export");
  program.must("simulate --scale 0.05");
  REQUIRE(program.must("export") == log);
  program.must("simulate --scale 0.05 --ledger " + (program.folder() / "other").string());
  REQUIRE(program.must("export --ledger " + (program.folder() / "other").string()) == log);
}

SCENARIO("an exported log gives a ledger with the same digests") {
  Program program;
  program.must("simulate --scale 0.05");
  const std::string file = (program.folder() / "log.jsonl").string();
  program.must("export " + file);
  const std::string other = " --ledger " + (program.folder() / "other").string();
  program.must("init" + other);
  program.must("import " + file + " --format jsonl" + other);
  REQUIRE(program.must("rebuild --json" + other) == program.must("rebuild --json"));
  REQUIRE(program.must("export" + other) == program.must("export"));

  const Answer again = program.run("import " + file + other);
  REQUIRE(again.status == 3);
  REQUIRE(says(again.err, "empty ledger"));
  REQUIRE(program.run("export " + file).status == 3);
}

SCENARIO("a target that is missed answers --check with 1") {
  Program program;
  program.must("simulate --scale 0.05");
  REQUIRE(program.run("kpi").status == 0);
  const Answer answer = program.run("kpi --check");
  REQUIRE(says(answer.out, "missed"));
  REQUIRE(answer.status == 1);
}

SCENARIO("a figure that leaves people in doubt says how many, and a share says how many it counts") {
  Program program;
  const std::string example = FODSPOR_SOURCE_DIR "/server/intake/examples/kalundborg";
  program.must("init");
  program.must("programmes apply " FODSPOR_SOURCE_DIR "/projections/programmes/kalundborg.toml");
  program.must("import " + example + ".csv --mapping " + example + ".toml");
  const auto row_of_k4 = [&] {
    const std::string shown = program.must("kpi --programme kalundborg");
    const std::size_t at = shown.find("\nK4 ") + 1;
    return shown.substr(at, shown.find('\n', at) - at);
  };
  const std::string doubted = row_of_k4();
  CAPTURE(doubted);
  REQUIRE(says(doubted, "37.8 – 100.0 %       37   98       61"));
  program.must("append", R"({"type":"Covered","stream":"programme/kalundborg","programme":"kalundborg","source":"register",)"
                         R"("facts":{"source":"register","facts":["employment","hours"],"from":"2020-10-20","to":"2023-01-01"}})");
  const std::string settled = row_of_k4();
  CAPTURE(settled);
  REQUIRE(says(settled, " 37.8 % "));
  REQUIRE_FALSE(says(settled, "61"));
}

SCENARIO("a spreadsheet gets the people of an explanation, the breakdown of a figure and the targets of a programme") {
  Program program;
  program.must("simulate --scale 0.05");
  const std::string explained = program.must("explain K4 --programme kalundborg --csv");
  REQUIRE(says(explained, "answer,step,units\r\n"));
  REQUIRE(says(explained, "\r\n\r\nsubject,answer,step,reasons\r\nparticipant/"));
  REQUIRE(says(program.must("evaluate esf.cr06 --by gender --csv"), "\r\n\r\ndefinition,gender,denominator,"));
  REQUIRE(says(program.must("programmes --csv"), "\r\n\r\nprogramme,target,reading,"));
}

SCENARIO("shipped programmes applied twice change nothing the second time") {
  Program program;
  program.must("init");
  const std::string plan = program.must("programmes apply --shipped --dry-run --json");
  REQUIRE(program.events() == 0);
  program.must("programmes apply --shipped");
  const std::uint64_t events = program.events();
  REQUIRE(events > 20);
  REQUIRE(says(program.must("programmes apply --shipped"), "Nothing"));
  REQUIRE(program.events() == events);
  REQUIRE(says(program.must("programmes"), "K4"));
  // What no document says is said beside the document that it stands with.
  program.columns = 400;
  const std::string shown = program.must("programmes");
  REQUIRE(says(shown, "05.02.2021; its dates are assumed"));
  REQUIRE(says(shown, "the grant has no date there"));
}

SCENARIO("a correction moves the figure, and --known-at gives back the old one") {
  Program program;
  program.must("init");
  program.must("append", first_batch());
  program.must("append", second_batch());
  const std::string before = program.must("evaluate base.completers --json");
  const std::string id = program.must("show 6 --json");
  const std::size_t at = id.find("\"id\":\"") + 6;
  program.must("append", R"({"type":"Retracted","stream":")" + participant + R"(","programme":"roskilde","source":"staff",)" +
                             R"("facts":{"event":")" + id.substr(at, id.find('"', at) - at) + R"(","reason":"mistake"}})");
  const std::string after = program.must("evaluate base.completers --json");
  REQUIRE(says(before, R"("population":1)"));
  REQUIRE(says(after, R"("population":0)"));
  REQUIRE(program.must("evaluate base.completers --json --known-at 8") == before);
  REQUIRE(says(program.must("trail 9f0c"), "retracted"));
  REQUIRE_FALSE(says(program.must("trail 9f0c --known-at 8"), "retracted"));
}

SCENARIO("who is recorded to leave later is on the caseload until that day") {
  Program program;
  program.must("init");
  program.must("append", first_batch());
  program.must("append", R"({"type":"Left","stream":")" + participant +
                             R"(","programme":"roskilde","valid_from":"2024-06-01","source":"staff","facts":{"reason":"moved"}})");
  REQUIRE(says(program.must("caseload"), "2021-0147"));
  REQUIRE(says(program.must("find --case-number 2021-0147"), "enrolled"));
  program.now.micros += std::int64_t{31} * 86'400'000'000;
  REQUIRE_FALSE(says(program.must("caseload"), "2021-0147"));
  REQUIRE(says(program.must("find --case-number 2021-0147"), "left"));
}

SCENARIO("of a moment before the first event every answer is that nothing was recorded by then") {
  Program program;
  program.must("init");
  REQUIRE(says(program.run("kpi --known-at 2024-05-01").err, "nothing was recorded by 2024-05-01: this ledger holds no events"));
  program.must("append", first_batch());
  for (const std::string line : {"kpi", "explain K4", "evaluate base.completers", "trail 9f0c", "caseload", "programmes", "quality",
                                 "portfolio", "enterprises", "network"}) {
    const Answer answer = program.run(line + " --known-at 2024-04-30");
    CAPTURE(line, answer.err);
    REQUIRE(answer.status == 3);
    REQUIRE(answer.out.empty());
    REQUIRE(says(answer.err, "nothing was recorded by 2024-04-30: this ledger begins 2024-05-01"));
  }
  REQUIRE(says(program.run("kpi --known-at 0").err, "nothing was recorded by position 0: this ledger begins 2024-05-01T12:00:00Z"));
  REQUIRE(says(program.run("kpi --known-at 2024-05-01T11:59:59Z").err,
               "nothing was recorded by 2024-05-01T11:59:59Z: this ledger begins 2024-05-01T12:00:00Z"));
  REQUIRE(program.run("kpi --known-at 2024-05-01").status == 0);
}

SCENARIO("who found work the day after leaving is employed six months on when six months have passed, and not before") {
  Program program;
  program.now = *fodspor::events::parse_timestamp("2021-06-03T12:00:00Z");
  program.must("init");
  program.must("programmes apply --shipped");
  const auto event = [](const std::string& type, const std::string& on, const std::string& facts) {
    return R"({"type":")" + type + R"(","stream":")" + participant + R"(","programme":"roskilde","valid_from":")" + on +
           R"(","source":"staff","facts":)" + facts + "}\n";
  };
  program.must("append",
               event("Enrolled", "2021-03-08", R"({"labour_status":"unemployed"})") + event("Left", "2021-06-01", R"({"reason":"job"})") +
                   event("EmploymentStarted", "2021-06-02", R"({"job":{"employment":1,"kind":"ordinary","weekly_minutes":1200}})"));
  const std::vector<std::string> lines{"kpi --programme roskilde --json", "evaluate roskilde.r8 --json", "explain R8 --json",
                                       "portfolio --json", "trail 9f0c --json"};
  const auto answers = [&](const std::string& clock) {
    std::vector<std::string> all;
    for (const auto& line : lines) all.push_back(program.must(line + clock));
    return all;
  };
  const auto today = answers("");
  CHECK(says(today[1], R"("numerator":0)"));
  CHECK(says(today[1], R"("unknown":1)"));
  CHECK(says(program.must("explain R8 --only unknown"), "9f0c2d4e6a"));
  CHECK(today == answers(" --valid-at 2021-06-03"));

  program.now = *fodspor::events::parse_timestamp("2021-12-01T12:00:00Z");
  const auto on_the_day = answers("");
  CHECK(says(on_the_day[1], R"("numerator":1)"));
  CHECK(says(program.must("explain R8 --only yes"), "9f0c2d4e6a"));
  CHECK(on_the_day == answers(" --valid-at 2021-12-01"));
  CHECK(today == answers(" --valid-at 2021-06-03"));

  // Years later, the views themselves answer; and they say the same as the log, read as of the day.
  program.now = *fodspor::events::parse_timestamp("2031-01-01T12:00:00Z");
  CHECK(answers("") == answers(" --valid-at 2031-01-01"));
}

SCENARIO("a programme that has not begun has no target yet, and the answer says from when it has") {
  Program program;
  program.now = *fodspor::events::parse_timestamp("2019-01-01T12:00:00Z");
  program.must("init");
  program.must("programmes apply " FODSPOR_SOURCE_DIR "/projections/programmes/kalundborg.toml");
  CHECK(says(program.must("programmes"), "K4"));
  const std::string answer = program.must("kpi --programme kalundborg");
  CHECK(says(answer, "No target binds on 2019-01-01 yet"));
  CHECK(says(answer, "--valid-at 2020-10-20"));
  CHECK(says(program.must("kpi --programme kalundborg --valid-at 2020-10-20"), "K4"));
}
