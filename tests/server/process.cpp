#include "tests/server/process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace fodspor::server::tests {

namespace {

const std::string binary = FODSPOR_BINARY_DIR "/fodspor";

}  // namespace

Process::Process(std::vector<std::string> arguments, const Surroundings& surroundings) {
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
    dup2(open(surroundings.err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
    for (const auto& [name, value] : surroundings.variables) setenv(name.c_str(), value.c_str(), 1);
    execv(binary.c_str(), argv.data());
    _exit(127);
  }
  close(ends[1]);
  out_ = ends[0];
}

Process::~Process() {
  close_output();
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
}

std::string Process::line() {
  std::string text;
  for (char c = 0; read(out_, &c, 1) == 1 && c != '\n';) text += c;
  return text;
}

void Process::close_output() {
  if (out_ >= 0) close(out_);
  out_ = -1;
}

void Process::send(int signal) {
  REQUIRE(kill(pid_, signal) == 0);
}

int Process::wait() {
  int status = 0;
  REQUIRE(waitpid(pid_, &status, 0) == pid_);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  std::array<char, 4096> bytes{};
  for (std::size_t size; (size = std::fread(bytes.data(), 1, bytes.size(), pipe)) > 0;) output.append(bytes.data(), size);
  ::pclose(pipe);
  return output;
}

}  // namespace fodspor::server::tests
