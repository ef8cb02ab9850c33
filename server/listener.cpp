#include "server/listener.h"

#include <atomic>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>
#include <set>

#include "server/door.h"
#include "server/http_session.h"
#include "server/session.h"

namespace fodspor::server {

namespace asio = boost::asio;

namespace {

using Protocol = asio::generic::stream_protocol;

constexpr std::chrono::milliseconds tick_every{250};
// After accept failed for want of descriptors or memory.
constexpr std::chrono::milliseconds accept_again_after{100};

}  // namespace

class Listener::Impl {
 public:
  Impl(engine::Ledger& ledger, Options options, std::unique_ptr<Places> places)
      : options_(std::move(options)),
        workers_(options_.workers),
        places_(std::move(places)),
        followers_(ledger, options_.bounds, [this](std::function<void()> work) { asio::post(network_, std::move(work)); }),
        dispatch_(ledger, questions_, options_.bounds, options_.software, followers_, *places_),
        deliveries_(network_.get_executor()),
        questions_(ledger, questions_options(options_)),
        service_{workers_,
                 dispatch_,
                 deliveries_,
                 followers_,
                 options_.bounds,
                 [this](std::string_view token) {
                   auto grant = options_.admit(token);
                   if (!grant) dispatch_.metrics().token_refused();
                   return grant;
                 },
                 options_.still_valid,
                 [this] { return open_.load(std::memory_order_relaxed); },
                 [this](std::string_view peer, std::string_view reason) {
                   dispatch_.metrics().connection_dropped();
                   options_.dropped(peer, reason);
                 }},
        ticks_(network_),
        signals_(network_) {}

  ~Impl() {
    workers_.join();
    watcher_.join();
  }

  Status listen() {
    FODSPOR_CHECK(!options_.addresses.empty() && options_.admit && options_.still_valid && options_.dropped);
    for (const std::string& text : options_.addresses) FODSPOR_DO(listen_on(text, Door::Speaks::protocol));
    for (const std::string& text : options_.http) FODSPOR_DO(listen_on(text, Door::Speaks::http));
    if (!options_.signals) return {};
    // From here on they wait for run() instead of ending the process.
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    if (options_.hung_up) signals_.add(SIGHUP);
    return {};
  }

  std::vector<std::string> addresses() const {
    std::vector<std::string> texts;
    for (const auto& door : doors_) texts.push_back(door->endpoint().text);
    return texts;
  }

  void run() {
    if (options_.signals) watch_signals();
    for (const auto& door : doors_) accept(*door);
    tick();
    network_.run();
  }

  void stop() {
    asio::post(network_, [this] { stop_here(); });
  }

 private:
  static Questions::Options questions_options(const Options& options) {
    Questions::Options questions{options.bounds, options.now, options.views_trouble};
    if (!questions.now) {
      questions.now = [] {
        const auto since = std::chrono::system_clock::now().time_since_epoch();
        return Timestamp{std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
      };
    }
    if (!questions.trouble) questions.trouble = [](const Failure&) {};
    return questions;
  }

  Status listen_on(const std::string& address, Door::Speaks speaks) {
    FODSPOR_TRY(auto door, Door::open(network_, address, speaks, options_.tls != nullptr));
    doors_.push_back(std::move(door));
    return {};
  }

  void accept(Door& door) {
    door.acceptor().async_accept([this, &door](const boost::system::error_code& error, Protocol::socket socket) {
      if (!door.acceptor().is_open() || error == asio::error::operation_aborted) return;
      if (error) {
        options_.dropped("a new connection", error.message());
        auto again = std::make_shared<asio::steady_timer>(network_, accept_again_after);
        again->async_wait([this, &door, again](const boost::system::error_code&) {
          if (door.acceptor().is_open()) accept(door);
        });
        return;
      }
      welcome(std::move(socket), door);
      accept(door);
    });
  }

  void welcome(Protocol::socket socket, const Door& door) {
    boost::system::error_code error;
    const auto remote = socket.remote_endpoint(error);
    const bool local = remote.protocol().family() == AF_UNIX;
    const std::string peer = local || error ? "a local client" : Endpoint::of(remote).text;
    if (!local && !error) {
      socket.set_option(asio::ip::tcp::no_delay(true), error);
      socket.set_option(asio::socket_base::keep_alive(true), error);
    }
    if (sessions_.size() + probes_.size() >= options_.bounds.connections_max) {
      dispatch_.metrics().connection_refused();
      options_.dropped(peer, "there are as many connections as there may be");
      return;  // which closes it
    }
    try {
      begin(door.endpoint().tls ? Stream(std::move(socket), options_.tls()) : Stream(std::move(socket)), peer, door);
    } catch (const std::bad_alloc&) {
      options_.dropped(peer, "out of memory");
    }
  }

  void begin(Stream stream, const std::string& peer, const Door& door) {
    std::shared_ptr<Connection> connection;
    if (door.speaks() == Door::Speaks::http) {
      const bool metrics_open = door.endpoint().loopback && !options_.metrics_need_token;
      connection = std::make_shared<HttpSession>(std::move(stream), peer, service_, metrics_open);
    } else {
      connection = std::make_shared<Session>(std::move(stream), peer, service_);
    }
    // Who asks whether we are ready while we end is answered, and not waited for.
    (stopping_ ? probes_ : sessions_).insert(connection);
    count_open();
    // Taken out in a turn of its own: connections end while others are walked.
    connection->start([this, ended = std::weak_ptr(connection)] { asio::post(network_, [this, ended] { forget(ended.lock()); }); });
  }

  void count_open() { open_.store(sessions_.size() + probes_.size(), std::memory_order_relaxed); }

  void forget(const std::shared_ptr<Connection>& connection) {
    sessions_.erase(connection);
    probes_.erase(connection);
    count_open();
    end_if_drained();
  }

  void tick() {
    if (ended_) return;  // it was on its way when the others were taken back
    ticks_.expires_after(tick_every);
    ticks_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      if (options_.each_tick && !ticking_.exchange(true)) {
        asio::post(watcher_, [this] {
          options_.each_tick();
          ticking_.store(false);
        });
      }
      const auto now = Connection::Clock::now();
      for (const auto& session : sessions_) session->tick(now);
      for (const auto& probe : probes_) probe->tick(now);
      tick();
    });
  }

  void watch_signals() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      signal == SIGHUP ? options_.hung_up() : stop_here();
      if (!ended_) watch_signals();
    });
  }

  void stop_here() {
    if (stopping_) {
      for (const auto& session : sessions_) session->drop("the server stops at once");
      return;
    }
    stopping_ = service_.draining = true;
    if (options_.stopping) options_.stopping();
    for (const auto& door : doors_) {
      if (door->speaks() == Door::Speaks::protocol) door->close();
    }
    for (const auto& session : sessions_) session->drain();
    end_if_drained();
  }

  void end_if_drained() {
    if (!stopping_ || !sessions_.empty()) return;
    for (const auto& door : doors_) door->close();
    for (const auto& probe : probes_) probe->drop("the server has ended");
    if (!probes_.empty()) return;
    ended_ = true;
    ticks_.cancel();
    boost::system::error_code ignored;  // nobody waits for one any more
    signals_.cancel(ignored);
  }

  const Options options_;
  asio::io_context network_{1};
  asio::thread_pool workers_;
  asio::thread_pool watcher_{1};  // for each_tick: tokens are taken back in time, however much the workers have to do
  const std::unique_ptr<Places> places_;
  Followers followers_;
  Dispatch dispatch_;
  Deliveries deliveries_;
  Questions questions_;  // its last answers go through those
  Service service_;
  std::vector<std::unique_ptr<Door>> doors_;
  std::set<std::shared_ptr<Connection>> sessions_;
  std::set<std::shared_ptr<Connection>> probes_;  // that came after stop()
  std::atomic<std::size_t> open_{0};
  std::atomic<bool> ticking_{false};
  asio::steady_timer ticks_;
  asio::signal_set signals_;
  bool stopping_ = false;
  bool ended_ = false;  // and nobody is left: what is waited for now would keep run() from returning
};

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() = default;

Result<std::unique_ptr<Listener>> Listener::open(engine::Ledger& ledger, Options options) {
  FODSPOR_TRY(auto places, Places::open(ledger.directory()));
  auto impl = std::make_unique<Impl>(ledger, std::move(options), std::move(places));
  FODSPOR_DO(impl->listen());
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

std::vector<std::string> Listener::addresses() const {
  return impl_->addresses();
}
void Listener::run() {
  impl_->run();
}
void Listener::stop() {
  impl_->stop();
}

}  // namespace fodspor::server
