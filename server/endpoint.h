// Where a server listens, as people write it: "unix:/run/fodspor/socket", "127.0.0.1:7411", "[::1]:7411", "localhost:7411", and with TLS
// "tls:0.0.0.0:7411". A value.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "events/failure.h"

namespace fodspor::server {

using namespace fodspor::events;

struct Endpoint {
  boost::asio::generic::stream_protocol::endpoint address;
  std::string text;                                      // as it is written, with the port that it really has
  std::optional<std::filesystem::path> path;             // of a Unix socket
  using File = std::pair<std::uint64_t, std::uint64_t>;  // device and inode
  std::optional<File> file;                              // that a server made there, so that it removes no other's
  bool loopback = false;                                 // nobody on another machine can reach it
  bool tls = false;
  std::string host;  // of TCP, as it was written

  // Fault::invalid: it cannot be read as one. No names are looked up but localhost.
  static Result<Endpoint> parse(std::string_view text);
  // The same for who connects: a name is looked up, which may take its time. Fault::unavailable: it is not known.
  static Result<Endpoint> look_up(std::string_view text);
  // Of a TCP socket that was bound to port 0, with the port that it got.
  static Endpoint of(const boost::asio::generic::stream_protocol::endpoint& address, bool tls = false);
};

}  // namespace fodspor::server
