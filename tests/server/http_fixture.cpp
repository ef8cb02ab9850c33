#include "tests/server/http_fixture.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>

#include "tests/support/must.h"
#include "tests/support/scratch.h"

namespace fodspor::server::tests {

namespace {

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

Doors http_doors() {
  Doors doors;
  doors.http = {"127.0.0.1:0"};
  return doors;
}

HttpTold curl(const std::string& address, const std::string& path, const std::string& token, const std::string& body,
              const std::vector<std::string>& more) {
  const bool tls = address.starts_with("tls:");
  const std::string url = (tls ? "https://" + address.substr(4) : "http://" + address) + path;
  std::string command = "curl --silent --show-error --include --max-time 30 --noproxy '*'";
  if (!token.empty()) command += " -H " + quoted("Authorization: Bearer " + token);
  const auto folder = fodspor::tests::new_scratch_directory("curl");
  if (!body.empty()) {
    std::ofstream(folder / "body") << body;
    command += " --data-binary @" + quoted((folder / "body").string());
  }
  for (const std::string& argument : more) command += " " + quoted(argument);
  command += " " + quoted(url) + " 2>&1";

  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  REQUIRE(pipe);
  std::string text;
  std::array<char, 4'096> some{};
  while (const std::size_t bytes = std::fread(some.data(), 1, some.size(), pipe.get())) text.append(some.data(), bytes);
  std::filesystem::remove_all(folder);
  HttpTold told;
  // An interim answer (100) may stand before the answer.
  for (;;) {
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string::npos || !text.starts_with("HTTP/1.1 ")) FAIL("curl has to be installed, and to be answered: " << text);
    told.status = std::stoi(text.substr(9, 3));
    told.head = text.substr(0, end + 2);
    text.erase(0, end + 4);
    if (told.status != 100) break;
  }
  told.body = text;
  return told;
}

std::string append_body(const std::string& request, const std::vector<std::string>& events, const std::string& more) {
  std::string list;
  for (const std::string& event : events) list += (list.empty() ? "" : ",\n") + event;
  return R"({"request": ")" + request + R"(", "events": [)" + list + "]" + more + "}";
}

}  // namespace fodspor::server::tests
