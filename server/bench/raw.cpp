#include "server/bench/raw.h"

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "server/bench/bench.h"
#include "server/bench/producers.h"

namespace fodspor::server::bench {

namespace {

rocksdb::Options store_options() {
  rocksdb::Options options;
  options.create_if_missing = true;
  return options;
}

rocksdb::WriteOptions write_options() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

// Most significant byte first, as the ledger's own keys are.
std::string key_of(std::uint64_t position) {
  std::string key(sizeof position, '\0');
  for (std::size_t i = key.size(); i-- > 0; position >>= 8) key[i] = static_cast<char>(position & 0xff);
  return key;
}

Failure failure_of(const rocksdb::Status& status) {
  return {Fault::unavailable, "the raw store: " + status.ToString()};
}

}  // namespace

Result<StoredEvents> StoredEvents::of(const engine::Ledger& ledger) {
  StoredEvents events;
  events.ends.reserve(ledger.durable().value);
  FODSPOR_TRY(auto cursor, ledger.read_log());
  for (;;) {
    FODSPOR_TRY(const auto stored, cursor.next());
    if (!stored) return events;
    events.bytes.append(reinterpret_cast<const char*>(stored->bytes.data()), stored->bytes.size());
    events.ends.push_back(events.bytes.size());
  }
}

Result<double> write_raw(const std::filesystem::path& directory, const StoredEvents& events, std::size_t threads,
                         std::size_t in_one_write) {
  rocksdb::DB* opened = nullptr;
  if (const auto status = rocksdb::DB::Open(store_options(), directory.string(), &opened); !status.ok()) {
    return tl::make_unexpected(failure_of(status));
  }
  const std::unique_ptr<rocksdb::DB> db(opened);
  std::atomic<std::size_t> next{0};
  FODSPOR_TRY(const double seconds, seconds_of_all(threads, [&](std::size_t) -> Status {
                const rocksdb::WriteOptions options = write_options();
                for (;;) {
                  const std::size_t from = next.fetch_add(in_one_write);
                  if (from >= events.size()) return {};
                  const std::size_t to = std::min(from + in_one_write, events.size());
                  rocksdb::Status status;
                  if (to == from + 1) {
                    const std::string_view value = events[from];
                    status = db->Put(options, key_of(from + 1), {value.data(), value.size()});
                  } else {
                    rocksdb::WriteBatch batch;
                    for (std::size_t i = from; i < to && status.ok(); ++i) {
                      const std::string_view value = events[i];
                      status = batch.Put(key_of(i + 1), {value.data(), value.size()});
                    }
                    if (status.ok()) status = db->Write(options, &batch);
                  }
                  if (!status.ok()) return tl::make_unexpected(failure_of(status));
                }
              }));
  if (const auto status = db->Close(); !status.ok()) return tl::make_unexpected(failure_of(status));
  return seconds;
}

Result<double> raw_rate_of(const std::filesystem::path& ledger, const std::filesystem::path& directory, std::size_t threads,
                           std::size_t in_one_write) {
  StoredEvents events;
  {
    engine::Options options;
    options.access = engine::Access::read;
    FODSPOR_TRY(const auto opened, engine::Ledger::open(ledger, options));
    FODSPOR_TRY(events, StoredEvents::of(*opened));
  }
  FODSPOR_TRY(const double seconds, write_raw(directory, events, threads, in_one_write));
  return static_cast<double>(events.size()) / seconds;
}

std::vector<std::string> raw_options() {
  // Asked of RocksDB itself, so that what is printed is what was used.
  std::string store, write;
  rocksdb::ConfigOptions config;
  config.delimiter = "\n";
  static_cast<void>(rocksdb::GetStringFromDBOptions(config, store_options(), &store));
  static_cast<void>(rocksdb::GetStringFromColumnFamilyOptions(config, store_options(), &write));
  std::vector<std::string> lines{"sync=true (each write)"};
  const std::string all = store + "\n" + write;
  for (const std::string_view name : {"create_if_missing", "write_buffer_size", "max_write_buffer_number", "compression",
                                      "enable_pipelined_write", "allow_concurrent_memtable_write", "enable_write_thread_adaptive_yield",
                                      "two_write_queues", "manual_wal_flush", "max_background_jobs", "memtable_factory"}) {
    const std::string start = std::string(name) + "=";
    std::size_t at = all.starts_with(start) ? 0 : all.find("\n" + start);
    if (at == std::string::npos) continue;
    if (all[at] == '\n') ++at;
    lines.push_back(all.substr(at, all.find('\n', at) - at));
  }
  return lines;
}

}  // namespace fodspor::server::bench
