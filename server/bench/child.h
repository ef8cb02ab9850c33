// Work in a process of its own, and what it took. The child is a fork of this process without its threads, so the caller must hold one
// thread only and have opened no store (RocksDB's threads would be missing in the child); that it does not is our own bug.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "events/failure.h"

namespace fodspor::server::bench {

using namespace fodspor::events;

struct Outcome {
  std::vector<double> values;         // as the work returned them
  std::uint64_t peak_bytes_held = 0;  // the most memory that the child had resident
};

// Runs `work` in a child and waits for it. A Failure of the work is handed on; Fault::unavailable if the child was ended from outside.
Result<Outcome> in_child(const std::function<Result<std::vector<double>>()>& work);

// Runs `work` in a child, and kills it as by `kill -9` a moment after it has called `ready`. The work must go on until then.
Status killed_at_work(const std::function<Status(const std::function<void()>& ready)>& work);

// A process that goes on beside this one and answers what is asked of it, one letter at a time, until it is ended. Asked by the process
// that started it, or by a child of that one, never by both at once.
class Companion {
 public:
  using Answers = std::function<Result<std::vector<double>>(char what)>;
  // `work` makes ready and calls `attend`, which returns when the companion is to end. Waits until it attends; a Failure before that is
  // handed on.
  static Result<std::unique_ptr<Companion>> start(const std::function<Status(const std::function<void(const Answers&)>& attend)>& work);
  ~Companion();  // ends it in order, and waits for that
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;

  Result<std::vector<double>> ask(char what) const;

 private:
  Companion(pid_t pid, int channel) : pid_(pid), channel_(channel) {}
  Result<std::vector<double>> hear() const;
  pid_t pid_;
  int channel_;
};

// The processor time that this process has taken so far, all threads together, in seconds.
double processor_seconds();

// From here on, this process and the threads that it starts share one core.
Status stay_on_one_core();

}  // namespace fodspor::server::bench
