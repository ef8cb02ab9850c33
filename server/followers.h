// Serves all subscriptions, one after another, on a thread of its own that steps back behind those who write. It alone knows them: whoever
// wants something of it leaves a note, and is answered on its thread. Outlives every connection; outlived by the ledger and the network.
//
// A subscription has one piece on its way at most: the next is made when its connection has really taken the last, so what a client does
// not read is never piled up. The more subscriptions there are, and the more one lags, the larger the pieces. What no filter and no token
// narrows is encoded once for all.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "engine/ledger.h"
#include "server/bounds.h"
#include "server/piece.h"
#include "server/subscription.h"

namespace fodspor::server {

class Followers {
 public:
  // `on_network` has something done on the network's thread.
  Followers(const engine::Ledger& ledger, const Bounds& bounds, std::function<void(std::function<void()>)> on_network);
  ~Followers();
  Followers(const Followers&) = delete;
  Followers& operator=(const Followers&) = delete;

  // Any thread. Each is answered once, on the thread of this, in the order of the calls.
  // Answers where it begins. Fault::conflict (the id is under way), too_large (Bounds::subscriptions_max).
  void begin(std::shared_ptr<Subscription> subscription, Answered answered);
  // Fault::not_found: no such subscription is under way.
  void credit(const Caller& caller, std::uint64_t id, std::uint64_t events, std::function<void(Status)> done);
  // Nothing of it is sent after the answer to this.
  void cancel(const Caller& caller, std::uint64_t id, std::function<void(Status)> done);
  // Ends all of a connection, which may be gone when `done` is called with their ids.
  void leave(const Caller& caller, std::function<void(std::vector<std::uint64_t>)> done);

  // Of pieces, kept and on their way. Any thread.
  std::size_t held_bytes() const noexcept { return alive_->load(std::memory_order_relaxed); }
  std::size_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

 private:
  using Clock = Subscription::Clock;
  using Shared = std::shared_ptr<Subscription>;
  using Key = std::pair<const Caller*, std::uint64_t>;
  using Note = std::function<void()>;

  // What goes to the network's thread at once.
  struct Delivery {
    Shared subscription;
    Outgoing outgoing;
    bool last = false;  // it has ended, and this says why
  };
  struct Handful {
    std::vector<Delivery> deliveries;
    std::size_t bytes = 0;
    std::uint64_t looked_at = 0;
    bool full() const noexcept;
  };

  void leave_note(Note note);
  void wake();
  void moved();

  // On the thread of this alone.
  void run();
  void wait();
  Clock::time_point next_turn();
  void look_at_end();
  void tell_the_silent();
  void rest();
  void serve();
  void hand_over(Handful handful);
  void serve_one(const Shared& subscription, Handful& handful);
  Result<std::shared_ptr<const Piece>> whole_piece(Subscription& subscription);
  Result<std::shared_ptr<const Piece>> filtered_piece(Subscription& subscription, Handful& handful);
  bool silent_too_long(const Subscription& subscription, Position through) const;
  void send(const Shared& subscription, const std::shared_ptr<const Piece>& piece, Handful& handful);
  void fail_one(const Shared& subscription, const Failure& failure, Handful& handful);
  void was_taken(const Shared& subscription, Position next);
  void place(const Shared& subscription);
  void remove(std::map<Key, Shared>::iterator at);
  Shared find(const Caller& caller, std::uint64_t id) const;

  const engine::Ledger& ledger_;
  const Bounds bounds_;
  const std::function<void(std::function<void()>)> on_network_;

  Pieces pieces_;
  const PieceBytes alive_;
  std::map<Key, Shared> subscriptions_;
  std::deque<Shared> ready_;
  std::vector<Shared> at_end_;  // have seen all that is durable
  Position durable_;
  Clock::time_point next_turn_, next_silent_;
  std::vector<Note> taken_out_;

  std::atomic<std::size_t> count_{0};
  std::atomic<int> handfuls_waiting_{0};
  std::atomic<Clock::rep> network_spent_{0};  // on handfuls, since this was looked at
  std::atomic<bool> waits_for_end_{false};

  std::mutex mutex_;  // over what is below
  std::condition_variable woken_;
  std::vector<Note> notes_;
  bool awake_ = false;
  bool stopping_ = false;

  engine::Watch watch_;
  std::thread thread_;
};

}  // namespace fodspor::server
