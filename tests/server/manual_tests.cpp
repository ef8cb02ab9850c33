// What the program says of itself for man and for bash, held against what it can do.
#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "server/cli/commands.h"
#include "server/cli/parser.h"
#include "server/config.h"
#include "tests/server/cli_fixture.h"
#include "tests/server/process.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

// As roff has it.
std::string with_dashes(std::string_view text) {
  return std::regex_replace(std::string(text), std::regex("-"), "\\-");
}

class Bash {
 public:
  explicit Bash(Program& program) : script_(program.file("completion.bash", program.must("manual bash"))) {}

  // What Tab offers at the end of that line.
  std::set<std::string> offered(const std::string& line) const {
    const std::string asked =
        "bash --norc --noprofile -c 'source \"$0\"; COMP_WORDS=($1); [[ $1 == *\" \" ]] && COMP_WORDS+=(\"\"); "
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _fodspor 2>&1; printf \"%s\\n\" \"${COMPREPLY[@]}\"' '" +
        script_ + "' '" + line + "'";
    std::istringstream lines(output_of(asked));
    std::set<std::string> words;
    for (std::string word; std::getline(lines, word);) {
      if (!word.empty()) words.insert(word);
    }
    return words;
  }

 private:
  std::string script_;
};

}  // namespace

SCENARIO("the man page tells every command with all of its options, and groff finds nothing wrong with it") {
  Program program;
  const std::string page = program.must("manual fodspor.1");
  for (const auto& command : all_commands()) {
    const About about = command->about();
    CAPTURE(about.name);
    CHECK(page.find(".SS \"" + with_dashes(about.name)) != std::string::npos);
    for (const Option& option : command->options()) {
      CAPTURE(option.name);
      const bool told = page.find("\\fB" + with_dashes(option.name)) != std::string::npos ||
                        page.find("\\fI" + with_dashes(option.name)) != std::string::npos;
      CHECK(told);
    }
  }
  for (const Option& option : options_of_every_command()) CHECK(page.find("\\fB" + with_dashes(option.name)) != std::string::npos);
  CHECK(program.must("manual fodspor-serve.8").find(with_dashes("--create")) != std::string::npos);
  for (const std::string name : {"fodspor.1", "fodspor-serve.8", "fodspor.toml.5"}) {
    const std::string file = program.file(name, program.must("manual " + name));
    CAPTURE(name);
    // Where there is a groff; what it warns of goes to stderr, and the page to nowhere.
    CHECK(output_of("command -v groff >/dev/null || exit 0; groff -Kutf8 -man -ww -Tutf8 -z '" + file + "' 2>&1").empty());
  }
}

SCENARIO("bash completes commands, their options and what may stand behind these") {
  Program program;
  const Bash bash(program);
  std::set<std::string> names;
  for (const auto& command : all_commands()) names.insert(std::string(command->about().name));
  std::set<std::string> with_options = names;
  for (const Option& option : options_of_every_command()) with_options.insert(std::string(option.name));
  CHECK(bash.offered("fodspor ") == with_options);
  CHECK(bash.offered("fodspor ev") == std::set<std::string>{"evaluate"});
  CHECK(bash.offered("fodspor token ") == std::set<std::string>{"add", "list", "revoke"});
  CHECK(bash.offered("fodspor token add --role a") == std::set<std::string>{"auditor", "admin"});
  CHECK(bash.offered("fodspor serve --l") == std::set<std::string>{"--listen", "--log", "--ledger", "--lang"});
  CHECK(bash.offered("fodspor serve --log ") == std::set<std::string>{"text", "json"});
  CHECK(bash.offered("fodspor --ledger somewhere serve --cr") == std::set<std::string>{"--create"});
  CHECK(bash.offered("fodspor kpi --lang ") == std::set<std::string>{"da", "en"});
  CHECK(bash.offered("fodspor nonsense x").empty());
  for (const auto& command : all_commands()) {
    const auto offered = bash.offered("fodspor " + std::string(command->about().name) + " --");
    for (const Option& option : command->options()) {
      CAPTURE(command->about().name, option.name);
      if (option.name.starts_with("--")) CHECK(offered.contains(std::string(option.name)));
    }
  }
}

SCENARIO("the configuration that comes with the package is accepted, and says what holds where nothing is said") {
  Program program;
  const std::string shipped = program.must("manual fodspor.toml");
  const Config as_shipped = must(Config::read(shipped, "fodspor.toml"));
  CHECK(as_shipped.listen == std::vector<std::string>{"unix:/run/fodspor/socket"});
  // With every line that is commented out taken in; prose has a space behind its mark.
  const std::string whole = std::regex_replace(shipped, std::regex("(^|\n)#(?=[a-z_]+ = |\\[)"), "$1");
  const Config config = must(Config::read(whole, "fodspor.toml"));
  const Config usual;
  CHECK(config.workers == 4);
  CHECK(config.log_format == usual.log_format);
  CHECK(config.log_level == usual.log_level);
  CHECK(config.bounds.connections_max == usual.bounds.connections_max);
  CHECK(config.bounds.memory_bytes_max == usual.bounds.memory_bytes_max);
  CHECK(config.bounds.requests_in_flight_max == usual.bounds.requests_in_flight_max);
  CHECK(config.bounds.queued_bytes_max == usual.bounds.queued_bytes_max);
  CHECK(config.bounds.hello_within == usual.bounds.hello_within);
  CHECK(config.bounds.frame_within == usual.bounds.frame_within);
  CHECK(config.bounds.taken_within == usual.bounds.taken_within);
  CHECK(config.bounds.http_idle_within == usual.bounds.http_idle_within);
  CHECK(config.bounds.questions_at_once == usual.bounds.questions_at_once);
  CHECK(config.bounds.questions_waiting_max == usual.bounds.questions_waiting_max);
  CHECK(config.bounds.question_memory_bytes == usual.bounds.question_memory_bytes);
  CHECK(config.metrics_need_token == usual.metrics_need_token);
  REQUIRE(config.tls.has_value());
  CHECK(config.tls->certificate == "/etc/fodspor/certificate.pem");
  // Every key that the reader of configurations asks for stands in it.
  std::ifstream source(FODSPOR_SOURCE_DIR "/server/config.cpp");
  const std::string reader{std::istreambuf_iterator<char>(source), {}};
  const std::regex asked(R"re((?:\.(?:text|texts|flag|number|choice|section)|\bseconds)\("([a-z_]+)")re");
  std::size_t keys = 0;
  for (auto it = std::sregex_iterator(reader.begin(), reader.end(), asked); it != std::sregex_iterator(); ++it, ++keys) {
    const std::string key = (*it)[1];
    CAPTURE(key);
    CHECK((whole.find("\n" + key + " = ") != std::string::npos || whole.find("\n[" + key + "]") != std::string::npos));
  }
  CHECK(keys >= 13);
}

}  // namespace fodspor::server::tests
