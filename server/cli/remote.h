// A command line that asks a running server (--server): whom it asks with what token, how the question gets there, and what comes back as
// if it had been answered here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/cli/command.h"
#include "server/client.h"
#include "server/question.h"

namespace fodspor::server {

struct ServerNamed {
  std::string address;
  std::string token;
  std::optional<std::string> trust;  // a file; none: $FODSPOR_TRUST, else the authorities that the system trusts
};

// By --server or $FODSPOR_SERVER, unless --ledger names a ledger; with the token of --token-file or $FODSPOR_TOKEN. None: no server.
// Fault::invalid for what cannot be together, or lacks a token.
Result<std::optional<ServerNamed>> server_named(const World& world, const std::optional<std::string>& server,
                                                const std::optional<std::string>& token_file, const std::optional<std::string>& trust,
                                                bool ledger_typed);

// A server, for one command. One thread.
class Connection {
 public:
  // Faults as of Client::connect.
  static Result<Connection> open(const ServerNamed& server);

  Client& client() noexcept { return *client_; }
  // As it was when the connection was made: what the command answers knows at least that.
  Position position() const noexcept { return client_->welcome().position; }
  Result<AnsweredQuestion> ask(const Question& question, const std::function<void(std::uint64_t done, std::uint64_t of)>& progress);

 private:
  explicit Connection(std::unique_ptr<Client> client) : client_(std::move(client)) {}
  std::unique_ptr<Client> client_;
};

Result<Exit> run_at_server(Command& command, Console& console, const ServerNamed& server, std::vector<std::string> arguments);

// Why a command takes no --server.
std::string not_at_a_server(const Command& command);

}  // namespace fodspor::server
