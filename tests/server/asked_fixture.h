// A ledger that is asked over its socket: invented history in a folder of its own, the program's command lines on it, and a listener with
// the same clock. Owned by one scenario.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/ledger.h"
#include "server/client.h"
#include "server/listener.h"
#include "server/question.h"
#include "server/tokens.h"
#include "tests/server/cli_fixture.h"

namespace fodspor::server::tests {

class AskedLedger {
 public:
  // `scale`: as `fodspor simulate` takes it; empty: a ledger without events.
  explicit AskedLedger(const std::string& scale);
  ~AskedLedger();
  AskedLedger(const AskedLedger&) = delete;
  AskedLedger& operator=(const AskedLedger&) = delete;

  // A token's text.
  std::string token(Role role, const std::vector<std::string>& programmes = {}, bool microdata = false);
  void serve(const Bounds& bounds = {});
  engine::Ledger& ledger() { return *ledger_; }
  std::unique_ptr<Client> client(const std::string& token);
  // A command line with $FODSPOR_SERVER and that token in $FODSPOR_TOKEN; the same without them is program.run().
  Answer at_server(const std::string& line, const std::string& token, const std::string& input = {});
  std::string address() const;
  // From now on the clock that questions are answered by goes on by so many seconds each time that it is looked at.
  void hurry(std::int64_t seconds) { seconds_a_look_ = seconds; }

  Program program;

 private:
  std::unique_ptr<engine::Ledger> ledger_;
  std::unique_ptr<Tokens> tokens_;
  std::unique_ptr<Listener> listener_;
  std::thread thread_;
  std::atomic<std::int64_t> seconds_a_look_{0}, seconds_{0};
};

// A command line as a question, and its answer.
Question question(const std::string& line, Format form = Format::json);
Result<AnsweredQuestion> ask(Client& client, const Question& question);
Result<AnsweredQuestion> ask(Client& client, const std::string& line, Format form = Format::json);
// Sends it and waits for nothing; its id.
std::uint64_t send_question(Client& client, const Question& question);
std::uint64_t send_cancel(Client& client, std::uint64_t which);

}  // namespace fodspor::server::tests
