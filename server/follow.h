// Following a served ledger from C++: a subscription of a Client, whose credit is topped up as events come, and the places that it keeps.
// Blocking, as its Client, which it has for itself meanwhile: answers to anything else are thrown away. Outlived by the client.
#pragma once

#include <capnp/message.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/vocabulary.h"
#include "server/client.h"

namespace fodspor::server {

class Follow {
 public:
  struct Options {
    // Where it begins: at a position, else after the place that is kept under a name, else with what is yet to come.
    std::optional<Position> from;
    std::optional<std::string> kept;
    std::vector<EventType> types;         // none: all
    std::vector<std::string> programmes;  // none: all that the token speaks for
    std::optional<StreamId> stream;
    wire::Form form = wire::Form::PROPOSAL;
    std::uint64_t window = 16'384;  // events that may be under way at a time
  };
  struct Came {
    std::size_t events = 0;
    Position through;   // all up to here has been looked at
    bool live = false;  // which was the end of the log
  };
  using Each = std::function<Status(wire::Event::Reader event)>;

  // Faults are the server's, and the client's.
  static Result<std::unique_ptr<Follow>> begin(Client& client, const Options& options);
  Follow(const Follow&) = delete;
  Follow& operator=(const Follow&) = delete;

  // Up to where the client is done when it begins.
  Position begun_at() const noexcept { return begun_at_; }
  // Waits for what comes next, events or only the news of how far it has come. Fault::unavailable: nothing came within the client's
  // answer_within, or the server has gone.
  Result<Came> next(const Each& each);
  // Durable when it returns; 0 forgets.
  Status keep(const std::string& name, Position position);
  // Nothing comes any more.
  Status cancel();

 private:
  Follow(Client& client, std::uint64_t window) : client_(client), window_(window) {}
  Status wait_for(std::uint64_t id);
  Status receive(std::uint64_t id, bool& came);
  Status top_up(std::size_t events);

  Client& client_;
  const std::uint64_t window_;
  std::uint64_t id_ = 0;
  std::uint64_t credit_ = 0;
  Position begun_at_;
  std::deque<std::unique_ptr<capnp::MallocMessageBuilder>> waiting_;  // came while an answer was waited for
};

}  // namespace fodspor::server
