// fodspor serve as a process: its doors, its end, and what a kill leaves behind.
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <thread>

#include "server/client.h"
#include "tests/server/cli_fixture.h"
#include "tests/server/process.h"
#include "tests/server/socket_fixture.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

class ServedFolder {
 public:
  ServedFolder() : ledger_((program_.folder() / "ledger").string()) {
    REQUIRE(Process({"init", "--ledger", ledger_}).wait() == 0);
    const std::string first = program_.file("first.jsonl", first_batch());
    REQUIRE(Process({"append", first, "--ledger", ledger_}).wait() == 0);
    Process adding({"token", "add", "--role", "admin", "--microdata", "--name", "load", "--json", "--ledger", ledger_});
    const std::string answer = adding.line();
    const std::string key = R"("token":")";
    const std::size_t at = answer.find(key);
    REQUIRE(at != std::string::npos);
    token_ = answer.substr(at + key.size(), answer.find('"', at + key.size()) - at - key.size());
  }

  const std::string& ledger() const { return ledger_; }
  std::filesystem::path socket() const { return std::filesystem::path(ledger_) / "fodspor.sock"; }
  std::string file(const std::string& name, const std::string& content) const { return program_.file(name, content); }

  // As soon as the server listens.
  std::unique_ptr<Client> client() const {
    using Clock = std::chrono::steady_clock;
    const auto until = Clock::now() + std::chrono::seconds(30);
    for (;;) {
      Client::Options options;
      options.address = "unix:" + socket().string();
      options.token = token_;
      auto client = Client::connect(std::move(options));
      if (client) return *std::move(client);
      if (Clock::now() > until) FAIL(client.error().message);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

 private:
  Program program_;
  std::string ledger_, token_;
};

}  // namespace

SCENARIO("a server ends when it is asked to, with status 0, and takes its socket along") {
  const ServedFolder folder;
  Process server({"serve", "--ledger", folder.ledger()});
  const auto client = folder.client();
  must(append(*client, "one", {educated(participant)}));
  CHECK(std::filesystem::exists(folder.socket()));
  CHECK(Process({"serve", "--ledger", folder.ledger()}).wait() == 4);  // one writer
  CHECK(std::filesystem::exists(folder.socket()));
  server.send(SIGTERM);
  CHECK(server.wait() == 0);
  CHECK_FALSE(std::filesystem::exists(folder.socket()));
}

SCENARIO("a server to which nobody is connected ends when it is asked to") {
  const ServedFolder folder;
  Process server({"serve", "--ledger", folder.ledger()});
  folder.client();  // which goes at once; the server listens
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  server.send(SIGTERM);
  CHECK(server.wait() == 0);
}

SCENARIO("what a server cannot be run with is refused before anybody is let in") {
  const ServedFolder folder;
  const auto status = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"serve", "--ledger", folder.ledger()});
    return Process(std::move(options)).wait();
  };
  CHECK(status({"--listen", "0.0.0.0:7411"}) == 3);
  CHECK(status({"--listen", "nowhere"}) == 3);
  CHECK(status({"--listen", "unix:" + folder.ledger() + "/no/such/folder"}) == 4);
  CHECK(status({"--config", folder.file("a.toml", "listen = [\"unix:x\"]\nworker = 3\n")}) == 3);
  CHECK(status({"--config", folder.file("b.toml", "[limits]\nconnections = 999999999\n")}) == 3);
  CHECK(status({"--config", folder.ledger() + "/missing.toml"}) == 3);
}

SCENARIO("a server killed under load has each event exactly once when its clients have asked again") {
  const ServedFolder folder;
  constexpr std::size_t clients = 4, requests = 400, under_way = 32;
  auto server = std::make_unique<Process>(std::vector<std::string>{"serve", "--ledger", folder.ledger()});
  const auto request = [](std::size_t client, std::size_t number) { return std::to_string(client) + "/" + std::to_string(number); };
  const auto event = [](std::size_t client, std::size_t number) { return enrolled(person(client * 100'000 + number)); };

  std::atomic<std::size_t> answered{0};
  std::vector<std::vector<bool>> acknowledged(clients, std::vector<bool>(requests));
  {
    std::vector<std::unique_ptr<Client>> connections;
    for (std::size_t i = 0; i < clients; ++i) connections.push_back(folder.client());
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < clients; ++i) {
      threads.emplace_back([&, i] {
        Client& client = *connections[i];
        std::map<std::uint64_t, std::size_t> sent;
        std::size_t next = 0;
        for (;;) {
          while (next < requests && sent.size() < under_way) {
            const auto id = client.send([&](wire::Request::Builder asked) {
              auto append = asked.initAppend();
              append.setRequestId(request(i, next));
              append.initJson(1).set(0, event(i, next));
            });
            if (!id) return;
            sent.emplace(*id, next++);
          }
          if (sent.empty()) return;
          const Status received = client.receive([&](wire::Answer::Reader answer) -> Status {
            const auto of = sent.find(answer.getId());
            if (of == sent.end() || !answer.isAppended()) return fail(Fault::corrupt, "another answer");
            acknowledged[i][of->second] = true;
            sent.erase(of);
            ++answered;
            return {};
          });
          if (!received) return;
        }
      });
    }
    while (answered < 300) std::this_thread::yield();
    server->send(SIGKILL);
    CHECK(server->wait() == -SIGKILL);
  }

  server = std::make_unique<Process>(std::vector<std::string>{"serve", "--ledger", folder.ledger()});
  const auto client = folder.client();
  std::size_t repeated = 0;
  for (std::size_t i = 0; i < clients; ++i) {
    for (std::size_t number = 0; number < requests; ++number) {
      const auto told = must(append(*client, request(i, number), {event(i, number)}));
      if (acknowledged[i][number]) CHECK(told.repeated);
      if (told.repeated) ++repeated;
    }
  }
  CHECK(repeated >= answered);
  const auto end = must(read_log(*client, 1, 1));
  CHECK(end.position == 4 + clients * requests);
}

}  // namespace fodspor::server::tests
