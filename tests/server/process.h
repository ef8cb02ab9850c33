// A running `fodspor`: its standard output comes through a pipe. Owned by one scenario; killed if it still runs at its end.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace fodspor::server::tests {

class Process {
 public:
  struct Surroundings {
    std::string err = "/dev/null";                               // the file that its standard error goes to, at its end
    std::vector<std::pair<std::string, std::string>> variables;  // on top of this process's own
  };
  explicit Process(std::vector<std::string> arguments) : Process(std::move(arguments), Surroundings()) {}
  Process(std::vector<std::string> arguments, const Surroundings& surroundings);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The next line that it prints, waiting for it; empty at its end.
  std::string line();
  void close_output();
  void send(int signal);
  int id() const noexcept { return pid_; }
  // Its exit status, or the signal that ended it, negative.
  int wait();

 private:
  int pid_ = -1;
  int out_ = -1;
};

// What a shell's command line prints, to its end.
std::string output_of(const std::string& command);

}  // namespace fodspor::server::tests
