#include "server/tls_context.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "server/bounds.h"
#include "server/kept_file.h"
#include "server/openssl_owned.h"

namespace fodspor::server {

namespace fs = std::filesystem;

namespace {

tl::unexpected<Failure> cannot_read(const fs::path& path, int error) {
  return fail(Fault::unavailable, path.string() + ": cannot be read: " + std::strerror(error));
}

enum class Secrecy : bool { open, secret };

Result<std::string> content_of(const fs::path& path, Secrecy secrecy) {
  const Descriptor file(path, O_RDONLY | O_NONBLOCK);
  if (!file.open()) return cannot_read(path, file.error());
  struct stat status {};
  if (::fstat(*file, &status) != 0) return cannot_read(path, errno);
  if (!S_ISREG(status.st_mode)) return fail(Fault::unavailable, path.string() + ": is no file");
  if (secrecy == Secrecy::secret && (status.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    return fail(Fault::invalid,
                path.string() + ": everybody on this machine may read this key; make a new one, and see to it with chmod 600");
  }
  std::string content(Bounds::certificate_file_bytes_max + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t bytes = ::read(*file, content.data() + size, content.size() - size);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return cannot_read(path, errno);
    if (bytes == 0) break;
    size += static_cast<std::size_t>(bytes);
  }
  if (size > Bounds::certificate_file_bytes_max) {
    return fail(Fault::too_large, path.string() + ": is larger than " + std::to_string(Bounds::certificate_file_bytes_max >> 10) +
                                      " KiB, so it is no file of certificates");
  }
  content.resize(size);
  return content;
}

// A key that takes a password is not asked for one.
int no_password(char*, int, int, void*) {
  return 0;
}

Bio reader_of(const std::string& content) {
  return Bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
}

Result<std::vector<Certificate>> certificates_in(const fs::path& path) {
  FODSPOR_TRY(const std::string content, content_of(path, Secrecy::open));
  const Bio reader = reader_of(content);
  std::vector<Certificate> certificates;
  while (Certificate next{PEM_read_bio_X509(reader.get(), nullptr, no_password, nullptr)}) certificates.push_back(std::move(next));
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (certificates.empty() || !at_end) {
    return fail(Fault::invalid, path.string() + ": holds no certificates that can be read; it has to be PEM, -----BEGIN CERTIFICATE-----");
  }
  return certificates;
}

Result<Key> key_in(const fs::path& path) {
  FODSPOR_TRY(const std::string content, content_of(path, Secrecy::secret));
  const Bio reader = reader_of(content);
  Key key{PEM_read_bio_PrivateKey(reader.get(), nullptr, no_password, nullptr)};
  ERR_clear_error();
  if (!key) {
    return fail(
        Fault::invalid,
        path.string() + ": holds no private key that can be read; it has to be PEM, -----BEGIN PRIVATE KEY-----, without a password");
  }
  return key;
}

Result<TlsContext> context(const SSL_METHOD* method) {
  TlsContext made(SSL_CTX_new(method), Freed<SSL_CTX_free>());
  if (!made) return fail(Fault::unavailable, "TLS cannot be set up: out of memory");
  SSL_CTX_set_min_proto_version(made.get(), TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(made.get(), TLS1_3_VERSION);
  SSL_CTX_set_mode(made.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(made.get(), 0);
  SSL_CTX_set_max_cert_list(made.get(), static_cast<long>(Bounds::certificates_shown_bytes_max));
  SSL_CTX_set_verify_depth(made.get(), Bounds::certificate_chain_max);
  return made;
}

Status show(SSL_CTX* context, const fs::path& certificate_file, const fs::path& key_file) {
  FODSPOR_TRY(const auto certificates, certificates_in(certificate_file));
  FODSPOR_TRY(const Key key, key_in(key_file));
  const auto refused = [&](std::string_view why) {
    ERR_clear_error();
    return fail(Fault::invalid, certificate_file.string() + ": " + std::string(why));
  };
  if (SSL_CTX_use_certificate(context, certificates.front().get()) != 1)
    return refused("its certificate cannot be used; its key may be too weak");
  for (std::size_t i = 1; i < certificates.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, certificates[i].get()) != 1) return refused("one of the certificates in it cannot be used");
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return refused("its first certificate is not that of the key in " + key_file.string());
  }
  return {};
}

Status trust(SSL_CTX* context, const fs::path& file) {
  FODSPOR_TRY(const auto certificates, certificates_in(file));
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const Certificate& certificate : certificates) {
    if (X509_STORE_add_cert(store, certificate.get()) != 1)
      return fail(Fault::invalid, file.string() + ": a certificate in it cannot be used");
  }
  return {};
}

}  // namespace

Result<TlsContext> serving_context(const CertificateFiles& files) {
  FODSPOR_TRY(TlsContext made, context(TLS_server_method()));
  FODSPOR_DO(show(made.get(), files.certificate, files.key));
  if (!files.client_ca) return made;
  FODSPOR_DO(trust(made.get(), *files.client_ca));
  // Which authorities are meant, so that a client with several certificates shows the right one.
  FODSPOR_TRY(const auto authorities, certificates_in(*files.client_ca));
  for (const Certificate& authority : authorities) SSL_CTX_add_client_CA(made.get(), authority.get());
  SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return made;
}

Result<TlsContext> asking_context(const TrustFiles& files) {
  FODSPOR_TRY(TlsContext made, context(TLS_client_method()));
  SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER, nullptr);
  if (files.trusted) {
    FODSPOR_DO(trust(made.get(), *files.trusted));
    // So that the server's own certificate will do, whoever signed it.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(made.get()), X509_V_FLAG_PARTIAL_CHAIN);
  } else {
    SSL_CTX_set_default_verify_paths(made.get());
  }
  if (files.certificate.has_value() != files.key.has_value()) return fail(Fault::invalid, "a certificate to show goes with its key");
  if (files.certificate) FODSPOR_DO(show(made.get(), *files.certificate, *files.key));
  return made;
}

}  // namespace fodspor::server
