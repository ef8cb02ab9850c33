#include "tests/server/cli_fixture.h"

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "events/calendar.h"
#include "server/cli/commands.h"
#include "server/cli/parser.h"

namespace fodspor::server::tests {

Program::Program() : now(*events::parse_timestamp("2024-05-01T12:00:00Z")) {
  std::string pattern = (std::filesystem::temp_directory_path() / "fodspor-cli-XXXXXX").string();
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  variables["FODSPOR_LEDGER"] = (folder_ / "ledger").string();
}

Program::~Program() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Answer Program::run(const std::string& line, const std::string& input) {
  std::vector<std::string> arguments;
  std::istringstream words(line);
  for (std::string word; words >> word;) arguments.push_back(word);
  return run(std::move(arguments), input);
}

Answer Program::run(std::vector<std::string> arguments, const std::string& input) {
  std::istringstream in(input);
  std::ostringstream out, err;
  World world{
      .in = in,
      .out = out,
      .err = err,
      .variable = [this](const char* name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
      },
      .now = [this] { return now; },
      .columns = columns,
  };
  Answer answer;
  answer.status = run_line(all_commands(), world, std::move(arguments));
  answer.out = out.str();
  answer.err = err.str();
  return answer;
}

std::string Program::must(const std::string& line, const std::string& input) {
  const Answer answer = run(line, input);
  INFO("fodspor " << line << "\n" << answer.err);
  REQUIRE(answer.status == 0);
  return answer.out;
}

std::string Program::file(const std::string& name, const std::string& content) const {
  const auto path = folder_ / name;
  std::ofstream(path, std::ios::binary) << content;
  return path.string();
}

std::uint64_t Program::events() {
  const Answer answer = run("log --csv --quiet");
  if (answer.status != 0) return 0;
  std::uint64_t lines = 0;
  for (const char c : answer.out) lines += c == '\n' ? 1 : 0;
  return lines - 1;  // without the head
}

std::string first_batch() {
  return R"({"type":"ProgrammeRegistered","stream":"programme/roskilde","programme":"roskilde","valid_from":"2020-10-20","source":"staff",)"
         R"("facts":{"frame":{"title":{"en":"Lasting attachment","da":"Varig tilknytning"},"starts":"2020-10-20","ends":"2023-03-31",)"
         R"("check_in_days":14,"document":"S0"}}}
{"type":"Recruited","stream":")" +
         participant + R"(","programme":"roskilde","valid_from":"2021-03-01","source":"staff","facts":{"channel":"jobcentre"}}
{"type":"Enrolled","stream":")" +
         participant +
         R"(","programme":"roskilde","valid_from":"2021-03-08","source":"staff","facts":{"labour_status":"unemployed",)"
         R"("gender":"female","birth_year":1984,"isced":3,"case_number":"2021-0147"}}
{"type":"CourseStarted","stream":")" +
         participant + R"(","programme":"roskilde","valid_from":"2021-03-15","source":"staff","facts":{"course":1,"kind":"indslusning"}}
)";
}

std::string second_batch() {
  return R"({"type":"CourseEnded","stream":")" + participant +
         R"(","programme":"roskilde","valid_from":"2021-05-28","source":"staff","facts":{"course":1,"kind":"indslusning","completed":"yes"}}
{"type":"Completed","stream":")" +
         participant + R"(","programme":"roskilde","valid_from":"2021-05-28","source":"staff","facts":{}}
{"type":"Left","stream":")" +
         participant + R"(","programme":"roskilde","valid_from":"2021-05-31","source":"staff","facts":{"reason":"job"}}
{"type":"EmploymentStarted","stream":")" +
         participant +
         R"(","programme":"roskilde","valid_from":"2021-06-01","source":"employer","facts":{"job":{"employment":1,)"
         R"("kind":"ordinary","weekly_minutes":1200}}}
)";
}

}  // namespace fodspor::server::tests
