// Certificates, keys and whom to trust, read from files into what TLS works with. TLS 1.3 alone, no session is resumed, and an idle
// connection holds no buffers. Any thread; the files are read here and not again.
#pragma once

#include <filesystem>
#include <optional>

#include "events/failure.h"
#include "server/tls.h"

namespace fodspor::server {

using namespace fodspor::events;

// Of a server. All are PEM.
struct CertificateFiles {
  std::filesystem::path certificate;               // its own first, then those between it and its authority
  std::filesystem::path key;                       // that not everybody may read
  std::optional<std::filesystem::path> client_ca;  // then a client must show a certificate that chains to one of these
};

// Fault::invalid: what stands in a file is not what it has to be, or key and certificate do not belong together; unavailable: it cannot be
// read. Both name the file.
Result<TlsContext> serving_context(const CertificateFiles& files);

// Of a client.
struct TrustFiles {
  std::optional<std::filesystem::path> trusted;      // authorities, or the server's own certificate; none: those that the system trusts
  std::optional<std::filesystem::path> certificate;  // to show, with its key, where a server demands one
  std::optional<std::filesystem::path> key;
};
Result<TlsContext> asking_context(const TrustFiles& files);

}  // namespace fodspor::server
