// Whoever asks over a connection, after hello. Lives as long as any of its requests is under way.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "server/access.h"
#include "server/outgoing.h"
#include "server/under_way.h"

namespace fodspor::server {

using Answered = std::function<void(Outgoing)>;

// A connection, for who sends it more than answers to requests. On the network's thread.
class Taker {
 public:
  // Nothing comes of it if the connection has ended, or is about to.
  virtual void take_piece(Outgoing piece) = 0;

 protected:
  ~Taker() = default;
};

struct Caller {
  explicit Caller(Grant given, std::weak_ptr<Taker> where = {}, Answered teller = {})
      : grant(std::move(given)), taker(std::move(where)), tell(std::move(teller)) {}
  const Grant grant;
  const std::weak_ptr<Taker> taker;
  // Sends what is no request's last answer; any thread, while the request is under way. Empty: nobody hears it.
  const Answered tell;
  std::atomic<std::uint32_t> appends_under_way{0};
  std::atomic<std::uint32_t> questions{0};
  UnderWay under_way;
};

}  // namespace fodspor::server
