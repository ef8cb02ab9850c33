// A crowd of subscribers in a process of its own, each of which checks that it gets every event in order, once; and what it costs those who
// write. In a process of one thread.
#pragma once

#include "server/bench/bouts.h"

namespace fodspor::server::bench {

class Followers {
 public:
  // Subscribed, from that position on, when it returns. The last `stalled` of them read nothing until `finish`.
  static Result<std::unique_ptr<Followers>> start(const std::filesystem::path& socket, std::size_t count, std::size_t stalled,
                                                  std::uint64_t from);
  struct Told {
    double events = 0;         // that all of them have got together
    double seconds = 0;        // since the first was asked for
    double seconds_after = 0;  // of them, since `finish` was called
    double came_back = 0;      // that had been dropped for being slow, and went on from where they were
  };
  // Waits until every one has all events that are durable now, the stalled too. Fault::corrupt: one got an event twice, out of order, or
  // never.
  Result<Told> finish() const;

 private:
  explicit Followers(std::unique_ptr<Companion> process) : process_(std::move(process)) {}
  std::unique_ptr<Companion> process_;
};

// A thousand, fifty of them stalled, beside one that writes.
Status measure_followers(const Arena& arena, const Options& options, std::vector<Figure>& figures);

}  // namespace fodspor::server::bench
