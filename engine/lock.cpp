#include "engine/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace fodspor::engine {
namespace {

// f_type of statfs(2).
constexpr std::array<std::pair<std::uint32_t, const char*>, 9> network_file_systems{{{0x6969, "NFS"},
                                                                                     {0x517b, "SMB"},
                                                                                     {0xff534d42, "CIFS"},
                                                                                     {0xfe534d42, "SMB2"},
                                                                                     {0x00c36400, "Ceph"},
                                                                                     {0x5346414f, "AFS"},
                                                                                     {0x73757245, "Coda"},
                                                                                     {0x01021997, "9P"},
                                                                                     {0x0bd00bd0, "Lustre"}}};

}  // namespace

Status refuse_network_file_system(const std::filesystem::path& directory) {
  struct statfs info {};
  if (::statfs(directory.c_str(), &info) != 0) return fail(Fault::unavailable, directory.string() + ": " + std::strerror(errno));
  for (const auto& [type, kind] : network_file_systems) {
    if (static_cast<std::uint32_t>(info.f_type) == type) {
      return fail(Fault::unavailable, directory.string() + " is on a network file system (" + kind +
                                          "), whose locks do not keep a second writer out; keep the ledger on a local disk");
    }
  }
  return {};
}

Result<std::unique_ptr<DirectoryLock>> DirectoryLock::acquire(const std::filesystem::path& directory) {
  FODSPOR_DO(refuse_network_file_system(directory));
  const std::filesystem::path path = directory / "lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return fail(Fault::unavailable, path.string() + ": " + std::strerror(errno));
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    std::array<char, 32> holder{};
    const ssize_t got = ::pread(file, holder.data(), holder.size() - 1, 0);
    ::close(file);
    if (error != EWOULDBLOCK) return fail(Fault::unavailable, path.string() + ": " + std::strerror(error));
    return fail(Fault::unavailable, directory.string() + " is in use by another writer" +
                                        (got > 0 ? " (process " + std::string(holder.data()) + ")" : "") +
                                        "; only one may write at a time (if that is `fodspor serve`, ask it with --server)");
  }
  std::unique_ptr<DirectoryLock> held(new DirectoryLock(file));
  const std::string mine = std::to_string(::getpid());
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, mine.data(), mine.size(), 0) < 0) {
    return fail(Fault::unavailable, path.string() + ": " + std::strerror(errno));
  }
  return held;
}

DirectoryLock::~DirectoryLock() {
  // Closing lets go of it.
  if (file_ >= 0) ::close(file_);
}

}  // namespace fodspor::engine
