#include "tests/server/served_folder.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/server/process.h"

namespace fodspor::server::tests {

namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

ServedFolder::ServedFolder() : ledger_((program_.folder() / "ledger").string()) {
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

std::unique_ptr<Client> ServedFolder::client() const {
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

bool comes_true(const std::function<bool()>& condition) {
  const auto until = Clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (Clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace fodspor::server::tests
