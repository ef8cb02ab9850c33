#include "server/bench/served.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "engine/ledger.h"
#include "server/bench/workload.h"
#include "server/listener.h"

namespace fodspor::server::bench {

namespace {

constexpr char settle_letter = 's';
constexpr char memory_letter = 'm';

double resident_now() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t all = 0, resident = 0;
  file >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

Status serve(const std::filesystem::path& directory, const std::filesystem::path& socket,
             const std::function<void(const Companion::Answers&)>& attend) {
  raise_open_files();
  engine::Options options;
  options.create = true;
  FODSPOR_TRY(const auto ledger, engine::Ledger::open(directory, options));
  FODSPOR_TRY(auto standing, standing_batch());
  FODSPOR_TRY([[maybe_unused]] const auto appended, ledger->append(std::move(standing)));
  FODSPOR_DO(ledger->settle());
  Listener::Options door;
  door.addresses = {"unix:" + socket.string()};
  door.workers = std::max(2u, std::thread::hardware_concurrency());
  door.software = "bench";
  door.admit = [](std::string_view) -> Result<Grant> { return Grant{"bench", Role::admin, Programmes::all(), true, "bench"}; };
  door.still_valid = [](std::string_view) { return true; };
  door.each_tick = [] {};
  door.dropped = [](std::string_view, std::string_view) {};
  FODSPOR_TRY(const auto listener, Listener::open(*ledger, std::move(door)));
  std::jthread running([&] { listener->run(); });
  attend([&](char what) -> Result<std::vector<double>> {
    if (what == memory_letter) return std::vector{resident_now()};
    FODSPOR_CHECK(what == settle_letter);
    FODSPOR_DO(ledger->settle());
    return std::vector<double>{};
  });
  listener->stop();
  listener->stop();
  return {};
}

}  // namespace

Result<std::unique_ptr<Served>> Served::start(const std::filesystem::path& ledger, const std::filesystem::path& socket) {
  FODSPOR_TRY(auto process, Companion::start([&](const std::function<void(const Companion::Answers&)>& attend) {
                return serve(ledger, socket, attend);
              }));
  return std::unique_ptr<Served>(new Served(std::move(process)));
}

Status Served::settle() const {
  FODSPOR_TRY([[maybe_unused]] const auto settled, process_->ask(settle_letter));
  return {};
}

Result<double> Served::resident_bytes() const {
  FODSPOR_TRY(const auto values, process_->ask(memory_letter));
  return values.front();
}

void raise_open_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
}

}  // namespace fodspor::server::bench
