// The requests about what follows: subscribe, credit, keep, and cancel of a subscription. They are checked here, on the workers, and
// carried out by Followers and Places. Any thread; borrows what it is given.
#pragma once

#include "engine/ledger.h"
#include "server/caller.h"
#include "server/followers.h"
#include "server/places.h"
#include "server/protocol.capnp.h"

namespace fodspor::server {

class FollowRequests {
 public:
  FollowRequests(const engine::Ledger& ledger, Bounds bounds, Followers& followers, Places& places)
      : ledger_(ledger), bounds_(bounds), followers_(followers), places_(places) {}

  // A Failure is for the caller of these to answer; else `answered` is called, once, on another thread.
  Status subscribe(std::uint64_t id, wire::Subscribe::Reader subscribe, const Caller& caller, const Answered& answered);
  Status credit(std::uint64_t id, wire::Credit::Reader credit, const Caller& caller, const Answered& answered);
  Status keep(std::uint64_t id, wire::Keep::Reader keep, const Caller& caller, const Answered& answered);
  Status cancel(std::uint64_t id, std::uint64_t subscription, const Caller& caller, const Answered& answered);

 private:
  Result<Position> first_of(wire::Subscribe::Reader subscribe, const Caller& caller) const;
  std::function<void(Status)> answer_done(std::uint64_t id, const Answered& answered) const;

  const engine::Ledger& ledger_;
  const Bounds bounds_;
  Followers& followers_;
  Places& places_;
};

}  // namespace fodspor::server
