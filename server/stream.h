// The bytes of one connection, plain or through TLS, as Asio and Beast read and write them. Owned by its session, on the network's thread.
// A connection that is idle holds no buffers here.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "server/tls.h"

namespace fodspor::server {

// Whether these are the first bytes of TLS, where something else is spoken.
bool looks_like_tls(std::span<const std::byte> first) noexcept;

class Stream {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;
  using executor_type = Socket::executor_type;

  explicit Stream(Socket socket) : socket_(std::move(socket)) {}
  // Shakes hands as a server with its first read.
  Stream(Socket socket, const TlsContext& context);

  executor_type get_executor() { return socket_.get_executor(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (!tls_) return socket_.async_read_some(buffers, std::forward<Token>(token));
    return through_tls([this, buffers] { return read_here(first_of(buffers)); }, std::forward<Token>(token));
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (!tls_) return socket_.async_write_some(buffers, std::forward<Token>(token));
    return through_tls(
        [this, buffers] {
          // Small answers share a record. What could not be written is gathered again, and is then the same.
          std::array<std::byte, record_bytes_max> gathered;
          return write_here({gathered.data(), boost::asio::buffer_copy(boost::asio::buffer(gathered), buffers)});
        },
        std::forward<Token>(token));
  }

  // After trouble: what still comes is read as it is, to be thrown away. Nothing may be written any more.
  void give_up_tls();
  // Nothing more will be sent.
  void shut_down_send();
  void close();

  // Why reading or writing failed, where TLS is the reason; half a sentence.
  const std::string& trouble() const noexcept { return trouble_; }
  // TLS was to be spoken here, and what came is no TLS. From here on the stream is plain, so that this can be answered in words.
  bool turned_plain() const noexcept { return turned_plain_; }

 private:
  static constexpr std::size_t record_bytes_max = 16u << 10;

  template <class Buffers>
  static std::span<std::byte> first_of(const Buffers& buffers) {
    for (auto it = boost::asio::buffer_sequence_begin(buffers); it != boost::asio::buffer_sequence_end(buffers); ++it) {
      const boost::asio::mutable_buffer buffer(*it);
      if (buffer.size() > 0) return {static_cast<std::byte*>(buffer.data()), buffer.size()};
    }
    return {};
  }

  // Tries, waits for the socket, tries again. What succeeds at once is told in a turn of its own, as Asio does.
  template <class Attempt>
  struct Trying {
    Stream& stream;
    Attempt attempt;
    bool waited = false;
    bool done = false;
    Tls::Step step{};

    template <class Self>
    void operator()(Self& self, const boost::system::error_code& error = {}) {
      if (done) return self.complete(step.error, step.bytes);
      if (error) return self.complete(error, 0);
      step = attempt();
      if (step.wants != Tls::Wants::nothing) {
        waited = true;
        const auto what = step.wants == Tls::Wants::to_read ? Socket::wait_read : Socket::wait_write;
        return stream.socket_.async_wait(what, std::move(self));
      }
      if (waited) return self.complete(step.error, step.bytes);
      done = true;
      boost::asio::post(stream.get_executor(), std::move(self));
    }
  };

  template <class Attempt, class Token>
  auto through_tls(Attempt attempt, Token&& token) {
    return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(Trying<Attempt>{*this, std::move(attempt)},
                                                                                           token, socket_);
  }

  Tls::Step read_here(std::span<std::byte> room);
  Tls::Step write_here(std::span<const std::byte> bytes);

  Socket socket_;
  std::unique_ptr<Tls> tls_;  // its descriptor is the socket's
  bool begun_ = false;        // the first byte was seen
  bool turned_plain_ = false;
  std::string trouble_;
};

}  // namespace fodspor::server
