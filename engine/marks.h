// What the writing process publishes beside the log, in one small mapped file `marks`: up to which position events are durable, and which
// files hold those that are not yet in a table. One writer; any number of readers in other processes, each load and store atomic.
//
// It is never synced by itself: after a power cut it may be older than the log, never newer. So it can tell that the log lost
// something, and never that it did not.
//
//   marks := "fodspor1"  durable(8)  wals(8)  { wal number(8) last position in it(8) } * wal_slots
//
// In the host's byte order; each position carries 16 bits of check in its upper bits, so that a damaged one is noticed.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "events/ids.h"

namespace fodspor::engine {

using namespace fodspor::events;

class Marks {
 public:
  struct Wal {
    std::uint64_t number = 0;
    Position last;
  };

  // Fault::unavailable; corrupt, if its content is damaged. Made with `write` if it is missing; without, a missing one is not_found.
  static Result<std::unique_ptr<Marks>> open(const std::filesystem::path& directory, bool write);
  // For a ledger that lives in no directory of the machine (tests in memory).
  static std::unique_ptr<Marks> in_memory();
  ~Marks();
  Marks(const Marks&) = delete;
  Marks& operator=(const Marks&) = delete;

  Position durable() const noexcept;
  void publish(Position durable) noexcept;

  std::vector<Wal> wals() const;
  // At most wal_slots are kept: the newest. The last one is the one being written.
  void set_wals(const std::vector<Wal>& wals) noexcept;
  void extend_last_wal(Position last) noexcept;
  void sync() noexcept;  // best effort, for a mark that survives a power cut too

 private:
  static constexpr std::size_t wal_slots = 16;
  struct Page;
  Marks(Page* page, bool mapped) : page_(page), mapped_(mapped) {}

  Page* page_;
  bool mapped_;
};

}  // namespace fodspor::engine
