// One address that a server listens on: bound, with the permissions that a Unix socket wants, and its file taken away at the end. Owned by
// the listener, on the network's thread.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "server/endpoint.h"

namespace fodspor::server {

class Door {
 public:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;
  enum class Speaks : std::uint8_t { protocol, http };

  // Listening when it returns. Fault::invalid (an address; one that other machines can reach and that takes no TLS, or that takes TLS
  // without a certificate), unavailable (in use, no permission).
  static Result<std::unique_ptr<Door>> open(boost::asio::io_context& network, const std::string& address, Speaks speaks,
                                            bool has_certificate);
  ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  const Endpoint& endpoint() const noexcept { return endpoint_; }  // with the port that it really has
  Speaks speaks() const noexcept { return speaks_; }
  Acceptor& acceptor() noexcept { return acceptor_; }
  void close();

 private:
  Door(boost::asio::io_context& network, Speaks speaks) : acceptor_(network), speaks_(speaks) {}
  Status listen(Endpoint endpoint);

  Acceptor acceptor_;
  Endpoint endpoint_;
  const Speaks speaks_;
};

}  // namespace fodspor::server
