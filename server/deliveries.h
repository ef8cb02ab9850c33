// Answers on their way from the threads that make them to the network's: many that come at once are one turn there, and one write for each
// connection. Used from any thread; what it does to sessions happens on the network's. Outlives the sessions.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "server/dispatch.h"

namespace fodspor::server {

class Session;

struct Delivery {
  std::shared_ptr<Session> session;
  bool last = true;               // of its request, which is done then
  std::size_t answer_bytes = 0;   // as they were promised
  std::size_t request_bytes = 0;  // that are free again
  Outgoing answer;
};

class Deliveries {
 public:
  explicit Deliveries(boost::asio::any_io_executor network) : network_(std::move(network)) {}
  void put(Delivery delivery);

 private:
  void deliver();

  boost::asio::any_io_executor network_;
  std::mutex mutex_;
  std::vector<Delivery> waiting_;  // guarded by mutex_; not empty: a turn is coming
  std::vector<Delivery> turn_;     // the network's thread's own; kept for its memory
};

}  // namespace fodspor::server
