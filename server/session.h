// One connection: reads requests, has them answered by workers, writes the answers. Lives on the network's thread, and there only; a worker
// posts its answer there. Held by its listener until it is closed, and by what it has under way.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/bounds.h"
#include "server/connection.h"
#include "server/deliveries.h"
#include "server/dispatch.h"
#include "server/frames.h"
#include "server/stream.h"

namespace fodspor::server {

// What all sessions of a listener share; outlives them.
struct Service {
  boost::asio::thread_pool& workers;
  Dispatch& dispatch;
  Deliveries& deliveries;
  Followers& followers;
  Bounds bounds;
  // What a token lets its bearer do, and whether the one with that public id still does. On the network's thread, so they must not block.
  std::function<Result<Grant>(std::string_view token)> admit;
  std::function<bool(std::string_view id)> still_valid;
  std::function<std::size_t()> connections;
  // A connection that ends otherwise than by its client's wish, with the reason.
  std::function<void(std::string_view peer, std::string_view reason)> dropped;
  // The network's thread alone: what messages of all connections hold, requests and answers, and what answers under way may come to.
  std::size_t held_bytes = 0;
  std::size_t promised_bytes = 0;
  bool draining = false;  // the network's thread alone
  // And by what follows.
  std::size_t all_held_bytes() const noexcept { return held_bytes + followers.held_bytes(); }
  // Whether one more request may be taken. One is always answered where nothing else is.
  bool has_room_for(std::size_t request_bytes, std::size_t answer_bytes) const noexcept {
    const std::size_t held = all_held_bytes() + request_bytes;
    return held + promised_bytes + answer_bytes <= bounds.memory_bytes_max || (promised_bytes == 0 && held <= bounds.memory_bytes_max);
  }
};

class Session final : public Connection, public Taker, public std::enable_shared_from_this<Session> {
 public:
  Session(Stream stream, std::string peer, Service& service);

  void start(std::function<void()> ended) override;
  void tick(Clock::time_point now) override;
  void drain() override;
  void drop(std::string_view reason) override;
  void take_piece(Outgoing piece) override;

  // One of its answers is there. True for the first of a turn, after whose last go_on_after_delivery() follows.
  bool deliver(Delivery& delivery);
  void go_on_after_delivery();

 private:
  void start_reading();
  boost::asio::awaitable<void> read();
  // False: nothing more is to be read.
  bool take_frames();
  bool take_whole_frames();
  bool has_room_for(std::size_t answer_bytes) const;
  bool greet(Frame& frame);
  void take(std::unique_ptr<Frame> frame, std::size_t answer_bytes);
  void hand_over();
  void go_on();
  void end_subscriptions();
  void count_input();
  void count_answer(const Outgoing& answer);
  void answer(Outgoing bytes);
  void write();
  void refuse_and_end(std::uint64_t id, const Failure& failure);
  void refuse(std::uint64_t id, const Failure& failure);
  void end_of_tls();
  void linger();
  void discard();
  void end_if_done();
  void close();
  void tell_end();

  Stream stream_;
  const std::string peer_;
  Service& service_;
  std::function<void()> ended_;
  std::optional<Caller> caller_;                                       // after hello
  boost::asio::strand<boost::asio::thread_pool::executor_type> work_;  // requests of one connection, in their order
  FrameReader frames_;
  std::unique_ptr<Frame> held_;  // a request that waits for room
  struct Taken {
    std::unique_ptr<Frame> frame;
    std::size_t answer_bytes;
  };
  std::vector<Taken> taken_;  // requests that came in one piece, and go to a worker in one
  std::size_t in_flight_ = 0;
  std::size_t promised_bytes_ = 0;  // that the answers of those in flight may take
  std::deque<Outgoing> outgoing_;
  std::size_t outgoing_bytes_ = 0;
  std::size_t answers_bytes_ = 0;  // of them its own, as they stand in Service::held_bytes
  std::size_t writing_ = 0;        // answers of the write that is under way
  bool delivered_ = false;         // in this turn
  bool reading_ = true;            // further requests are taken
  bool refused_ = false;           // the whole conversation
  bool lingering_ = false;
  bool closed_ = false;
  std::atomic<bool> gone_{false};  // the same, for the workers
  std::size_t input_bytes_ = 0;    // as they stand in Service::held_bytes
  Clock::time_point write_began_;
  std::optional<Clock::time_point> deadline_;
  std::string late_;  // what to say when it has passed
};

}  // namespace fodspor::server
