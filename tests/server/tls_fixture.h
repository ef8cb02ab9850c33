// Certificates in a test: a folder of its own, with a server's certificate and key, as `fodspor certificate` makes them. Owned by one
// scenario; the folder goes with it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "server/certificates.h"
#include "tests/server/socket_fixture.h"

namespace fodspor::server::tests {

class TlsFolder {
 public:
  // For localhost and 127.0.0.1, from now on.
  TlsFolder();
  ~TlsFolder();
  TlsFolder(const TlsFolder&) = delete;
  TlsFolder& operator=(const TlsFolder&) = delete;

  // NAME.pem and NAME.key.pem; over what stands there.
  void make(const std::string& name, const std::vector<std::string>& hosts, int from_days_ago = 0, std::uint32_t days = 2) const;
  void write(const std::string& file, const std::string& content) const;
  std::filesystem::path certificate(const std::string& name = "server") const { return folder_ / (name + ".pem"); }
  std::filesystem::path key(const std::string& name = "server") const { return folder_ / (name + ".key.pem"); }
  CertificateFiles files(const std::string& name = "server") const { return {certificate(name), key(name), {}}; }

 private:
  std::filesystem::path folder_;
};

// Doors over TLS on a port of this machine, with what is in those files.
Doors tls_doors(Certificates& certificates);

// A client over TLS, which trusts what is in that file.
Result<std::unique_ptr<Client>> tls_client(const std::string& address, const std::string& token, const TrustFiles& trust,
                                           const std::string& host = {});

}  // namespace fodspor::server::tests
