#include "server/certificates.h"

namespace fodspor::server {

Result<std::unique_ptr<Certificates>> Certificates::open(CertificateFiles files) {
  std::unique_ptr<Certificates> opened(new Certificates(std::move(files)));
  opened->ask_again();
  FODSPOR_TRY([[maybe_unused]] const bool read, opened->refresh());
  return opened;
}

TlsContext Certificates::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Certificates::AllSeen Certificates::look() const {
  // What cannot be looked at is read, which tells why not.
  const auto one = [](const std::filesystem::path& path) { return stamp_at(path).value_or(std::nullopt); };
  return {one(files_.certificate), one(files_.key), files_.client_ca ? one(*files_.client_ca) : std::nullopt};
}

Result<bool> Certificates::refresh() {
  // Before the files are read: what changes meanwhile is seen the next time.
  const AllSeen now = look();
  const bool asked = asked_.exchange(false, std::memory_order_relaxed);
  if (!asked && now == seen_) return false;
  FODSPOR_TRY(TlsContext fresh, serving_context(files_));
  seen_ = now;
  const std::lock_guard lock(mutex_);
  current_ = std::move(fresh);
  return true;
}

}  // namespace fodspor::server
