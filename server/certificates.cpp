#include "server/certificates.h"

#include <sys/stat.h>

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
  const auto one = [](const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return Seen{};
    return Seen{status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
                std::int64_t{status.st_ctim.tv_sec} * 1'000'000'000 + status.st_ctim.tv_nsec};
  };
  return {one(files_.certificate), one(files_.key), files_.client_ca ? one(*files_.client_ca) : Seen{}};
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
