#include "server/client.h"

#include <kj/exception.h>
#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "server/endpoint.h"
#include "server/frames.h"
#include "server/tls.h"

namespace fodspor::server {

namespace {

namespace asio = boost::asio;

using Socket = asio::generic::stream_protocol::socket;

// What is held back before it is sent.
constexpr std::size_t held_bytes_max = 64u << 10;

Fault fault_of(wire::Fault fault) noexcept {
  switch (fault) {
    case wire::Fault::INVALID:
      return Fault::invalid;
    case wire::Fault::CONFLICT:
      return Fault::conflict;
    case wire::Fault::BUSY:
      return Fault::busy;
    case wire::Fault::NOT_FOUND:
      return Fault::not_found;
    case wire::Fault::TOO_LARGE:
      return Fault::too_large;
    case wire::Fault::CORRUPT:
      return Fault::corrupt;
    case wire::Fault::POISONED:
      return Fault::poisoned;
    case wire::Fault::UNAVAILABLE:
      return Fault::unavailable;
    case wire::Fault::STOPPED:
      return Fault::stopped;
    case wire::Fault::CANCELLED:
      return Fault::cancelled;
    case wire::Fault::DENIED:
      return Fault::denied;
    case wire::Fault::INTERNAL:
    case wire::Fault::UNSUPPORTED:
      break;
  }
  return Fault::unsupported;
}

// A server of another make answers what is no TLS with an alert, if it answers at all.
bool looks_like_tls_alert(std::span<const std::byte> first) {
  return first.size() >= 2 && first[0] == std::byte{0x15} && first[1] == std::byte{0x03};
}

}  // namespace

Failure failure_of(wire::Refusal::Reader refusal) {
  const auto message = refusal.getMessage();
  return {fault_of(refusal.getFault()), std::string(message.begin(), message.size())};
}

class Client::Impl {
 public:
  explicit Impl(Options options) : options_(std::move(options)), socket_(context_) {}

  Status connect() {
    FODSPOR_TRY(const Endpoint endpoint, Endpoint::look_up(options_.address));
    boost::system::error_code error;
    socket_.open(endpoint.address.protocol(), error);
    if (!error) socket_.non_blocking(true, error);
    if (!error) {
      // By hand, as Asio's own way of connecting waits without end.
      if (::connect(socket_.native_handle(), endpoint.address.data(), static_cast<socklen_t>(endpoint.address.size())) != 0) {
        if (errno != EINPROGRESS) return gone(std::strerror(errno));
        FODSPOR_TRY([[maybe_unused]] const short ready, wait_for(POLLOUT, options_.connect_within));
        int failed = 0;
        socklen_t size = sizeof failed;
        ::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &failed, &size);
        if (failed != 0) return gone(std::strerror(failed));
      }
      if (!endpoint.path) socket_.set_option(asio::ip::tcp::no_delay(true), error);
    }
    if (error) return gone(error.message());
    if (endpoint.tls) FODSPOR_DO(shake_hands(options_.host.empty() ? endpoint.host : options_.host));
    return hello();
  }

  Result<std::uint64_t> send(const Fill& fill) {
    capnp::MallocMessageBuilder message(64);
    auto request = message.initRoot<wire::Request>();
    request.setId(++last_id_);
    fill(request);
    const auto bytes = framed(message);
    held_.insert(held_.end(), bytes.begin(), bytes.end());
    if (held_.size() >= held_bytes_max) FODSPOR_DO(flush());
    return last_id_;
  }

  Status flush() {
    std::size_t sent = 0;
    while (sent < held_.size()) {
      FODSPOR_TRY(const std::size_t bytes, write_some(std::span(held_).subspan(sent)));
      sent += bytes;
      if (bytes > 0) continue;
      // The server may wait for us to take its answers, so those are taken meanwhile.
      FODSPOR_TRY(const short ready, wait_for(POLLOUT | POLLIN, options_.answer_within));
      if ((ready & POLLIN) == 0) continue;
      FODSPOR_TRY([[maybe_unused]] const bool took, take());
    }
    held_.clear();
    return {};
  }

  Result<std::unique_ptr<Frame>> next() {
    FODSPOR_DO(flush());
    for (;;) {
      FODSPOR_TRY(auto frame, frames_.next());
      if (frame) return frame;
      // Some of what came may wait in TLS, where poll does not see it.
      FODSPOR_TRY(const bool took, take());
      if (took) continue;
      FODSPOR_TRY([[maybe_unused]] const short ready, wait_for(POLLIN, options_.answer_within));
    }
  }

  // Cap'n Proto throws at what cannot be read.
  static Status read_frame(Frame& frame, const Read& read) {
    Status status;
    const auto thrown = kj::runCatchingExceptions([&] { status = read(frame.message().getRoot<wire::Answer>()); });
    KJ_IF_MAYBE (exception, thrown) {
      return fail(Fault::corrupt, "the server's answer cannot be read (" + std::string(exception->getDescription().cStr()) + ")");
    }
    return status;
  }

  Status ask(const Fill& fill, const Read& read) {
    FODSPOR_TRY(const std::uint64_t id, send(fill));
    FODSPOR_TRY(const auto frame, next());
    return read_frame(*frame, [&](wire::Answer::Reader answer) -> Status {
      if (answer.isRefusal()) return tl::make_unexpected(failure_of(answer.getRefusal()));
      if (answer.getId() != id) return fail(Fault::corrupt, "the server answered another request than the one that was asked");
      return read(answer);
    });
  }

  Welcome welcome_;

 private:
  Status hello() {
    return ask(
        [&](wire::Request::Builder request) {
          auto hello = request.initHello();
          hello.setVersion(wire::VERSION);
          hello.setToken(options_.token);
        },
        [&](wire::Answer::Reader answer) -> Status {
          if (!answer.isWelcome()) return fail(Fault::corrupt, "the server did not answer hello with a welcome");
          const auto said = answer.getWelcome();
          const auto software = said.getSoftware();
          welcome_ = {std::string(software.begin(), software.size()), {said.getPosition()}};
          return {};
        });
  }

  tl::unexpected<Failure> gone(std::string_view why) const {
    return fail(Fault::unavailable, options_.address + ": " + std::string(why) + "; see that `fodspor serve` runs there");
  }

  Result<short> wait_for(int events, std::chrono::milliseconds within) {
    pollfd waiting{socket_.native_handle(), static_cast<short>(events), 0};
    for (;;) {
      const int ready = ::poll(&waiting, 1, within.count() == 0 ? -1 : static_cast<int>(within.count()));
      if (ready > 0) return waiting.revents;
      if (ready == 0) return gone("no answer within " + std::to_string(within.count() / 1000) + " seconds");
      if (errno != EINTR) return gone(std::strerror(errno));
    }
  }

  Status shake_hands(const std::string& host) {
    FODSPOR_TRY(const TlsContext context, asking_context(options_.trust));
    tls_.emplace(context, Tls::Side::client, socket_.native_handle(), host);
    for (;;) {
      const Tls::Step step = tls_->shake_hands();
      if (step.error) return tls_failed(step);
      if (step.wants == Tls::Wants::nothing) return {};
      FODSPOR_TRY([[maybe_unused]] const short ready,
                  wait_for(step.wants == Tls::Wants::to_read ? POLLIN : POLLOUT, options_.connect_within));
    }
  }

  tl::unexpected<Failure> tls_failed(const Tls::Step& step) const {
    if (tls_->trouble().empty())
      return gone(step.error == asio::error::eof ? "the server has closed the connection" : step.error.message());
    return fail(Fault::unavailable, options_.address + ": " + tls_->trouble());
  }

  // None: the socket takes nothing now.
  Result<std::size_t> write_some(std::span<const std::byte> bytes) {
    if (tls_) {
      const Tls::Step step = tls_->write(bytes);
      if (step.error) return tls_failed(step);
      return step.bytes;
    }
    const ssize_t sent = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return 0;
    return gone(std::strerror(errno));
  }

  // False: nothing has come.
  Result<bool> take() {
    const auto room = frames_.room();
    std::size_t bytes = 0;
    if (tls_) {
      const Tls::Step step = tls_->read(room);
      if (step.error) return tls_failed(step);
      bytes = step.bytes;
    } else {
      const ssize_t received = ::recv(socket_.native_handle(), room.data(), room.size(), 0);
      if (received == 0) return gone("the server has closed the connection");
      if (received < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return gone(std::strerror(errno));
      bytes = received < 0 ? 0 : static_cast<std::size_t>(received);
      if (!heard_ && looks_like_tls_alert(room.first(bytes))) {
        return fail(Fault::unavailable, options_.address + ": the server speaks TLS there: write tls: in front of the address");
      }
    }
    if (bytes == 0) return false;
    heard_ = true;
    frames_.got(bytes);
    return true;
  }

  const Options options_;
  asio::io_context context_;
  Socket socket_;
  std::optional<Tls> tls_;
  bool heard_ = false;  // anything at all
  FrameReader frames_;
  std::vector<std::byte> held_;
  std::uint64_t last_id_ = 0;
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::connect(Options options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  FODSPOR_DO(impl->connect());
  return std::unique_ptr<Client>(new Client(std::move(impl)));
}

const Client::Welcome& Client::welcome() const noexcept {
  return impl_->welcome_;
}
Status Client::ask(const Fill& fill, const Read& read) {
  return impl_->ask(fill, read);
}
Result<std::uint64_t> Client::send(const Fill& fill) {
  return impl_->send(fill);
}
Status Client::flush() {
  return impl_->flush();
}
Status Client::receive(const Read& read) {
  FODSPOR_TRY(const auto frame, impl_->next());
  return Impl::read_frame(*frame, read);
}

}  // namespace fodspor::server
