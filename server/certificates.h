// The certificate that a server shows, and whose it takes: read from files, and again when they change. Owned by the server; any thread.
// A connection keeps what it began with.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "server/kept_file.h"
#include "server/tls_context.h"

namespace fodspor::server {

class Certificates {
 public:
  // Faults as of serving_context(): a server does not begin with what it cannot read.
  static Result<std::unique_ptr<Certificates>> open(CertificateFiles files);
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  TlsContext current() const;

  // The next refresh() reads them, whether they look changed or not. Of a signal, say.
  void ask_again() noexcept { asked_.store(true, std::memory_order_relaxed); }
  // Reads the files if any of them has become another; true if it had. Certificate and key are replaced one after the other, so what does
  // not fit together is a Failure each time until it does, and what was read last goes on holding. One caller at a time.
  Result<bool> refresh();

 private:
  using AllSeen = std::array<std::optional<FileStamp>, 3>;

  explicit Certificates(CertificateFiles files) : files_(std::move(files)) {}
  AllSeen look() const;

  const CertificateFiles files_;
  std::atomic<bool> asked_{false};
  AllSeen seen_;  // of those that were read well
  mutable std::mutex mutex_;
  TlsContext current_;  // guarded by it
};

}  // namespace fodspor::server
