#include "server/listener.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>
#include <deque>
#include <set>

#include "server/endpoint.h"
#include "server/session.h"

namespace fodspor::server {

namespace asio = boost::asio;

namespace {

using Protocol = asio::generic::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<Protocol>;

constexpr std::chrono::milliseconds tick_every{250};
// After accept failed for want of descriptors or memory.
constexpr std::chrono::milliseconds accept_again_after{100};
constexpr ::mode_t socket_mode = 0660;

std::optional<Endpoint::File> file_at(const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  return Endpoint::File{status.st_dev, status.st_ino};
}

// A socket file that nobody listens behind any more, as a server that was killed leaves it.
bool is_stale(const Endpoint& endpoint) {
  struct stat status {};
  if (::lstat(endpoint.path->c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  asio::io_context context;
  asio::local::stream_protocol::socket probe(context);
  boost::system::error_code error;
  probe.open({}, error);
  probe.non_blocking(true, error);  // one whose queue is full has somebody behind it
  probe.connect(asio::local::stream_protocol::endpoint(endpoint.path->string()), error);
  return error == asio::error::connection_refused;
}

}  // namespace

class Listener::Impl {
 public:
  Impl(engine::Ledger& ledger, Options options)
      : options_(std::move(options)),
        workers_(options_.workers),
        questions_(ledger, questions_options(options_)),
        dispatch_(ledger, questions_, options_.bounds, options_.software),
        service_{workers_,
                 dispatch_,
                 options_.bounds,
                 options_.admit,
                 options_.still_valid,
                 [this] { return open_.load(std::memory_order_relaxed); },
                 options_.dropped},
        ticks_(network_),
        signals_(network_) {}

  ~Impl() {
    workers_.join();
    for (const Endpoint& endpoint : endpoints_) {
      if (endpoint.path && file_at(*endpoint.path) == endpoint.file) ::unlink(endpoint.path->c_str());
    }
  }

  Status listen() {
    FODSPOR_CHECK(!options_.addresses.empty() && options_.admit && options_.still_valid && options_.dropped);
    for (const std::string& text : options_.addresses) FODSPOR_DO(listen_on(text));
    return {};
  }

  std::vector<std::string> addresses() const {
    std::vector<std::string> texts;
    for (const Endpoint& endpoint : endpoints_) texts.push_back(endpoint.text);
    return texts;
  }

  void run() {
    if (options_.signals) {
      signals_.add(SIGTERM);
      signals_.add(SIGINT);
      watch_signals();
    }
    for (Acceptor& acceptor : acceptors_) accept(acceptor);
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

  Status listen_on(const std::string& text) {
    FODSPOR_TRY(Endpoint endpoint, Endpoint::parse(text));
    if (!endpoint.loopback) {
      return fail(Fault::invalid, text +
                                      ": other machines can reach this address, and what goes over it would not be encrypted; listen on "
                                      "127.0.0.1, [::1] or a Unix socket");
    }
    const auto cannot = [&](std::string_view what, const boost::system::error_code& error) {
      return fail(Fault::unavailable, endpoint.text + ": cannot " + std::string(what) + ": " + error.message());
    };
    if (endpoint.path && is_stale(endpoint)) ::unlink(endpoint.path->c_str());
    Acceptor acceptor(network_);
    boost::system::error_code error;
    acceptor.open(endpoint.address.protocol(), error);
    if (!endpoint.path && !error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint.address, error);
    if (error) return cannot("be bound", error);
    if (endpoint.path && ::chmod(endpoint.path->c_str(), socket_mode) != 0) {
      return cannot("be given its permissions", boost::system::error_code(errno, boost::system::system_category()));
    }
    if (endpoint.path) endpoint.file = file_at(*endpoint.path);
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return cannot("be listened on", error);
    if (!endpoint.path) endpoint = Endpoint::of(acceptor.local_endpoint(error));
    acceptors_.push_back(std::move(acceptor));
    endpoints_.push_back(std::move(endpoint));
    return {};
  }

  void accept(Acceptor& acceptor) {
    acceptor.async_accept([this, &acceptor](const boost::system::error_code& error, Protocol::socket socket) {
      if (stopping_ || error == asio::error::operation_aborted) return;
      if (error) {
        options_.dropped("a new connection", error.message());
        auto again = std::make_shared<asio::steady_timer>(network_, accept_again_after);
        again->async_wait([this, &acceptor, again](const boost::system::error_code&) {
          if (!stopping_) accept(acceptor);
        });
        return;
      }
      welcome(std::move(socket));
      accept(acceptor);
    });
  }

  void welcome(Protocol::socket socket) {
    boost::system::error_code error;
    const auto remote = socket.remote_endpoint(error);
    const bool local = remote.protocol().family() == AF_UNIX;
    const std::string peer = local || error ? "a local client" : Endpoint::of(remote).text;
    if (!local && !error) {
      socket.set_option(asio::ip::tcp::no_delay(true), error);
      socket.set_option(asio::socket_base::keep_alive(true), error);
    }
    if (sessions_.size() >= options_.bounds.connections_max) {
      options_.dropped(peer, "there are as many connections as there may be");
      return;  // which closes it
    }
    auto session = std::make_shared<Session>(std::move(socket), peer, service_);
    sessions_.insert(session);
    open_.store(sessions_.size(), std::memory_order_relaxed);
    // Taken out in a turn of its own: sessions end while others are walked.
    session->start([this, ended = std::weak_ptr(session)] { asio::post(network_, [this, ended] { forget(ended.lock()); }); });
  }

  void forget(const std::shared_ptr<Session>& session) {
    sessions_.erase(session);
    open_.store(sessions_.size(), std::memory_order_relaxed);
    end_if_drained();
  }

  void tick() {
    ticks_.expires_after(tick_every);
    ticks_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      if (options_.each_tick && !ticking_.exchange(true)) {
        asio::post(workers_, [this] {
          options_.each_tick();
          ticking_.store(false);
        });
      }
      const auto now = Session::Clock::now();
      for (const auto& session : sessions_) session->tick(now);
      tick();
    });
  }

  void watch_signals() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      stop_here();
      watch_signals();
    });
  }

  void stop_here() {
    if (stopping_) {
      for (const auto& session : sessions_) session->drop("the server stops at once");
      return;
    }
    stopping_ = true;
    boost::system::error_code ignored;  // they are closed either way
    for (Acceptor& acceptor : acceptors_) acceptor.close(ignored);
    for (const auto& session : sessions_) session->drain();
    end_if_drained();
  }

  void end_if_drained() {
    if (!stopping_ || !sessions_.empty()) return;
    ticks_.cancel();
    boost::system::error_code ignored;  // nobody waits for one any more
    signals_.cancel(ignored);
  }

  const Options options_;
  asio::io_context network_{1};
  asio::thread_pool workers_;
  Questions questions_;
  Dispatch dispatch_;
  Service service_;
  std::deque<Acceptor> acceptors_;
  std::vector<Endpoint> endpoints_;
  std::set<std::shared_ptr<Session>> sessions_;
  std::atomic<std::size_t> open_{0};
  std::atomic<bool> ticking_{false};
  asio::steady_timer ticks_;
  asio::signal_set signals_;
  bool stopping_ = false;
};

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() = default;

Result<std::unique_ptr<Listener>> Listener::open(engine::Ledger& ledger, Options options) {
  auto impl = std::make_unique<Impl>(ledger, std::move(options));
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
