// Command lines: what is wrong with one is said once, with what was perhaps meant, and nothing happens.
#include <catch2/catch.hpp>

#include "server/cli/commands.h"
#include "tests/server/cli_fixture.h"

using namespace fodspor::server;
using namespace fodspor::server::tests;

namespace {

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

SCENARIO("every command explains itself, with an example that can be typed") {
  Program program;
  for (const auto& command : all_commands()) {
    const std::string name(command->about().name);
    CAPTURE(name);
    const Answer answer = program.run(name + " --help");
    REQUIRE(answer.status == 0);
    REQUIRE(answer.err.empty());
    REQUIRE(says(answer.out, "fodspor " + name));
    REQUIRE(says(answer.out, "Example"));
    REQUIRE_FALSE(command->about().examples.empty());
    for (const auto& example : command->about().examples) REQUIRE(says(std::string(example.line), "fodspor " + name));
    for (const auto& option : command->options()) REQUIRE(says(answer.out, std::string(option.name)));
    REQUIRE_FALSE(command->about().summary.da.empty());
  }
}

SCENARIO("the overview names every command, in English and in Danish") {
  Program program;
  const std::string english = program.must("--help");
  const std::string danish = program.must("--help --lang da");
  for (const auto& command : all_commands()) {
    const auto about = command->about();
    REQUIRE(says(english, "  " + std::string(about.name)));
    REQUIRE(says(danish, "  " + std::string(about.name)));
  }
  REQUIRE(says(danish, "Hændelserne i deres rækkefølge"));
  program.variables["LANG"] = "da_DK.UTF-8";
  REQUIRE(program.must("--help") == danish);
  REQUIRE(program.must("--help --lang en") == english);
}

SCENARIO("a wrong command line exits with 2, says what is wrong, and touches nothing") {
  struct Wrong {
    std::string line, says;
  };
  const std::vector<Wrong> wrongs{
      {"lgo", "there is no command 'lgo'; did you mean 'log'?"},
      {"--jsn", "there is no option '--jsn'; did you mean '--json'?"},
      {"log --form 3", "there is no option '--form'; did you mean '--from'?"},
      {"log --from three", "--from: 'three' is not a whole number"},
      {"log --from 0", "positions begin at 1"},
      {"log --from 9 --to 3", "--to 3 comes before --from 9"},
      {"log --follow --to 3", "--follow and --to together"},
      {"log --type courseended", "did you mean CourseEnded?"},
      {"log --type Nothing", "there is no event type 'Nothing'"},
      {"log --programme Ros/kilde", "--programme"},
      {"log --stream someone", "--stream"},
      {"log extra", "'extra' is one argument too many"},
      {"show", "EVENT is missing"},
      {"show zero", "neither a position nor an event id"},
      {"show 0", "positions begin at 1"},
      {"stat --json --csv", "--json and --csv together"},
      {"stat --lang de", "'de' is not one of en, da"},
      {"append --expect someone", "--expect"},
      {"append --expect someone=three", "--expect"},
      {"append --request-id", "--request-id"},
      {"kpi --valid-at 2021-02-30", "--valid-at"},
      {"kpi --valid-at tomorrow", "--valid-at"},
      {"kpi --known-at yesterday", "--known-at 'yesterday' is not understood"},
      {"trail 9f0c --known-at 2021-13-01", "--known-at '2021-13-01' is not understood"},
      {"kpi --ledger", "--ledger needs a folder"},
      {"log --from", "--from needs a value: --from POSITION"},
      {"log --type Enroled", "did you mean Enrolled?"},
      {"simulate --scale 0", "simulate: --scale: '0' is not a scale"},
      {"evaluate", "DEF is missing"},
      {"evaluate esf.cr06 --set hours", "write NAME=VALUE"},
      {"evaluate esf.cr06 --memory 1", "at least 16 MiB"},
      {"explain", "KPI is missing"},
      {"explain K4 --only maybe", "'maybe' is not one of"},
      {"trail", "PERSON is missing"},
      {"find", "--case-number is missing"},
      {"programmes aply", "did you mean 'apply'?"},
      {"programmes apply", "apply needs a FILE, or --shipped"},
      {"programmes --dry-run", "go with `programmes apply`"},
      {"definitions", "ACTION is missing"},
      {"definitions shwo", "did you mean 'show'?"},
      {"definitions show", "show takes one definition's id"},
      {"definitions check", "check takes a FILE"},
      {"import", "FILE is missing"},
      {"import a.csv --format long", "needs --mapping"},
      {"import a.jsonl --format jsonl --mapping m.toml", "does not go with"},
      {"import a.jsonl --format xlsx", "'xlsx' is not one of"},
      {"simulate --scale much", "--scale"},
      {"simulate --seed -1", "--seed"},
      {"rebuild --view kip", "did you mean 'kpi'?"},
      {"doctor --keep-to 3", "--keep-to goes with --recover"},
      {"export --to 0", "positions begin at 1"},
      {"caseload --due=maybe", "--due"},
      {"token", "ACTION is missing"},
      {"token ad --role admin", "did you mean 'add'?"},
      {"token add", "add needs --role: one of caseworker, manager, evaluator, auditor, admin, witness"},
      {"token add --role amdin", "did you mean 'admin'?"},
      {"token add 5f0c --role admin", "add takes no ID"},
      {"token add --role caseworker", "name each with --programme"},
      {"token add --role auditor --programme Ros/kilde", "--programme"},
      {"token add --role auditor --microdata", "microdata gives an auditor nothing"},
      {"token add --role witness --programme roskilde", "a witness sees no programme"},
      {"token add --role admin --expires tomorrow", "--expires: 'tomorrow' is neither a day, as 2025-12-31, nor a number of days"},
      {"token add --role admin --expires 0", "--expires: '0' is neither"},
      {"token list --role admin", "go with `fodspor token add`"},
      {"token list 5f0c", "list takes no ID"},
      {"token revoke", "revoke takes the ID of a token"},
      {"token revoke 5f0c --microdata", "go with `fodspor token add`"},
  };
  Program program;
  for (const auto& wrong : wrongs) {
    const Answer answer = program.run(wrong.line);
    CAPTURE(wrong.line, answer.err);
    REQUIRE(answer.status == 2);
    REQUIRE(answer.out.empty());
    REQUIRE(says(answer.err, wrong.says));
    REQUIRE(says(answer.err, "usage: fodspor"));
  }
  REQUIRE_FALSE(std::filesystem::exists(program.folder() / "ledger"));
}

SCENARIO("nothing to do is answered with the overview, and is not success") {
  Program program;
  const Answer answer = program.run("");
  REQUIRE(answer.status == 2);
  REQUIRE(says(answer.err, "fodspor COMMAND"));
}

SCENARIO("commands that are suggested begin with what the user typed to start the program") {
  Program program;
  program.variables["FODSPOR_AS"] = "./fodspor";
  program.columns = 300;  // so that no sentence is broken
  REQUIRE(says(program.run("stat").err, "make one with `./fodspor init --ledger"));
  REQUIRE(says(program.must("init"), "Next: `./fodspor programmes apply FILE…`"));
  REQUIRE(says(program.must("kpi"), "`./fodspor programmes apply --shipped`"));
  REQUIRE(says(program.run("lgo").err, "usage: ./fodspor COMMAND [options] (more: ./fodspor --help)"));
  REQUIRE(says(program.run("log --form 3").err, "usage: ./fodspor log"));
  for (const auto& command : all_commands()) {
    const std::string help = program.must(std::string(command->about().name) + " --help");
    CAPTURE(help);
    REQUIRE(help.starts_with("./fodspor " + std::string(command->about().name)));
    REQUIRE_FALSE(says(help, " fodspor "));
    REQUIRE_FALSE(says(help, "`fodspor "));
  }
  REQUIRE(says(program.must("--help"), "  ./fodspor COMMAND [options]"));
}

SCENARIO("global options may stand before or after the command") {
  Program program;
  program.must("init");
  REQUIRE(program.must("--json stat") == program.must("stat --json"));
  REQUIRE(says(program.must("--version"), "fodspor "));
}

SCENARIO("a command without a ledger says so, names the folder, and exits with 4") {
  Program program;
  const std::string file = program.file("events.jsonl", first_batch());
  for (const std::string line : {"stat",
                                 "log",
                                 "show 1",
                                 "kpi",
                                 "explain K4",
                                 "trail 9f0c2d4e6a",
                                 "caseload",
                                 "enterprises",
                                 "network",
                                 "quality",
                                 "portfolio",
                                 "find --case-number 1",
                                 "rebuild",
                                 "rebuild --verify",
                                 "export",
                                 "evaluate esf.cr06",
                                 "programmes",
                                 "programmes apply --shipped",
                                 "doctor",
                                 "token list",
                                 "token add --role admin",
                                 "token revoke 5f0c"}) {
    const Answer answer = program.run(line);
    CAPTURE(line, answer.err);
    REQUIRE(answer.status == 4);
    REQUIRE(says(answer.err, "there is no ledger in " + (program.folder() / "ledger").string()));
    REQUIRE(answer.out.empty());
  }
  for (const std::string& line : {"append " + file, "import " + file}) REQUIRE(program.run(line).status == 4);
}

SCENARIO("a file in the place of a ledger is called a file, whatever was asked") {
  Program program;
  const std::string file = program.file("notes.txt", "not a ledger");
  for (const std::string& line : std::vector<std::string>{"init", "kpi", "stat", "import " + file, "simulate", "doctor", "token list",
                                                          "token add --role admin", "token revoke 5f0c"}) {
    const Answer answer = program.run(line + " --ledger " + file);
    CAPTURE(line, answer.err);
    REQUIRE(answer.status == 4);
    REQUIRE(says(answer.err, file + " is a file; a ledger is a folder"));
  }
}

SCENARIO("--ledger goes before $FODSPOR_LEDGER") {
  Program program;
  program.must("init --ledger " + (program.folder() / "other").string());
  REQUIRE(std::filesystem::exists(program.folder() / "other"));
  REQUIRE_FALSE(std::filesystem::exists(program.folder() / "ledger"));
}
