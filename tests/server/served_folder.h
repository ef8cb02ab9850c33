// A ledger in a folder of its own with four events and a token in it, for a `fodspor serve` that a scenario starts as a process. Owned by
// one scenario.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/client.h"
#include "tests/server/cli_fixture.h"

namespace fodspor::server::tests {

class ServedFolder {
 public:
  ServedFolder();

  const std::string& ledger() const { return ledger_; }
  // Of an admin, with microdata.
  const std::string& token() const { return token_; }
  std::filesystem::path socket() const { return std::filesystem::path(ledger_) / "fodspor.sock"; }
  std::string file(const std::string& name, const std::string& content) const { return program_.file(name, content); }
  std::filesystem::path folder() const { return program_.folder(); }

  // As soon as the server listens.
  std::unique_ptr<Client> client() const;

 private:
  Program program_;
  std::string ledger_, token_;
};

// Waits for it, a few seconds at most, and gives it as it is then.
bool comes_true(const std::function<bool()>& condition);
std::string content_of(const std::filesystem::path& file);

}  // namespace fodspor::server::tests
