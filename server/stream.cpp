#include "server/stream.h"

#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <cerrno>

namespace fodspor::server {

namespace {

namespace asio = boost::asio;

// What a TLS conversation begins with: a record of the handshake.
constexpr unsigned char tls_first_byte = 0x16;

}  // namespace

Stream::Stream(Socket socket, const TlsContext& context) : socket_(std::move(socket)) {
  boost::system::error_code ignored;  // of a socket that cannot be used; the first read tells
  socket_.native_non_blocking(true, ignored);
  tls_ = std::make_unique<Tls>(context, Tls::Side::server, socket_.native_handle());
}

bool looks_like_tls(std::span<const std::byte> first) noexcept {
  return first.size() >= 2 && first[0] == std::byte{tls_first_byte} && first[1] == std::byte{0x03};
}

Tls::Step Stream::read_here(std::span<std::byte> room) {
  const auto failed = [](boost::system::error_code error) { return Tls::Step{0, Tls::Wants::nothing, error}; };
  if (!tls_ || !socket_.is_open()) return failed(asio::error::operation_aborted);
  if (!begun_) {
    unsigned char first = 0;
    const ssize_t bytes = ::recv(socket_.native_handle(), &first, 1, MSG_PEEK);
    if (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return {0, Tls::Wants::to_read, {}};
    if (bytes < 0) return failed({errno, boost::system::system_category()});
    if (bytes == 0) return failed(asio::error::eof);
    begun_ = true;
    if (first != tls_first_byte) {
      tls_.reset();
      turned_plain_ = true;
      trouble_ = "the client does not speak TLS, and this address takes nothing else";
      return failed(boost::system::errc::make_error_code(boost::system::errc::protocol_error));
    }
  }
  const Tls::Step step = tls_->read(room);
  if (step.error) trouble_ = tls_->trouble();
  return step;
}

void Stream::give_up_tls() {
  tls_.reset();
}

Tls::Step Stream::write_here(std::span<const std::byte> bytes) {
  if (!tls_ || !socket_.is_open()) return {0, Tls::Wants::nothing, asio::error::operation_aborted};
  if (bytes.empty()) return {};
  const Tls::Step step = tls_->write(bytes);
  if (step.error) trouble_ = tls_->trouble();
  return step;
}

void Stream::shut_down_send() {
  if (tls_) tls_->say_goodbye();
  boost::system::error_code ignored;  // of a socket that is closed next
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Stream::close() {
  if (tls_) {
    tls_->say_goodbye();
    tls_->let_go();
  }
  boost::system::error_code ignored;  // of a socket that nobody looks at any more
  socket_.shutdown(Socket::shutdown_both, ignored);
  socket_.close(ignored);
}

}  // namespace fodspor::server
