// TLS 1.3 of one connection, over a socket that does not block: each call does what it can and says what it waits for. Owned by the
// connection's stream, on its thread; the client of the socket waits with it by itself. The descriptor is borrowed.
#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

struct ssl_st;
struct ssl_ctx_st;

namespace fodspor::server {

// Certificates, keys and whom to trust, as tls_context.h makes it: shared by all connections that began with it, and never changed.
using TlsContext = std::shared_ptr<ssl_ctx_st>;

class Tls {
 public:
  enum class Wants : std::uint8_t { nothing, to_read, to_write };  // the socket has to be ready for
  struct Step {
    std::size_t bytes = 0;
    Wants wants = Wants::nothing;
    // Of end of file too, whether or not the other side said goodbye: a message that was cut is seen by its frame.
    boost::system::error_code error;
  };

  enum class Side : std::uint8_t { server, client };
  // `host`: what a client's server has to be, by its certificate.
  Tls(const TlsContext& context, Side side, int descriptor, const std::string& host = {});
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  // The first of them shake hands as well.
  Step read(std::span<std::byte> room);
  Step write(std::span<const std::byte> bytes);
  Step shake_hands();
  // Says that nothing more will come, if there is room for it.
  void say_goodbye();
  // The descriptor is not touched from here on: it is closed, and its number may be another's.
  void let_go() noexcept { descriptor_ = -1; }

  // After an error that TLS found: what it was, as half a sentence; else empty.
  const std::string& trouble() const noexcept { return trouble_; }
  // The other side sent something that is no TLS at all.
  bool other_is_plain() const noexcept { return other_is_plain_; }

 private:
  friend struct SocketBio;
  struct Free {
    void operator()(ssl_st* ssl) const noexcept;
  };
  Step step(int result);
  std::string described(int reason) const;

  std::unique_ptr<ssl_st, Free> ssl_;
  const Side side_;
  int descriptor_;
  bool failed_ = false;
  bool other_is_plain_ = false;
  std::string trouble_;
};

}  // namespace fodspor::server
