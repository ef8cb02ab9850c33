// A ledger that is served, in a process of its own: a new one with what is asked for before anything else (workload.h's standing batch), on
// a Unix socket, with a token for everything. Owned by whoever measures, in a process of one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "server/bench/child.h"

namespace fodspor::server::bench {

class Served {
 public:
  // Listens when it returns.
  static Result<std::unique_ptr<Served>> start(const std::filesystem::path& ledger, const std::filesystem::path& socket);

  // Waits until every index has caught up.
  Status settle() const;
  Result<double> resident_bytes() const;

 private:
  explicit Served(std::unique_ptr<Companion> process) : process_(std::move(process)) {}
  std::unique_ptr<Companion> process_;
};

// As many open files as the system lets this process have, for thousands of connections.
void raise_open_files();

}  // namespace fodspor::server::bench
