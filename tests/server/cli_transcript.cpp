// A whole session on a tiny ledger, as a person sees it, held against golden/transcript.txt. The clock stands still, so every byte is
// known. To accept a change that was meant: FODSPOR_GOLDEN=write server_tests "*transcript*", then read the difference.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/server/cli_fixture.h"

using namespace fodspor::server::tests;

namespace {

// What is typed, one line each; `< first` gives a batch as standard input.
constexpr const char* session[] = {
    "init --quiet",
    "append < first",
    "append < first",
    "append --quiet < second",
    "log",
    "log --type Enrolled --json",
    "log --from 7 --csv",
    "show 3",
    "show 99",
    "trail 9f0c",
    "trail 9f0c --known-at 4 --lang da",
    "find --case-number 2021-0147",
    "find --case-number 2021-0148",
    "caseload --valid-at 2021-04-10",
    "caseload --valid-at 2021-04-10 --csv",
    "quality",
    "evaluate base.completers",
    "evaluate esf.cr06 --by gender --json",
    "programmes --json",
    "kpi",
    "rebuild --verify",
    "append < wrong",
};

std::string input_of(const std::string& name) {
  if (name == "first") return first_batch();
  if (name == "second") return second_batch();
  if (name == "wrong")
    return R"({"type":"Enrolled","stream":")" + participant +
           R"(","programme":"roskilde","valid_from":"2021-03-08",)"
           R"("source":"staff","facts":{"isced":9}})";
  return {};
}

}  // namespace

SCENARIO("the transcript of a tiny ledger reads as it is written down") {
  Program program;
  std::string transcript;
  for (const std::string line : session) {
    const std::size_t mark = line.find(" < ");
    const Answer answer = program.run(line.substr(0, mark), mark == std::string::npos ? "" : input_of(line.substr(mark + 3)));
    transcript += "$ fodspor " + line + "\n" + answer.out;
    std::istringstream lines(answer.err);
    for (std::string told; std::getline(lines, told);) transcript += "! " + told + "\n";
    if (answer.status != 0) transcript += "= " + std::to_string(answer.status) + "\n";
    transcript += "\n";
  }
  const std::string folder = program.folder().string();
  for (std::size_t at; (at = transcript.find(folder)) != std::string::npos;) transcript.replace(at, folder.size(), "DIR");
  const std::string path = FODSPOR_SOURCE_DIR "/tests/server/golden/transcript.txt";
  const char* write = std::getenv("FODSPOR_GOLDEN");
  if (write != nullptr && std::string(write) == "write") std::ofstream(path, std::ios::binary) << transcript;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream golden;
  golden << file.rdbuf();
  std::istringstream expected(golden.str()), got(transcript);
  for (std::string want, have; std::getline(expected, want);) {
    REQUIRE(std::getline(got, have));
    REQUIRE(have == want);
  }
  REQUIRE(transcript == golden.str());
}
