// The program as a process of its own: exit statuses, pipes, one writer and readers beside it.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <memory>

#include "tests/server/cli_fixture.h"

using namespace fodspor::server::tests;

namespace {

const std::string binary = FODSPOR_BINARY_DIR "/fodspor";

// A running `fodspor`: its standard output comes through a pipe. Killed if it still runs at the end of the scenario.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    arguments.insert(arguments.begin(), binary);
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      close(ends[0]);
      close(ends[1]);
      dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
      execv(binary.c_str(), argv.data());
      _exit(127);
    }
    close(ends[1]);
    out_ = ends[0];
  }
  ~Process() {
    close_output();
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The next line that it prints, waiting for it; empty at its end.
  std::string line() {
    std::string text;
    for (char c = 0; read(out_, &c, 1) == 1 && c != '\n';) text += c;
    return text;
  }
  void close_output() {
    if (out_ >= 0) close(out_);
    out_ = -1;
  }
  int wait() {
    int status = 0;
    REQUIRE(waitpid(pid_, &status, 0) == pid_);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  int out_ = -1;
};

}  // namespace

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
