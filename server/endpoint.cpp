#include "server/endpoint.h"

#include <sys/un.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <charconv>
#include <cstring>

namespace fodspor::server {

namespace {

namespace asio = boost::asio;

constexpr std::string_view unix_mark = "unix:";

tl::unexpected<Failure> unreadable(std::string_view text, std::string_view why) {
  return fail(Fault::invalid, "'" + std::string(text) + "' is no address to listen on: " + std::string(why) +
                                  "; write unix:/path/of/socket, 127.0.0.1:7411 or [::1]:7411");
}

std::string text_of(const asio::ip::tcp::endpoint& at) {
  const std::string host = at.address().to_string();
  return (at.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(at.port());
}

}  // namespace

Endpoint Endpoint::of(const asio::generic::stream_protocol::endpoint& address) {
  Endpoint endpoint;
  endpoint.address = address;
  if (address.protocol().family() == AF_UNIX) {
    sockaddr_un local{};
    std::memcpy(&local, address.data(), std::min<std::size_t>(address.size(), sizeof local));
    endpoint.path = std::filesystem::path(local.sun_path);
    endpoint.text = std::string(unix_mark) + endpoint.path->string();
    endpoint.loopback = true;
    return endpoint;
  }
  asio::ip::tcp::endpoint tcp;
  std::memcpy(tcp.data(), address.data(), std::min<std::size_t>(address.size(), tcp.capacity()));
  tcp.resize(address.size());
  endpoint.text = text_of(tcp);
  endpoint.loopback = tcp.address().is_loopback();
  return endpoint;
}

Result<Endpoint> Endpoint::parse(std::string_view text) {
  if (text.starts_with(unix_mark)) {
    const std::string path(text.substr(unix_mark.size()));
    if (path.empty()) return unreadable(text, "the path is missing");
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
      return unreadable(text, "the path of a Unix socket has at most " + std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes");
    }
    return of(asio::local::stream_protocol::endpoint(path));
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return unreadable(text, "the port is missing");
  std::uint16_t port = 0;
  const std::string_view digits = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return unreadable(text, "the port is a number from 0 to 65535");
  }
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return unreadable(text, "the host is missing");
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code failed;
  if (const auto address = asio::ip::make_address(host, failed); !failed) return of(asio::ip::tcp::endpoint(address, port));
  return unreadable(text, "'" + std::string(host) + "' is no IP address");
}

}  // namespace fodspor::server
