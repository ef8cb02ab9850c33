// The conversation that README.md shows, with the capnp tool and bash, typed as it stands there.
#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <regex>
#include <sstream>

#include "tests/server/process.h"
#include "tests/server/served_folder.h"

namespace fodspor::server::tests {

namespace {

struct Documented {
  std::string typed;   // the lines after "$ ", with what belongs to them
  std::string answer;  // what the last one prints, as far as the document shows it
};

Documented conversation_in(const std::string& document, const std::string& after) {
  const std::size_t sentence = document.find(after);
  REQUIRE(sentence != std::string::npos);
  const std::string opening = "```console\n";
  const std::size_t begin = document.find(opening, sentence) + opening.size();
  std::istringstream lines(document.substr(begin, document.find("```", begin) - begin));
  Documented documented;
  bool in_here_document = false;
  for (std::string line; std::getline(lines, line);) {
    if (line == "…") break;
    if (line.starts_with("$ ")) {
      in_here_document = line.ends_with("<<END");
      documented.typed += line.substr(2) + "\n";
    } else if (in_here_document) {
      in_here_document = line != "END";
      documented.typed += line + "\n";
    } else {
      documented.answer += line + "\n";
    }
  }
  return documented;
}

// What differs from ledger to ledger and from version to version.
std::string without_numbers(const std::string& text) {
  return std::regex_replace(text, std::regex("[0-9]+(\\.[0-9]+)*"), "N");
}

}  // namespace

SCENARIO("the conversation that the README shows, with the capnp tool and bash, goes as it is written there") {
  const ServedFolder folder;
  const std::string log = (folder.folder() / "log").string();
  Process server({"serve", "--ledger", folder.ledger(), "--listen", "127.0.0.1:0"}, {log, {}});
  const std::regex listening("127\\.0\\.0\\.1:([0-9]+)");
  std::string told;
  std::smatch address;
  REQUIRE(comes_true([&] {
    told = content_of(log);
    return std::regex_search(told, address, listening);
  }));

  auto documented = conversation_in(content_of(FODSPOR_SOURCE_DIR "/server/README.md"), "With the `capnp` tool bash is a whole client");
  const std::string door = "/127.0.0.1/7411";
  const std::size_t at = documented.typed.find(door);
  REQUIRE(at != std::string::npos);
  documented.typed.replace(at, door.size(), "/127.0.0.1/" + address[1].str());
  const std::string script = folder.file("typed.sh", documented.typed);
  const std::string answer = output_of("cd '" FODSPOR_SOURCE_DIR "' && TOKEN='" + folder.token() + "' bash '" + script + "' 2>&1");
  CAPTURE(documented.typed, answer);
  CHECK_FALSE(documented.answer.empty());
  CHECK(without_numbers(answer).starts_with(without_numbers(documented.answer)));
  // What the document leaves out is there, too.
  CHECK(answer.find("ProgrammeRegistered") != std::string::npos);
  CHECK(answer.find("stats = (") != std::string::npos);
  server.send(SIGTERM);
  CHECK(server.wait() == 0);
}

}  // namespace fodspor::server::tests
