// PostgreSQL as the peer of the socket: a cluster of its own below a directory, with everything as it comes but for 256 MiB of shared
// buffers, on a Unix socket, as a process of an ordinary user (it refuses root); and connections to it that insert the same events, durable
// each. Owned by whoever measures, in a process of one thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "server/bench/conversation.h"
#include "server/bench/libpq.h"
#include "server/bench/streams.h"

namespace fodspor::server::bench {

class Postgres {
 public:
  // Where its programs are; empty if it is not installed.
  static std::filesystem::path programs();
  // Makes a cluster and starts it. Fault::unavailable, with what it wrote last.
  static Result<std::unique_ptr<Postgres>> start(const std::filesystem::path& directory, const std::filesystem::path& socket_directory);
  ~Postgres();  // stops it and removes its cluster
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  // An empty table of events, with what was there before on disk. In a child: a connection is made and ended.
  Status make_table() const;

  struct Inserts {
    Streams streams;
    std::size_t lanes;
    std::uint32_t events = 1;  // of one request, which is one transaction
    bool pipelined = false;    // requests go out without waiting for those before; else one is under way at a time
  };
  Result<std::unique_ptr<Conversation>> conversation(std::size_t lane, const Inserts& inserts) const;

 private:
  Postgres(Libpq libpq, std::filesystem::path directory, std::string conninfo)
      : libpq_(libpq), directory_(std::move(directory)), conninfo_(std::move(conninfo)) {}

  Libpq libpq_;
  std::filesystem::path directory_;
  std::string conninfo_;
  pid_t pid_ = -1;
};

}  // namespace fodspor::server::bench
