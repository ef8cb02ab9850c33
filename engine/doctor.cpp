#include "engine/doctor.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <chrono>
#include <system_error>

#include "engine/index_store.h"
#include "engine/lock.h"
#include "engine/log_store.h"
#include "engine/marks.h"
#include "engine/opening.h"
#include "engine/record.h"
#include "events/codec.h"

namespace fodspor::engine {
namespace {

constexpr std::size_t cache_bytes = 8u << 20;
constexpr std::size_t copied_at_once = 4'096;
// A whole log is copied faster than a disk takes it, and nobody waits for one event of it: only storage that has stopped ends the copy.
constexpr std::chrono::minutes stall_wait{1};

struct Reading {
  std::unique_ptr<LogStore> log;
  Position last;        // the highest position that is there at all
  Position sound_to;    // every event up to there can be read
  std::string problem;  // with the one after it; empty if there is none
};

// To come here is no advice to whoever is here.
std::string without_advice(std::string message) {
  constexpr std::string_view advice = "; run `fodspor doctor`";
  for (std::size_t at = message.find(advice); at != std::string::npos; at = message.find(advice)) message.erase(at, advice.size());
  return message;
}

// Reads every event of what stands before the first damage of the write-ahead log. `marks` may be nullptr.
Result<Reading> read_all(const std::filesystem::path& directory, rocksdb::Env* env, Marks* marks) {
  Reading reading;
  FODSPOR_TRY(reading.log,
              LogStore::open({log_directory(directory), LogStore::Mode::salvage, env, rocksdb::NewLRUCache(cache_bytes), marks}));
  FODSPOR_TRY(reading.last, reading.log->last());
  LogStore::Walk walk(*reading.log, {1}, reading.last);
  Timestamp recorded_at{INT64_MIN};
  while (true) {
    const Position next{reading.sound_to.value + 1};
    const auto value = walk.next();
    if (value && !*value) return reading;
    if (!value) {
      reading.problem = without_advice(value.error().message);
      return reading;
    }
    const auto stored = read_record(**value, next);
    if (!stored) {
      reading.problem = without_advice(stored.error().message);
      return reading;
    }
    if (const auto header = read_header(stored->packed); !header) {
      reading.problem = at("event " + std::to_string(next.value), header.error()).message;
      return reading;
    }
    if (stored->placement.recorded_at < recorded_at) {
      reading.problem = "event " + std::to_string(next.value) + " was recorded before the one before it";
      return reading;
    }
    recorded_at = stored->placement.recorded_at;
    reading.sound_to = next;
  }
}

std::string mend_of_loss(Position kept) {
  return "restore a backup; or `fodspor doctor --recover`, which keeps events 1 to " + std::to_string(kept.value) +
         ", gives up those after it, and puts the damaged log aside";
}

}  // namespace

Result<Diagnosis> diagnose(const std::filesystem::path& directory, rocksdb::Env* env) {
  Diagnosis diagnosis;
  auto marks = Marks::open(directory, false);
  if (!marks && marks.error().fault == Fault::not_found && !std::filesystem::exists(log_directory(directory))) {
    return fail(Fault::not_found, directory.string() + " holds no ledger");
  }
  if (const auto local = refuse_network_file_system(directory); !local) {
    diagnosis.findings.push_back({local.error().message, "move it to a local disk"});
  }
  Position expected;
  if (marks) {
    expected = (*marks)->durable();
  } else {
    diagnosis.findings.push_back({marks.error().message, "`fodspor doctor --recover` writes it anew"});
  }
  auto read = read_all(directory, env, marks ? marks->get() : nullptr);
  if (!read && read.error().fault == Fault::corrupt) {
    if (expected.value > 0) diagnosis.expected_to = expected;
    diagnosis.findings.push_back({without_advice(read.error().message), "restore a backup: as it is, none of its events can be read"});
    return diagnosis;
  }
  if (!read) return tl::make_unexpected(read.error());
  const Reading reading = std::move(*read);
  std::optional<LostRange> lost;
  if (marks) {
    FODSPOR_TRY(lost, find_loss({log_directory(directory), LogStore::Mode::read, env, rocksdb::NewLRUCache(cache_bytes), marks->get()}));
  }
  expected = std::max(expected, reading.last);
  diagnosis.readable_to = reading.sound_to;
  if (reading.sound_to < expected) {
    diagnosis.expected_to = expected;
    std::string why = !reading.problem.empty() ? reading.problem
                      : lost                   ? without_advice(lost->why)
                                               : "they were acknowledged and are not there";
    diagnosis.findings.push_back({describe({{reading.sound_to.value + 1}, expected, std::move(why)}), mend_of_loss(reading.sound_to)});
  } else if (lost) {
    // Behind the last event that anybody was told of.
    diagnosis.findings.push_back({without_advice(describe(*lost)), mend_of_loss(reading.sound_to)});
  }
  if (const auto tables = reading.log->verify_checksums(); !tables && !diagnosis.expected_to) {
    diagnosis.findings.push_back({without_advice(tables.error().message), mend_of_loss(reading.sound_to)});
  }
  auto derived = IndexStore::open({derived_directory(directory), false, env, rocksdb::NewLRUCache(cache_bytes)});
  if (derived && (*derived)->watermark() > reading.sound_to) {
    diagnosis.findings.push_back(
        {"derived/ knows more events than the log holds", "open the ledger for writing: it is built anew by itself"});
  }
  if (!derived && derived.error().fault != Fault::not_found) {
    diagnosis.findings.push_back({derived.error().message, "open the ledger for writing: it is built anew by itself"});
  }
  return diagnosis;
}

Result<Recovery> recover(const std::filesystem::path& directory, Position keep_to, rocksdb::Env* env) {
  if (!std::filesystem::exists(log_directory(directory))) return fail(Fault::not_found, directory.string() + " holds no ledger");
  FODSPOR_TRY(const auto lock, DirectoryLock::acquire(directory));
  Position expected;
  if (auto marks = Marks::open(directory, false)) {
    expected = (*marks)->durable();
  } else if (marks.error().fault == Fault::corrupt) {
    std::error_code error;
    std::filesystem::remove(directory / "marks", error);
  }
  Recovery recovery;
  const std::filesystem::path fresh = directory / "log.recovered";
  {
    FODSPOR_TRY(const Reading reading, read_all(directory, env, nullptr));
    expected = std::max(expected, reading.last);
    if (reading.sound_to != keep_to) {
      return fail(Fault::conflict, "events 1 to " + std::to_string(reading.sound_to.value) + " can be read, not to " +
                                       std::to_string(keep_to.value) + "; look again with `fodspor doctor`");
    }
    std::error_code error;
    std::filesystem::remove_all(fresh, error);  // of a recovery that was cut short
    FODSPOR_TRY(const auto log, LogStore::open({fresh, LogStore::Mode::write, env, rocksdb::NewLRUCache(cache_bytes), nullptr}));
    LogStore::Walk walk(*reading.log, {1}, keep_to);
    Block block{{1}, {}, {}};
    while (true) {
      FODSPOR_TRY(const auto value, walk.next());
      if (value) {
        block.bytes.append(*value);
        block.ends.push_back(block.bytes.size());
      }
      if (block.size() > 0 && (!value || block.size() == copied_at_once)) {
        FODSPOR_DO(log->write(block, stall_wait));
        block = {{block.last().value + 1}, {}, {}};
      }
      if (!value) break;
    }
    FODSPOR_DO(log->flush());
  }
  // Two renames: cut short between them, the ledger has no log, and the next recovery or a person finds both beside it.
  std::error_code error;
  for (int n = 1; recovery.aside.empty() || std::filesystem::exists(recovery.aside); ++n) {
    recovery.aside = directory / ("log.damaged-" + std::to_string(n));
  }
  std::filesystem::rename(log_directory(directory), recovery.aside, error);
  if (!error) std::filesystem::rename(fresh, log_directory(directory), error);
  if (error) return fail(Fault::unavailable, directory.string() + ": " + error.message());
  FODSPOR_TRY(const auto marks, Marks::open(directory, true));
  marks->set_wals({});
  marks->publish(keep_to);
  marks->sync();
  FODSPOR_DO(IndexStore::remove({derived_directory(directory), true, env, nullptr}));
  recovery.kept_to = keep_to;
  if (expected > keep_to) recovery.lost = expected;
  return recovery;
}

}  // namespace fodspor::engine
