// One subscription: what a client wants to follow, and how far it has come. What was asked for is a value; a Subscription belongs to the
// thread that serves all of them, except for what says so.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/cursor.h"
#include "server/caller.h"
#include "server/concern.h"
#include "server/protocol.capnp.h"

namespace fodspor::server {

// Which events a subscription sees. An empty list: all.
struct Filter {
  std::vector<EventType> types;         // sorted
  std::vector<ProgrammeId> programmes;  // sorted
  std::optional<StreamId> stream;
  bool lets_all() const noexcept { return types.empty() && programmes.empty() && !stream; }
  // And whether a bearer of that grant may. Fault::corrupt of stored bytes that cannot be read, and those of reading the ledger.
  Result<bool> lets(const engine::Stored& stored, const Grant& grant, Concerns& concerns) const;
};

// Fault::invalid, unsupported, too_large, denied, with the field.
Result<Filter> filter_of(wire::Subscribe::Reader subscribe, const Grant& grant);

struct Subscription {
  using Clock = std::chrono::steady_clock;

  Subscription(const Caller& whose, std::uint64_t request) : caller(&whose), id(request), grant(whose.grant), taker(whose.taker) {}

  const Caller* const caller;  // by identity alone: it may be gone
  const std::uint64_t id;
  const Grant grant;
  const std::weak_ptr<Taker> taker;
  Filter filter;
  wire::Form form = wire::Form::PROPOSAL;
  Position next;  // what it has not looked at yet
  Position told;  // up to where its client has been told
  Clock::time_point told_at;
  std::uint64_t credit = 0;        // events that may still be sent
  bool under_way = false;          // a piece that its connection has not taken
  bool listed = false;             // it waits for its turn, or for the log to go on
  std::atomic<bool> ended{false};  // any thread: nothing of it is sent any more

  bool takes_all() const noexcept { return filter.lets_all() && grant.programmes.are_all(); }
};

}  // namespace fodspor::server
