#include "server/bench/drive.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>

namespace fodspor::server::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds until_all_threads_run{20};
constexpr std::chrono::seconds patience{30};
// A thread that sends by the clock wakes no more often than this: a wake for each of 100,000 requests a second would be half of the load.
// What that makes late counts as late.
constexpr std::chrono::microseconds wakes_apart{200};

struct Lane {
  Conversation* conversation;
  std::size_t number;  // among all
  std::uint64_t sent = 0;
  std::vector<Clock::time_point> began = {};  // of each request
  bool flushing = false;                      // its descriptor is watched for being writable
  bool asked = false;                         // since it was flushed last
};

class Share {
 public:
  Share(const Load& load, std::size_t lanes_in_all) : load_(load), lanes_in_all_(lanes_in_all) {}
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share() {
    if (watch_ >= 0) close(watch_);
  }

  void add(Conversation& conversation, std::size_t number) { lanes_.push_back({&conversation, number}); }

  Status make_ready() {
    watch_ = epoll_create1(EPOLL_CLOEXEC);
    if (watch_ < 0) return fail(Fault::unavailable, std::string("watching connections: ") + std::strerror(errno));
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      lanes_[i].began.resize(load_.requests);
      FODSPOR_DO(watch(i, EPOLL_CTL_ADD, EPOLLIN));
    }
    left_ = lanes_.size() * load_.requests;
    latencies_.reserve(left_);
    return {};
  }

  Status run(Clock::time_point start, const std::atomic<bool>& stopped) {
    std::this_thread::sleep_until(start);
    start_ = last_ = start;
    if (load_.rate == 0) {
      for (Lane& lane : lanes_) {
        for (std::size_t i = 0; i < std::min<std::uint64_t>(load_.window, load_.requests); ++i) FODSPOR_DO(ask(lane, Clock::now()));
      }
    }
    FODSPOR_DO(flush_asked());
    while (left_ > 0) {
      if (stopped) return {};  // another thread tells why
      if (load_.rate > 0) {
        FODSPOR_DO(ask_what_is_due());
        FODSPOR_DO(flush_asked());
      }
      FODSPOR_DO(wait_and_take());
      FODSPOR_DO(flush_asked());
    }
    return {};
  }

  Clock::time_point last() const { return last_; }
  const Latencies& latencies() const { return latencies_; }

 private:
  Status watch(std::size_t lane, int change, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = lane;
    if (epoll_ctl(watch_, change, lanes_[lane].conversation->descriptor(), &event) == 0) return {};
    return fail(Fault::unavailable, std::string("watching a connection: ") + std::strerror(errno));
  }

  Status ask(Lane& lane, Clock::time_point began) {
    lane.began[lane.sent] = began;
    lane.asked = true;
    return lane.conversation->ask(lane.sent++);
  }

  Clock::time_point due(const Lane& lane, std::uint64_t number) const {
    const std::uint64_t handful = number / load_.due_together * lanes_in_all_ + lane.number;
    const double seconds = static_cast<double>(handful * load_.due_together) / load_.rate;
    return start_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }

  Status ask_what_is_due() {
    const auto now = Clock::now();
    while (round_ < load_.requests && due(lanes_[turn_], round_) <= now) {
      const std::uint64_t end = std::min(round_ + load_.due_together, load_.requests);
      for (std::uint64_t number = round_; number < end; ++number) FODSPOR_DO(ask(lanes_[turn_], due(lanes_[turn_], number)));
      if (++turn_ == lanes_.size()) {
        turn_ = 0;
        round_ = end;
      }
    }
    return {};
  }

  Status flush_asked() {
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      Lane& lane = lanes_[i];
      if (!lane.asked) continue;
      FODSPOR_TRY(const bool gone, lane.conversation->flush());
      lane.asked = !gone;
      if (gone != lane.flushing) continue;
      lane.flushing = !gone;
      FODSPOR_DO(watch(i, EPOLL_CTL_MOD, gone ? EPOLLIN : EPOLLIN | EPOLLOUT));
    }
    return {};
  }

  Status wait_and_take() {
    Clock::duration wait = patience;
    const bool more_is_due = load_.rate > 0 && round_ < load_.requests;
    if (more_is_due) wait = std::max<Clock::duration>(due(lanes_[turn_], round_) - Clock::now(), wakes_apart);
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(wait).count();
    const timespec within{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    std::array<epoll_event, 64> events{};
    const int ready = epoll_pwait2(watch_, events.data(), static_cast<int>(events.size()), &within, nullptr);
    if (ready < 0 && errno != EINTR) return fail(Fault::unavailable, std::string("waiting for answers: ") + std::strerror(errno));
    if (ready == 0 && !more_is_due) return fail(Fault::unavailable, "nothing was answered for " + std::to_string(patience.count()) + " s");
    for (int i = 0; i < ready; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) FODSPOR_DO(take(lanes_[event.data.u64]));
    }
    return {};
  }

  Status take(Lane& lane) {
    answered_.clear();
    FODSPOR_DO(lane.conversation->take(answered_));
    if (answered_.empty()) return {};
    const auto now = last_ = Clock::now();
    FODSPOR_CHECK(answered_.size() <= left_);
    left_ -= answered_.size();
    for (const std::uint64_t number : answered_) {
      FODSPOR_CHECK(number < lane.sent);
      latencies_.add(now - lane.began[number]);
      if (load_.rate == 0 && lane.sent < load_.requests) FODSPOR_DO(ask(lane, now));
    }
    return {};
  }

  const Load& load_;
  const std::size_t lanes_in_all_;
  std::vector<Lane> lanes_;
  int watch_ = -1;
  Clock::time_point start_, last_;
  std::size_t turn_ = 0;     // by the clock: the lane that sends next,
  std::uint64_t round_ = 0;  //   and the first of its requests
  std::uint64_t left_ = 0;
  std::vector<std::uint64_t> answered_;
  Latencies latencies_;
};

}  // namespace

Result<Driven> drive(const Conversations& conversations, const Load& load) {
  FODSPOR_CHECK(!conversations.empty() && load.requests > 0 && load.window > 0 && load.due_together > 0);
  const std::size_t threads = std::min<std::size_t>(std::max(std::thread::hardware_concurrency(), 1u), conversations.size());
  std::vector<std::unique_ptr<Share>> shares;
  for (std::size_t i = 0; i < threads; ++i) shares.push_back(std::make_unique<Share>(load, conversations.size()));
  for (std::size_t i = 0; i < conversations.size(); ++i) shares[i % threads]->add(*conversations[i], i);
  for (const auto& share : shares) FODSPOR_DO(share->make_ready());

  std::mutex mutex;
  std::optional<Failure> failure;
  std::atomic<bool> stopped{false};
  const auto start = Clock::now() + until_all_threads_run;
  {
    std::vector<std::jthread> running;
    for (const auto& share : shares) {
      running.emplace_back([&, share = share.get()] {
        auto status = share->run(start, stopped);
        if (status) return;
        stopped = true;
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::move(status).error();
      });
    }
  }
  if (failure) return tl::make_unexpected(*failure);
  Driven driven;
  auto last = start;
  for (const auto& share : shares) {
    last = std::max(last, share->last());
    driven.latencies.join(share->latencies());
  }
  driven.seconds = std::chrono::duration<double>(last - start).count();
  return driven;
}

}  // namespace fodspor::server::bench
