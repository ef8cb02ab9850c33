// What a connection that says nothing costs a server: measured from outside, as its process's own memory.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <thread>

#include "server/client.h"
#include "tests/server/cli_fixture.h"
#include "tests/server/process.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

constexpr std::size_t plain_bytes_max = 32u << 10, tls_bytes_max = 96u << 10;
constexpr int warm = 100, more = 300;

std::size_t memory_of(const Process& process) {
  std::ifstream status("/proc/" + std::to_string(process.id()) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stoul(line.substr(8)) << 10;
  }
  FAIL("the system does not say how much memory a process has");
  return 0;
}

// A new ledger's server, with TLS on one port and a Unix socket beside it.
class Running {
 public:
  Running() {
    REQUIRE(Process({"init", "--ledger", ledger()}).wait() == 0);
    REQUIRE(Process({"certificate", "127.0.0.1", "--out", folder()}).wait() == 0);
    Process adding({"token", "add", "--role", "admin", "--json", "--ledger", ledger()});
    const std::string answer = adding.line(), mark = R"("token":")";
    const std::size_t at = answer.find(mark) + mark.size();
    token_ = answer.substr(at, answer.find('"', at) - at);
    port_ = std::to_string(20'000 + ::getpid() % 10'000);
    server_ =
        std::make_unique<Process>(std::vector<std::string>{"serve", "--ledger", ledger(), "--listen", plain(), "--listen", tls(),
                                                           "--certificate", folder() + "/certificate.pem", "--key", folder() + "/key.pem"});
  }
  std::string plain() const { return "unix:" + folder() + "/plain"; }
  std::string tls() const { return "tls:127.0.0.1:" + port_; }
  const Process& server() const { return *server_; }

  std::unique_ptr<Client> client(const std::string& address) const {
    using Clock = std::chrono::steady_clock;
    for (const auto until = Clock::now() + std::chrono::seconds(30);;) {
      Client::Options options;
      options.address = address;
      options.token = token_;
      options.trust.trusted = folder() + "/certificate.pem";
      auto client = Client::connect(std::move(options));
      if (client) return *std::move(client);
      if (Clock::now() > until) FAIL(client.error().message);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

 private:
  std::string folder() const { return program_.folder().string(); }
  std::string ledger() const { return folder() + "/ledger"; }

  Program program_;
  std::string token_, port_;
  std::unique_ptr<Process> server_;
};

}  // namespace

SCENARIO("an idle connection costs a server at most 32 KiB, and 96 with TLS") {
  const Running running;
  std::vector<std::unique_ptr<Client>> clients;  // all stay, so that none takes the memory of one before
  const auto cost_of = [&](const std::string& address) {
    for (int i = 0; i < warm; ++i) clients.push_back(running.client(address));
    const std::size_t before = memory_of(running.server());
    for (int i = 0; i < more; ++i) clients.push_back(running.client(address));
    const std::size_t after = memory_of(running.server());
    return after > before ? (after - before) / more : 0;
  };
  const std::size_t plain = cost_of(running.plain()), tls = cost_of(running.tls());
  INFO("plain " << plain << " bytes, TLS " << tls);
  CHECK(plain <= plain_bytes_max);
  CHECK(tls <= tls_bytes_max);
  CHECK(tls > plain);  // it was measured at all
}

}  // namespace fodspor::server::tests
