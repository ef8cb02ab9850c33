#include "engine/opening.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <cstdio>

namespace fodspor::engine {
namespace {

rocksdb::Env& env_of(const LogStore::Options& options) {
  return options.env != nullptr ? *options.env : *rocksdb::Env::Default();
}

std::string wal_name(std::uint64_t number) {
  std::string name = std::to_string(number);
  if (name.size() < 6) name.insert(0, 6 - name.size(), '0');
  return name + ".log";
}

// A write-ahead log that the marks name and that is not there. Either its events have just become tables, or it was lost.
std::optional<Marks::Wal> missing_wal(const LogStore::Options& options) {
  for (const Marks::Wal& wal : options.marks->wals()) {
    if (wal.last.value == 0) continue;
    if (env_of(options).FileExists((options.directory / wal_name(wal.number)).string()).IsNotFound()) return wal;
  }
  return std::nullopt;
}

// The last event of the unbroken part at the start of what can be read. The log itself must be open already.
Position unbroken_to(const LogStore& log, Position last, std::string& why) {
  LogStore::Walk walk(log, {1}, last);
  Position reached;
  while (true) {
    const auto value = walk.next();
    if (!value) {
      why = value.error().message;
      return reached;
    }
    if (!*value) return reached;
    ++reached.value;
  }
}

// Reads the log as it is, up to the first damage, and compares with what the marks say. None: nothing is lost. `why` is what is known of
// the loss already; `whole` reads every event rather than only the last one.
Result<std::optional<LostRange>> look(const LogStore::Options& options, std::string why, bool whole) {
  LogStore::Options reading = options;
  reading.mode = LogStore::Mode::salvage;
  FODSPOR_TRY(const auto log, LogStore::open(reading));
  FODSPOR_TRY(const Position last, log->last());
  Position reached = last;
  std::string broken;
  if (whole) reached = unbroken_to(*log, last, broken);
  const Position marked = options.marks != nullptr ? options.marks->durable() : Position{};
  const Position expected = std::max(marked, last);
  if (reached >= expected) return std::nullopt;
  return LostRange{{reached.value + 1}, expected, broken.empty() ? std::move(why) : std::move(broken)};
}

}  // namespace

std::string describe(const LostRange& lost) {
  const std::string range = lost.last ? "events " + std::to_string(lost.first.value) + " to " + std::to_string(lost.last->value)
                                      : "events from " + std::to_string(lost.first.value) + " on";
  return "log/: " + range + " cannot be read (" + lost.why +
         "); restore a backup, or see `fodspor doctor`: with --recover it keeps what stands before them";
}

Result<std::optional<LostRange>> find_loss(LogStore::Options options) {
  options.mode = LogStore::Mode::read;
  if (options.marks != nullptr) {
    if (const auto missing = missing_wal(options)) {
      // It may have been removed rightly just before the writer ended: only events that are not there tell.
      FODSPOR_TRY(auto lost, look(options, wal_name(missing->number) + " is missing", true));
      if (lost) return lost;
    }
  }
  // Opening beside a writer replays the write-ahead log as the writer will, and changes nothing.
  if (const auto opened = LogStore::open(options); !opened) {
    if (opened.error().fault == Fault::not_found) return std::nullopt;
    if (opened.error().fault != Fault::corrupt) return tl::make_unexpected(opened.error());
    FODSPOR_TRY(auto lost, look(options, opened.error().message, false));
    if (lost) return lost;
    // The damage lies behind the last event that the marks know of.
    LogStore::Options reading = options;
    reading.mode = LogStore::Mode::salvage;
    FODSPOR_TRY(const auto log, LogStore::open(reading));
    FODSPOR_TRY(const Position last, log->last());
    return LostRange{{last.value + 1}, std::nullopt, opened.error().message};
  }
  return look(options, "they were acknowledged and are not there", false);
}

Result<std::unique_ptr<LogStore>> open_for_writing(LogStore::Options options) {
  options.mode = LogStore::Mode::write;
  FODSPOR_CHECK(options.marks != nullptr);
  if (options.marks->durable().value > 0 && missing_wal(options)) {
    FODSPOR_TRY(const auto lost, find_loss(options));
    if (lost) return fail(Fault::corrupt, describe(*lost));
  }
  auto log = LogStore::open(options);
  if (!log && log.error().fault == Fault::corrupt) {
    FODSPOR_TRY(const auto lost, find_loss(options));
    if (lost) return fail(Fault::corrupt, describe(*lost));
  }
  if (!log) return log;
  FODSPOR_TRY(const Position last, (*log)->last());
  if (last < options.marks->durable()) {
    return fail(Fault::corrupt, describe({{last.value + 1}, options.marks->durable(), "they were acknowledged and are not there"}));
  }
  return log;
}

}  // namespace fodspor::engine
