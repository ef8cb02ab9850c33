#include "server/bench/following.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <thread>

#include "server/bench/wire_connection.h"
#include "server/client.h"

namespace fodspor::server::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t subscription = 2;  // its request's id; 1 was hello
constexpr int look_up_ms = 100;
constexpr std::chrono::seconds patience{120};
constexpr std::size_t followers_max = 1'000;
constexpr std::uint64_t events_max = 20'000;
constexpr char finish_letter = 'f';

// One subscriber, and how far it has come.
class Follower {
 public:
  static Result<std::unique_ptr<Follower>> begin(const std::filesystem::path& socket, std::uint64_t from) {
    std::unique_ptr<Follower> follower(new Follower(from - 1));
    FODSPOR_DO(follower->subscribe(socket));
    return follower;
  }

  Status subscribe(const std::filesystem::path& socket) {
    FODSPOR_TRY(connection_, WireConnection::open(socket));
    connection_->outgoing() = subscribe_frame(subscription, last_ + 1);
    FODSPOR_TRY([[maybe_unused]] const bool gone, connection_->flush());
    return {};
  }

  int descriptor() const { return connection_->descriptor(); }
  std::uint64_t last() const { return last_; }
  std::uint64_t events() const { return events_; }

  Status take() {
    return connection_->take([this](server::wire::Answer::Reader answer) -> Status {
      if (answer.isRefusal()) return tl::make_unexpected(failure_of(answer.getRefusal()));
      if (!answer.isFollowed() || answer.getId() != subscription)
        return fail(Fault::corrupt, "a subscriber was answered what it did not ask");
      const auto followed = answer.getFollowed();
      // Without a filter every position is an event of its own, so the next is the last and one.
      for (const auto event : followed.getEvents()) {
        if (event.getPosition() != last_ + 1) {
          return fail(Fault::corrupt,
                      "a subscriber got event " + std::to_string(event.getPosition()) + " after event " + std::to_string(last_));
        }
        last_ = event.getPosition();
        ++events_;
      }
      if (followed.getThrough() != last_) {
        return fail(Fault::corrupt, "a subscriber has event " + std::to_string(last_) + " last and was told of all through " +
                                        std::to_string(followed.getThrough()));
      }
      return {};
    });
  }

 private:
  explicit Follower(std::uint64_t last) : last_(last) {}
  std::unique_ptr<WireConnection> connection_;
  std::uint64_t last_;
  std::uint64_t events_ = 0;
};

// The crowd, and the one thread that reads for all.
class Crowd {
 public:
  Crowd(std::filesystem::path socket, std::size_t stalled) : socket_(std::move(socket)), stalled_(stalled) {}
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    stop_ = true;
    if (reading_.joinable()) reading_.join();
    if (watch_ >= 0) close(watch_);
  }

  Status gather(std::size_t count, std::uint64_t from) {
    watch_ = epoll_create1(EPOLL_CLOEXEC);
    if (watch_ < 0) return fail(Fault::unavailable, std::string("watching connections: ") + std::strerror(errno));
    for (std::size_t i = 0; i < count; ++i) {
      FODSPOR_TRY(followers_.emplace_back(), Follower::begin(socket_, from));
      if (i + stalled_ < count) FODSPOR_DO(watch(i));
    }
    began_ = Clock::now();
    reading_ = std::thread([this] { result_ = read(); });
    return {};
  }

  Result<std::vector<double>> finish() {
    const auto asked = Clock::now();
    // A fresh connection is told where the log ends.
    FODSPOR_TRY(const auto last, WireConnection::open(socket_));
    target_ = last->position();
    reading_.join();
    FODSPOR_DO(result_);
    const auto now = Clock::now();
    double events = 0;
    for (const auto& follower : followers_) events += static_cast<double>(follower->events());
    const auto seconds = [&](Clock::time_point since) { return std::chrono::duration<double>(now - since).count(); };
    return std::vector{events, seconds(began_), seconds(asked), static_cast<double>(came_back_)};
  }

 private:
  Status watch(std::size_t i) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (epoll_ctl(watch_, EPOLL_CTL_ADD, followers_[i]->descriptor(), &event) == 0) return {};
    return fail(Fault::unavailable, std::string("watching a connection: ") + std::strerror(errno));
  }

  // Who stalled long enough was dropped, and comes back for the rest.
  Status take(std::size_t i) {
    auto taken = followers_[i]->take();
    const bool was_stalled = i + stalled_ >= followers_.size();
    if (taken || !was_stalled || taken.error().fault != Fault::unavailable) return taken;
    ++came_back_;
    FODSPOR_DO(followers_[i]->subscribe(socket_));
    return watch(i);
  }

  Status read() {
    std::array<epoll_event, 64> events{};
    std::optional<Clock::time_point> until;
    while (!stop_) {
      const int ready = epoll_wait(watch_, events.data(), static_cast<int>(events.size()), look_up_ms);
      if (ready < 0 && errno != EINTR) return fail(Fault::unavailable, std::string("waiting for events: ") + std::strerror(errno));
      for (int i = 0; i < ready; ++i) FODSPOR_DO(take(events[static_cast<std::size_t>(i)].data.u64));
      const std::uint64_t target = target_;
      if (target == 0) continue;
      if (!until) {
        until = Clock::now() + patience;
        for (std::size_t i = followers_.size() - stalled_; i < followers_.size(); ++i) FODSPOR_DO(watch(i));
      }
      if (std::all_of(followers_.begin(), followers_.end(), [&](const auto& follower) { return follower->last() >= target; })) return {};
      if (Clock::now() > *until) {
        return fail(Fault::corrupt, "a subscriber did not get every event within " + std::to_string(patience.count()) + " s");
      }
    }
    return {};
  }

  const std::filesystem::path socket_;
  const std::size_t stalled_;
  std::vector<std::unique_ptr<Follower>> followers_;
  int watch_ = -1;
  Clock::time_point began_;
  std::uint64_t came_back_ = 0;
  Status result_;                         // of the thread, when it has ended
  std::atomic<std::uint64_t> target_{0};  // the last position that all are to get; 0: not known yet
  std::atomic<bool> stop_{false};
  std::thread reading_;
};

}  // namespace

Result<std::unique_ptr<Followers>> Followers::start(const std::filesystem::path& socket, std::size_t count, std::size_t stalled,
                                                    std::uint64_t from) {
  FODSPOR_TRY(auto process, Companion::start([&](const std::function<void(const Companion::Answers&)>& attend) -> Status {
                raise_open_files();
                Crowd crowd(socket, stalled);
                FODSPOR_DO(crowd.gather(count, from));
                attend([&](char what) {
                  FODSPOR_CHECK(what == finish_letter);
                  return crowd.finish();
                });
                return {};
              }));
  return std::unique_ptr<Followers>(new Followers(std::move(process)));
}

Result<Followers::Told> Followers::finish() const {
  FODSPOR_TRY(const auto values, process_->ask(finish_letter));
  return Told{values[0], values[1], values[2], values[3]};
}

Status measure_followers(const Arena& arena, const Options& options, std::vector<Figure>& figures) {
  // Fewer only where the bench itself is tried.
  const std::size_t count = std::min<std::size_t>(followers_max, options.events / 100);
  const std::size_t stalled = count / 20;
  Asked asked;
  asked.lanes = 1;
  asked.load.window = 32;
  asked.load.requests = std::min<std::uint64_t>(options.events / 5, events_max);
  Bouts without, with;
  std::vector<double> ratios, brought, after;
  for (std::size_t run = 1; run <= options.runs; ++run) {
    options.doing(std::to_string(count) + " subscribers, pair " + std::to_string(run) + " of " + std::to_string(options.runs));
    {
      FODSPOR_TRY(const auto served, arena.serve());
      FODSPOR_TRY(const Bout bout, bout_of_ours(arena, *served, asked));
      without.add(bout);
    }
    FODSPOR_TRY(const auto served, arena.serve());
    FODSPOR_TRY(const auto followers, Followers::start(arena.socket(), count, stalled, 1));
    FODSPOR_TRY(const Bout bout, bout_of_ours(arena, *served, asked));
    FODSPOR_TRY(const auto told, followers->finish());
    with.add(bout);
    ratios.push_back(bout.rate / without.last().rate);
    brought.push_back(told.events / told.seconds);
    after.push_back(told.seconds_after);
  }
  const std::uint64_t events = asked.count();
  figures.push_back(
      {"socket_followed_ratio",
       {"One that writes beside a crowd that follows, 1 in 20 stalled : alone", "En, der skriver, ved siden af følgere : alene"},
       "×",
       spread_of(ratios),
       events,
       Wanted{Wanted::Bound::at_least, 0.5}});
  figures.push_back({"socket_followed",
                     {"  beside the crowd, 32 requests in flight", "  ved siden af følgerne, 32 undervejs"},
                     "ev/s",
                     spread_of(with.rates()),
                     events,
                     {}});
  with.tell_times("socket_followed", times_of_ours, events, figures);
  figures.push_back({"socket_not_followed", {"  alone", "  alene"}, "ev/s", spread_of(without.rates()), events, {}});
  figures.push_back({"socket_followers",
                     {"  subscribers, each with every event, in order, once", "  følgere, hver med alle hændelser i orden"},
                     "",
                     spread_of({static_cast<double>(count)}),
                     events,
                     {}});
  figures.push_back({"socket_followers_rate",
                     {"  events brought to all of them together", "  hændelser bragt til dem alle"},
                     "ev/s",
                     spread_of(brought),
                     events,
                     {}});
  figures.push_back(
      {"socket_followers_after",
       {"  until the last had all, the stalled too, after the last append", "  til den sidste havde alle, efter den sidste skrivning"},
       "s",
       spread_of(after),
       events,
       {}});
  return {};
}

}  // namespace fodspor::server::bench
