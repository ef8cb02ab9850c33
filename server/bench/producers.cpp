#include "server/bench/producers.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace fodspor::server::bench {

namespace {

class Turns {
 public:
  Turns(std::size_t producers, std::uint64_t turns, const std::function<void(std::size_t, std::uint64_t, Answered)>& take)
      : producers_(producers), turns_(turns), take_(take), pool_(std::max(std::thread::hardware_concurrency(), 1u)), working_(producers) {}

  Result<double> seconds() {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t producer = 0; producer < producers_; ++producer) begin(producer, 0);
    {
      std::unique_lock lock(mutex_);
      ended_.wait(lock, [&] { return working_ == 0; });
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    pool_.join();
    if (failure_) return tl::make_unexpected(*failure_);
    return took.count();
  }

 private:
  void begin(std::size_t producer, std::uint64_t turn) {
    if (turn == turns_) return end({});
    // An answer comes on a thread of the ledger's, which must not be held up by what its producer does next.
    boost::asio::post(pool_, [this, producer, turn] {
      take_(producer, turn, [this, producer, turn](Status status) { status ? begin(producer, turn + 1) : end(std::move(status)); });
    });
  }

  // Told under the lock: whoever waits may destroy this as soon as it has the lock.
  void end(Status status) {
    const std::lock_guard lock(mutex_);
    if (!status && !failure_) failure_ = std::move(status).error();
    if (--working_ == 0) ended_.notify_one();
  }

  const std::size_t producers_;
  const std::uint64_t turns_;
  const std::function<void(std::size_t, std::uint64_t, Answered)>& take_;
  boost::asio::thread_pool pool_;
  std::mutex mutex_;  // over what is below
  std::condition_variable ended_;
  std::size_t working_;
  std::optional<Failure> failure_;
};

}  // namespace

Result<double> seconds_of_all(std::size_t threads, const std::function<Status(std::size_t thread)>& work) {
  std::latch ready(static_cast<std::ptrdiff_t>(threads) + 1);
  std::mutex mutex;
  std::optional<Failure> failure;
  std::vector<std::jthread> running;
  running.reserve(threads);
  for (std::size_t thread = 0; thread < threads; ++thread) {
    running.emplace_back([&, thread] {
      ready.arrive_and_wait();
      auto status = work(thread);
      if (status) return;
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::move(status).error();
    });
  }
  ready.arrive_and_wait();
  const auto start = std::chrono::steady_clock::now();
  running.clear();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (failure) return tl::make_unexpected(*failure);
  return seconds;
}

Result<double> seconds_of_turns(std::size_t producers, std::uint64_t turns,
                                const std::function<void(std::size_t, std::uint64_t, Answered)>& take) {
  return Turns(producers, turns, take).seconds();
}

}  // namespace fodspor::server::bench
