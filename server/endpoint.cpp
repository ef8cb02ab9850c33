#include "server/endpoint.h"

#include <sys/un.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <charconv>
#include <cstring>

namespace fodspor::server {

namespace {

namespace asio = boost::asio;

constexpr std::string_view unix_mark = "unix:";
constexpr std::string_view tls_mark = "tls:";

tl::unexpected<Failure> unreadable(std::string_view text, std::string_view why) {
  return fail(Fault::invalid, "'" + std::string(text) + "' is no address to listen on: " + std::string(why) +
                                  "; write unix:/path/of/socket, 127.0.0.1:7411, [::1]:7411 or tls:0.0.0.0:7411");
}

std::string text_of(const asio::ip::tcp::endpoint& at) {
  const std::string host = at.address().to_string();
  return (at.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(at.port());
}

}  // namespace

Endpoint Endpoint::of(const asio::generic::stream_protocol::endpoint& address, bool tls) {
  Endpoint endpoint;
  endpoint.tls = tls;
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
  endpoint.text = (tls ? std::string(tls_mark) : std::string()) + text_of(tcp);
  endpoint.host = tcp.address().to_string();
  endpoint.loopback = tcp.address().is_loopback();
  return endpoint;
}

namespace {

enum class Names : bool { not_looked_up, looked_up };

Result<asio::ip::tcp::endpoint> found(std::string_view text, const std::string& host, std::uint16_t port, Names names) {
  boost::system::error_code failed;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, failed);
  if (!failed) return asio::ip::tcp::endpoint(address, port);
  if (names == Names::not_looked_up) return unreadable(text, "'" + host + "' is no IP address");
  asio::io_context context;
  const auto all = asio::ip::tcp::resolver(context).resolve(host, std::to_string(port), failed);
  if (failed || all.empty()) return fail(Fault::unavailable, "'" + host + "' is no address that is known here: " + failed.message());
  return all.begin()->endpoint();
}

Result<Endpoint> of_unix(std::string_view text) {
  const std::string path(text.substr(unix_mark.size()));
  if (path.empty()) return unreadable(text, "the path is missing");
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return unreadable(text, "the path of a Unix socket has at most " + std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes");
  }
  return Endpoint::of(asio::local::stream_protocol::endpoint(path));
}

Result<Endpoint> of_text(std::string_view text, Names names) {
  if (text.starts_with(unix_mark)) return of_unix(text);
  const bool tls = text.starts_with(tls_mark);
  const std::string_view rest = tls ? text.substr(tls_mark.size()) : text;
  if (tls && rest.starts_with(unix_mark)) return unreadable(text, "a Unix socket takes no TLS, as nobody can listen in");
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) return unreadable(text, "the port is missing");
  std::uint16_t port = 0;
  const std::string_view digits = rest.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return unreadable(text, "the port is a number from 0 to 65535");
  }
  std::string_view host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return unreadable(text, "the host is missing");
  FODSPOR_TRY(const auto address, found(text, std::string(host), port, names));
  Endpoint endpoint = Endpoint::of(address, tls);
  endpoint.host = host;
  return endpoint;
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text) {
  return of_text(text, Names::not_looked_up);
}

Result<Endpoint> Endpoint::look_up(std::string_view text) {
  return of_text(text, Names::looked_up);
}

}  // namespace fodspor::server
