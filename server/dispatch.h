// One request into one answer, whoever brought it and however it came. Blocks where the ledger blocks, so it runs on workers and never on
// the network's thread; several may run at once. Outlived by its ledger.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "engine/ledger.h"
#include "server/bounds.h"
#include "server/caller.h"
#include "server/follow_requests.h"
#include "server/frames.h"
#include "server/metrics.h"
#include "server/protocol.capnp.h"
#include "server/questions.h"

namespace fodspor::server {

class Dispatch {
 public:
  Dispatch(engine::Ledger& ledger, Questions& questions, Bounds bounds, std::string software, Followers& followers, Places& places);

  // Calls `answered` once, here or later on a thread of the ledger's. `connections`: open now, for stats.
  void take(Frame& request, Caller& caller, std::size_t connections, Answered answered);
  std::uint64_t answers() const noexcept { return answers_.load(std::memory_order_relaxed); }
  Metrics& metrics() noexcept { return metrics_; }
  const std::string& software() const noexcept { return software_; }

  // How many bytes the answer of that request may take, about; for bounds, so it need not be right of what is no request.
  static std::size_t answer_bytes_of(Frame& request) noexcept;

  // Id and hello of a first request; Fault::invalid or unsupported if it is something else.
  struct Greeting {
    std::uint64_t id = 0;
    std::string token;
  };
  static Result<Greeting> greeting(Frame& request);
  Outgoing welcome(std::uint64_t id) const;
  // `busy` says when to come again.
  Outgoing refusal(std::uint64_t id, const Failure& failure) const;
  // Of a message that may be no request: 0 if it has none.
  static std::uint64_t id_of(Frame& request) noexcept;

 private:
  void append(std::uint64_t id, wire::Append::Reader append, Caller& caller, const Answered& answered);
  Result<engine::Batch> prepare(wire::Append::Reader append, Caller& caller);
  Status check(const Request& request, const std::vector<Draft>& drafts, Caller& caller);
  Status check_expected(const std::vector<engine::Expected>& expected) const;
  Result<Outgoing> read(std::uint64_t id, wire::Read::Reader read, const Grant& grant) const;
  Result<Outgoing> stats(std::uint64_t id, std::size_t connections, const Grant& grant) const;
  Status ask(std::uint64_t id, wire::Ask::Reader ask, Caller& caller, const Answered& answered);
  static Result<Outgoing> cancel(std::uint64_t id, std::uint64_t which, Caller& caller);

  engine::Ledger& ledger_;
  const std::unique_ptr<Known> known_;
  Questions& questions_;
  const Bounds bounds_;
  const std::string software_;
  FollowRequests follow_;
  std::atomic<std::uint64_t> answers_{0};
  Metrics metrics_;
};

}  // namespace fodspor::server
