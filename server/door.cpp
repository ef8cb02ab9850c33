#include "server/door.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>

namespace fodspor::server {

namespace asio = boost::asio;

namespace {

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

Status may_be_opened(const Endpoint& endpoint, bool has_certificate) {
  constexpr std::string_view make_one =
      "make a certificate with `fodspor certificate HOST`, which writes certificate.pem and key.pem, and serve with --certificate "
      "certificate.pem --key key.pem";
  if (endpoint.tls && !has_certificate) {
    return fail(Fault::invalid, endpoint.text + ": TLS takes a certificate: " + std::string(make_one));
  }
  if (!endpoint.tls && !endpoint.loopback) {
    return fail(Fault::invalid, endpoint.text + ": other machines can reach this address, and what goes over it would not be encrypted: " +
                                    (has_certificate ? "" : std::string(make_one) + ", and ") + "listen on tls:" + endpoint.text);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Door>> Door::open(asio::io_context& network, const std::string& address, Speaks speaks, bool has_certificate) {
  FODSPOR_TRY(Endpoint endpoint, Endpoint::parse(address));
  FODSPOR_DO(may_be_opened(endpoint, has_certificate));
  std::unique_ptr<Door> door(new Door(network, speaks));
  FODSPOR_DO(door->listen(std::move(endpoint)));
  return door;
}

Status Door::listen(Endpoint endpoint) {
  const auto cannot = [&](std::string_view what, const boost::system::error_code& error) {
    return fail(Fault::unavailable, endpoint.text + ": cannot " + std::string(what) + ": " + error.message());
  };
  if (endpoint.path && is_stale(endpoint)) ::unlink(endpoint.path->c_str());
  boost::system::error_code error;
  acceptor_.open(endpoint.address.protocol(), error);
  if (!endpoint.path && !error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint.address, error);
  if (error) return cannot("be bound", error);
  if (endpoint.path && ::chmod(endpoint.path->c_str(), socket_mode) != 0) {
    return cannot("be given its permissions", boost::system::error_code(errno, boost::system::system_category()));
  }
  if (endpoint.path) endpoint.file = file_at(*endpoint.path);
  acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return cannot("be listened on", error);
  if (!endpoint.path) endpoint = Endpoint::of(acceptor_.local_endpoint(error), endpoint.tls);
  endpoint_ = std::move(endpoint);
  return {};
}

void Door::close() {
  boost::system::error_code ignored;  // it is closed either way
  acceptor_.close(ignored);
}

Door::~Door() {
  if (endpoint_.path && file_at(*endpoint_.path) == endpoint_.file) ::unlink(endpoint_.path->c_str());
}

}  // namespace fodspor::server
