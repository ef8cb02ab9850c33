// A running `fodspor`: its standard output comes through a pipe. Owned by one scenario; killed if it still runs at its end.
#pragma once

#include <string>
#include <vector>

namespace fodspor::server::tests {

class Process {
 public:
  explicit Process(std::vector<std::string> arguments);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The next line that it prints, waiting for it; empty at its end.
  std::string line();
  void close_output();
  void send(int signal);
  int pid() const noexcept { return pid_; }
  // Its exit status, or the signal that ended it, negative.
  int wait();

 private:
  int pid_ = -1;
  int out_ = -1;
};

}  // namespace fodspor::server::tests
