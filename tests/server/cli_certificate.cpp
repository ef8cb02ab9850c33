// fodspor certificate, and a server that is run with what it wrote.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "server/client.h"
#include "tests/server/cli_fixture.h"
#include "tests/server/process.h"
#include "tests/server/socket_fixture.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

SCENARIO("a certificate and its key are written once, the key for its owner alone") {
  Program program;
  const std::string out = (program.folder() / "tls").string();
  const std::string told = program.must("certificate localhost 127.0.0.1 --json --out " + out);
  CHECK(says(told, out + "/certificate.pem"));
  struct stat status {};
  REQUIRE(::stat((out + "/key.pem").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  const Answer again = program.run("certificate localhost --out " + out);
  CHECK(again.status == 3);
  CHECK(says(again.err, "there already"));
  CHECK(program.run("certificate not_a/name --out " + out + "2").status == 3);
  CHECK(program.run("certificate localhost --days 0").status == 2);
  CHECK(program.run("certificate").status == 2);
}

SCENARIO("a server is run over TLS with the certificate that the program made, and takes a new one on SIGHUP") {
  Program program;
  const std::string ledger = (program.folder() / "ledger").string(), out = (program.folder() / "tls").string();
  REQUIRE(Process({"init", "--ledger", ledger}).wait() == 0);
  REQUIRE(Process({"certificate", "127.0.0.1", "--out", out}).wait() == 0);
  Process adding({"token", "add", "--role", "admin", "--json", "--ledger", ledger});
  const std::string answer = adding.line(), mark = R"("token":")";
  const std::size_t at = answer.find(mark) + mark.size();
  const std::string token = answer.substr(at, answer.find('"', at) - at);

  const std::string port = std::to_string(20'000 + ::getpid() % 10'000);
  const std::string config = program.file("fodspor.toml", "listen = \"tls:127.0.0.1:" + port + "\"\n[tls]\ncertificate = \"" + out +
                                                              "/certificate.pem\"\nkey = \"" + out + "/key.pem\"\n");
  Process server({"serve", "--ledger", ledger, "--config", config});
  const auto served = [&](const std::string& trusted) {
    using Clock = std::chrono::steady_clock;
    for (const auto until = Clock::now() + std::chrono::seconds(20); Clock::now() < until;) {
      Client::Options options;
      options.address = "tls:127.0.0.1:" + port;
      options.token = token;
      options.trust.trusted = trusted;
      if (Client::connect(std::move(options))) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  };
  CHECK(served(out + "/certificate.pem"));

  const std::string next = (program.folder() / "next").string();
  REQUIRE(Process({"certificate", "127.0.0.1", "--out", next}).wait() == 0);
  std::filesystem::rename(next + "/key.pem", out + "/key.pem");
  std::filesystem::copy_file(next + "/certificate.pem", out + "/certificate.pem", std::filesystem::copy_options::overwrite_existing);
  server.send(SIGHUP);
  CHECK(served(next + "/certificate.pem"));
  server.send(SIGTERM);
  CHECK(server.wait() == 0);
}

}  // namespace fodspor::server::tests
