// The whole program in a test: command lines run in this process, in a world of strings and a fixed clock, on a ledger in a folder of its
// own that goes with the fixture. Owned by one scenario.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "events/ids.h"

namespace fodspor::server::tests {

struct Answer {
  int status = -1;
  std::string out, err;
};

class Program {
 public:
  Program();
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // One command line, split at spaces; `input` is its standard input.
  Answer run(const std::string& line, const std::string& input = {});
  Answer run(std::vector<std::string> arguments, const std::string& input = {});
  // The same, of which nothing else than success is expected; gives its standard output.
  std::string must(const std::string& line, const std::string& input = {});

  std::string file(const std::string& name, const std::string& content) const;  // in the fixture's folder; its path
  std::filesystem::path folder() const { return folder_; }
  // How many events the ledger holds; 0 if there is none.
  std::uint64_t events();

  std::map<std::string, std::string> variables;  // of the environment
  events::Timestamp now;                         // 2024-05-01T12:00:00Z
  int columns = 100;

 private:
  std::filesystem::path folder_;
};

// One participant of one programme, from enrolment to a job, with a correction: nine events in two batches.
std::string first_batch();
std::string second_batch();
inline const std::string participant = "participant/9f0c2d4e6a8b1c3d5e7f90a1b2c3d4e5";

}  // namespace fodspor::server::tests
