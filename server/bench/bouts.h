// One side's turn of a measurement over connections: fresh ledger or table, connections made, load, what came of it. Everything of a turn
// runs in processes of its own. Owned by whoever measures, in a process of one thread.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "server/bench/bench.h"
#include "server/bench/drive.h"
#include "server/bench/postgres.h"
#include "server/bench/served.h"
#include "server/bench/streams.h"

namespace fodspor::server::bench {

// What came of a turn: events or requests a second, and how long a request took, in ms.
struct Bout {
  double rate = 0;
  std::array<double, 5> took_ms{};
};
inline constexpr std::array<double, 5> bout_parts{0.5, 0.9, 0.99, 0.999, 1};

// Appends, or reads among them.
struct Asked {
  Streams::Shape shape = Streams::Shape::spread;
  std::size_t lanes = 64;
  std::uint32_t events = 1;  // of one append
  Load load;
  unsigned reads_of_ten = 0;   // requests that are reads of a stream
  std::size_t first_lane = 0;  // lanes that were asked before under the same numbers would be asked for the same appends again
  std::uint64_t count() const { return load.requests * lanes * events; }
};

// Folders below Options::directory, and one for sockets, whose paths must be short. Removed at the end.
class Arena {
 public:
  static Result<std::unique_ptr<Arena>> open(const Options& options);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  std::filesystem::path ledger() const { return directory_ / "socket-ledger"; }
  std::filesystem::path raw() const { return directory_ / "socket-raw"; }
  std::filesystem::path bare() const { return directory_ / "socket-bare"; }
  std::filesystem::path socket() const { return sockets_ / "s"; }
  // Empty if PostgreSQL is not here; then `without_peer` says why.
  const Postgres* peer() const { return postgres_.get(); }
  const std::string& without_peer() const { return without_peer_; }

  // A new ledger, served; the one before is gone.
  Result<std::unique_ptr<Served>> serve() const;

 private:
  Arena() = default;
  void remove() const;
  std::filesystem::path directory_, sockets_;
  std::unique_ptr<Postgres> postgres_;
  std::string without_peer_;
};

// Until every index has caught up. `beside`: what the driving process does with the server before, connections that idle say.
Result<Bout> bout_of_ours(const Arena& arena, const Served& served, const Asked& asked, const std::function<Status()>& beside = {});
Result<Bout> bout_of_peer(const Postgres& peer, const Asked& asked);

// Of several runs of one thing: its rate, and its times as figures that explain it.
class Bouts {
 public:
  void add(const Bout& bout) { bouts_.push_back(bout); }
  const Bout& last() const { return bouts_.back(); }
  std::vector<double> rates() const;
  // Five lines: key_p50 and so on.
  void tell_times(const std::string& key, const std::array<Words, 5>& what, std::uint64_t events, std::vector<Figure>& figures) const;

 private:
  std::vector<Bout> bouts_;
};
extern const std::array<Words, 5> times_of_ours, times_of_peer;

}  // namespace fodspor::server::bench
