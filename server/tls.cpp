#include "server/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <limits>

#include "events/failure.h"

namespace fodspor::server {

namespace asio = boost::asio;

// OpenSSL's own socket BIO writes with write(), which ends the process with SIGPIPE where the other side has gone.
struct SocketBio {
  static Tls& tls(BIO* bio) { return *static_cast<Tls*>(BIO_get_data(bio)); }

  static int result(BIO* bio, ssize_t bytes, int again) {
    BIO_clear_retry_flags(bio);
    if (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_flags(bio, again | BIO_FLAGS_SHOULD_RETRY);
    return static_cast<int>(bytes);
  }
  static int read(BIO* bio, char* room, int size) {
    return result(bio, ::recv(tls(bio).descriptor_, room, static_cast<std::size_t>(size), 0), BIO_FLAGS_READ);
  }
  static int write(BIO* bio, const char* bytes, int size) {
    return result(bio, ::send(tls(bio).descriptor_, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL), BIO_FLAGS_WRITE);
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static const BIO_METHOD* method() {
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
      FODSPOR_CHECK(method != nullptr);
      BIO_meth_set_read(method, read);
      BIO_meth_set_write(method, write);
      BIO_meth_set_ctrl(method, control);
      return method;
    }();
    return made;
  }
};

void Tls::Free::operator()(ssl_st* ssl) const noexcept {
  SSL_free(ssl);
}

Tls::Tls(const TlsContext& context, Side side, int descriptor, const std::string& host)
    : ssl_(SSL_new(context.get())), side_(side), descriptor_(descriptor) {
  BIO* bio = ssl_ ? BIO_new(SocketBio::method()) : nullptr;
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  if (side == Side::server) {
    SSL_set_accept_state(ssl_.get());
    return;
  }
  SSL_set_connect_state(ssl_.get());
  boost::system::error_code no_address;
  asio::ip::make_address(host, no_address);
  if (!no_address) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str());
    return;
  }
  SSL_set_hostflags(ssl_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  FODSPOR_CHECK(SSL_set1_host(ssl_.get(), host.c_str()) == 1);
  // What the macro SSL_set_tlsext_host_name does, whose cast is of the old style.
  std::string indicated = host;
  SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, indicated.data());
}

Tls::~Tls() = default;

namespace {

int int_size(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

Tls::Step Tls::read(std::span<std::byte> room) {
  ERR_clear_error();
  return step(SSL_read(ssl_.get(), room.data(), int_size(room.size())));
}

Tls::Step Tls::write(std::span<const std::byte> bytes) {
  ERR_clear_error();
  return step(SSL_write(ssl_.get(), bytes.data(), int_size(bytes.size())));
}

Tls::Step Tls::shake_hands() {
  ERR_clear_error();
  return step(SSL_do_handshake(ssl_.get()));
}

void Tls::say_goodbye() {
  if (failed_ || SSL_in_init(ssl_.get()) != 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

Tls::Step Tls::step(int result) {
  Step step;
  if (result > 0) {
    step.bytes = static_cast<std::size_t>(result);
    return step;
  }
  const int system_error = errno;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      step.wants = Wants::to_read;
      return step;
    case SSL_ERROR_WANT_WRITE:
      step.wants = Wants::to_write;
      return step;
    case SSL_ERROR_ZERO_RETURN:
      step.error = asio::error::eof;
      return step;
    case SSL_ERROR_SYSCALL:
      failed_ = true;
      step.error = result == 0 || system_error == 0 ? boost::system::error_code(asio::error::eof)
                                                    : boost::system::error_code(system_error, boost::system::system_category());
      return step;
    default:
      break;
  }
  failed_ = true;
  const int reason = ERR_GET_REASON(ERR_peek_error());
  ERR_clear_error();
  if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    step.error = asio::error::eof;
    return step;
  }
  other_is_plain_ = SSL_in_init(ssl_.get()) != 0 && (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
                                                     reason == SSL_R_HTTPS_PROXY_REQUEST || reason == SSL_R_PACKET_LENGTH_TOO_LONG);
  trouble_ = described(reason);
  step.error = boost::system::errc::make_error_code(boost::system::errc::protocol_error);
  return step;
}

std::string Tls::described(int reason) const {
  const std::string_view other = side_ == Side::server ? "the client" : "the server";
  const auto said = [&](std::string_view what) { return std::string(other) + " " + std::string(what); };
  if (other_is_plain_) return said("does not speak TLS");
  switch (reason) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return said("speaks no TLS 1.3, and nothing older is spoken here");
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return said("shows no certificate, and one is demanded here");
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return said("demands a certificate, and none was given to show");
    case SSL_R_CERTIFICATE_VERIFY_FAILED: {
      const long why = SSL_get_verify_result(ssl_.get());
      return said("shows a certificate that is not to be trusted (" + std::string(X509_verify_cert_error_string(why)) + ")");
    }
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      return said("does not trust the certificate that it was shown");
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      return said("was shown a certificate that has expired");
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
      return said("does not take the certificate that it was shown");
    default:
      break;
  }
  const char* text = ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, reason));
  return "TLS with " + std::string(other) + " failed (" + (text == nullptr ? "reason " + std::to_string(reason) : std::string(text)) + ")";
}

}  // namespace fodspor::server
