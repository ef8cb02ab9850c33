// The program as a process of its own: exit statuses, pipes, one writer and readers beside it.
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <memory>

#include "tests/server/cli_fixture.h"
#include "tests/server/process.h"

using namespace fodspor::server::tests;

SCENARIO("the process ends with the status that the command answers") {
  Program program;
  const std::string ledger = (program.folder() / "ledger").string();
  REQUIRE(Process({"init", "--ledger", ledger}).wait() == 0);
  REQUIRE(Process({"find", "--case-number", "1", "--ledger", ledger}).wait() == 1);
  REQUIRE(Process({"log", "--form"}).wait() == 2);
  REQUIRE(Process({"show", "1", "--ledger", ledger}).wait() == 3);
  REQUIRE(Process({"stat", "--ledger", ledger + "/nowhere"}).wait() == 4);
}

SCENARIO("somebody who follows the log sees what another process appends") {
  Program program;
  const std::string ledger = (program.folder() / "ledger").string();
  const std::string first = program.file("first.jsonl", first_batch());
  const std::string second = program.file("second.jsonl", second_batch());
  REQUIRE(Process({"init", "--ledger", ledger}).wait() == 0);
  REQUIRE(Process({"append", first, "--ledger", ledger}).wait() == 0);
  Process follower({"log", "--from", "4", "--follow", "--json", "--ledger", ledger});
  REQUIRE(follower.line().find(R"("position":4,)") != std::string::npos);
  REQUIRE(Process({"append", second, "--ledger", ledger}).wait() == 0);
  for (const std::string position : {"5", "6", "7", "8"})
    REQUIRE(follower.line().find("\"position\":" + position + ",") != std::string::npos);
}

SCENARIO("a second writer is turned away while the first has the ledger") {
  Program program;
  const std::string ledger = (program.folder() / "ledger").string();
  REQUIRE(Process({"init", "--ledger", ledger}).wait() == 0);
  const std::string first = program.file("first.jsonl", first_batch());
  std::vector<std::unique_ptr<Process>> writers;
  for (int i = 0; i < 8; ++i) {
    writers.push_back(
        std::make_unique<Process>(std::vector<std::string>{"append", first, "--request-id", "only", "--ledger", ledger, "--json"}));
  }
  int appended = 0, turned_away = 0;
  for (auto& writer : writers) {
    const int status = writer->wait();
    appended += status == 0 ? 1 : 0;
    turned_away += status == 4 ? 1 : 0;
  }
  REQUIRE(appended >= 1);
  REQUIRE(appended + turned_away == 8);
  Process log({"log", "--csv", "--quiet", "--ledger", ledger});
  int lines = 0;
  while (!log.line().empty()) ++lines;
  REQUIRE(lines == 5);
}
