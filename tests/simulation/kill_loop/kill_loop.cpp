// Appends from several threads, ended at random moments, round after round on one ledger: by kill -9 of a process that appends, or by a
// power cut that drops every byte that was not synced. After each round the ledger is opened and held to what was acknowledged.
//
//   kill_loop [--way kill|power] [--rounds N] [--seed S]
//
// Prints its seed, and exits 1 with each broken promise named.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstdlib>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <mutex>
#include <random>
#include <sstream>
#include <thread>

#include "tests/simulation/kill_loop/witness.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/scratch.h"

namespace fodspor::tests {
namespace {

namespace files = std::filesystem;

engine::Options options(rocksdb::Env* env = nullptr) {
  engine::Options made;
  made.create = true;
  made.memory_bytes = 16u << 20;
  made.env = env;
  return made;
}

// The child: appends until it is killed, and tells its parent through the pipe. Each line is one write, so that none is torn.
int append_and_tell(const files::path& directory, std::uint64_t seed, const files::path& unknown_file, int pipe) {
  auto ledger = engine::Ledger::open(directory, options());
  const auto tell = [&](const std::string& line) {
    if (::write(pipe, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(3);
  };
  if (!ledger) {
    tell("! " + ledger.error().message + "\n");
    return 3;
  }
  std::vector<std::string> unknown;
  std::ifstream in(unknown_file);
  for (std::string line; std::getline(in, line);) unknown.push_back(line);
  append_concurrently(**ledger, seed, unknown,
                      {[] { return true; }, [&](const std::string& request) { tell("? " + request + "\n"); },
                       [&](const Outcome& outcome) {
                         if (!outcome.answer) return tell("! an append was refused\n");
                         tell("= " + outcome.request_id + " " + std::to_string(outcome.answer->first.value) + " " +
                              std::to_string(outcome.answer->last.value) + "\n");
                       }});
  return 3;
}

struct Round {
  files::path directory;
  std::uint64_t seed;
  std::chrono::microseconds length;
};

std::vector<std::string> kill_round(const Round& round, const std::string& self, Witness& witness) {
  const files::path unknown_file = round.directory.parent_path() / "unknown";
  {
    std::ofstream out(unknown_file);
    for (const std::string& request : witness.unknown()) out << request << '\n';
  }
  int ends[2];
  FODSPOR_CHECK(::pipe2(ends, O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  FODSPOR_CHECK(child >= 0);
  if (child == 0) {
    ::fcntl(ends[1], F_SETFD, 0);
    const std::string seed = std::to_string(round.seed);
    const std::string pipe = std::to_string(ends[1]);
    ::execl(self.c_str(), self.c_str(), "--child", round.directory.c_str(), seed.c_str(), unknown_file.c_str(), pipe.c_str(), nullptr);
    ::_exit(4);
  }
  ::close(ends[1]);
  // Mostly it is killed while it appends; every fifth time perhaps while it opens the ledger.
  std::string told;
  std::thread killing;
  const auto kill_in_time = [&] {
    killing = std::thread([&] {
      std::this_thread::sleep_for(round.length);
      ::kill(child, SIGKILL);
    });
  };
  if (round.seed % 5 == 0) kill_in_time();
  char buffer[65'536];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    told.append(buffer, static_cast<std::size_t>(got));
    if (!killing.joinable()) kill_in_time();
  }
  if (!killing.joinable()) kill_in_time();
  killing.join();
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);

  std::vector<std::string> broken;
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) broken.push_back("the appending process ended before it was killed");
  std::istringstream lines(told);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string kind;
    std::string request;
    words >> kind >> request;
    if (kind == "?") witness.tried(request);
    if (kind == "!") broken.push_back(line.substr(2));
    if (kind == "=") {
      engine::Appended answer;
      words >> answer.first.value >> answer.last.value;
      witness.ended({request, answer});
    }
  }
  return broken;
}

std::vector<std::string> power_round(const Round& round, Witness& witness) {
  FaultyMachine machine;
  const files::path marks = round.directory / "marks";
  const files::path older_marks = round.directory.parent_path() / "older-marks";
  auto ledger = engine::Ledger::open(round.directory, options(machine.env.get()));
  if (!ledger) return {ledger.error().message};
  files::copy_file(marks, older_marks, files::copy_options::overwrite_existing);
  std::atomic<bool> on{true};
  std::mutex mutex;
  std::thread cutting([&] {
    std::this_thread::sleep_for(round.length);
    machine.files->cut_power();
    on = false;
  });
  append_concurrently(**ledger, round.seed, witness.unknown(),
                      {[&] { return on.load(); },
                       [&](const std::string& request) {
                         const std::lock_guard lock(mutex);
                         witness.tried(request);
                       },
                       [&](const Outcome& outcome) {
                         const std::lock_guard lock(mutex);
                         witness.ended(outcome);
                       }});
  cutting.join();
  ledger->reset();
  machine.files->restore_power();
  // The marks are never synced, so that a power cut may bring back older ones.
  if (round.seed % 2 == 0) files::copy_file(older_marks, marks, files::copy_options::overwrite_existing);
  return {};
}

bool report(const std::vector<std::string>& broken) {
  for (std::size_t i = 0; i < broken.size() && i < 20; ++i) std::printf("  broken: %s\n", broken[i].c_str());
  return broken.empty();
}

int run(const std::string& self, bool power, std::uint64_t rounds, std::uint64_t seed) {
  std::printf("kill_loop --way %s --rounds %llu --seed %llu\n", power ? "power" : "kill", static_cast<unsigned long long>(rounds),
              static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  const files::path place = new_scratch_directory("kill");
  const files::path directory = place / "ledger";
  std::mt19937_64 random(seed);
  Witness witness;
  bool kept = true;
  for (std::uint64_t i = 1; i <= rounds && kept; ++i) {
    const Round round{directory, seed * 1'000'003 + i, std::chrono::microseconds(5'000 + random() % 350'000)};
    kept = report(power ? power_round(round, witness) : kill_round(round, self, witness));
    auto ledger = engine::Ledger::open(directory, options());
    if (!ledger) {
      kept = report({ledger.error().message});
      break;
    }
    kept = report(witness.look(**ledger, i == rounds || i % 25 == 0)) && kept;
    std::printf("round %llu: %llu events, %zu requests acknowledged, %zu of unknown fate%s\n", static_cast<unsigned long long>(i),
                static_cast<unsigned long long>(witness.events()), witness.acknowledged(), witness.unknown().size(),
                kept ? "" : ", BROKEN");
    std::fflush(stdout);
  }
  if (!kept) {
    std::printf("the ledger is left in %s\n", directory.c_str());
    return 1;
  }
  files::remove_all(place);
  return 0;
}

template <class Number>
Number number(const char* text) {
  Number value{};
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), value);
  if (error != std::errc() || *end != 0) {
    std::fprintf(stderr, "%s is not a number\n", text);
    std::exit(2);
  }
  return value;
}

}  // namespace
}  // namespace fodspor::tests

int main(int count, char** words) {
  using namespace fodspor::tests;
  if (count == 6 && std::strcmp(words[1], "--child") == 0) {
    return append_and_tell(words[2], number<std::uint64_t>(words[3]), words[4], number<int>(words[5]));
  }
  bool power = false;
  std::uint64_t rounds = 20;
  std::uint64_t seed = std::random_device{}();
  for (int i = 1; i + 1 < count; i += 2) {
    if (std::strcmp(words[i], "--way") == 0) {
      power = std::strcmp(words[i + 1], "power") == 0;
    } else if (std::strcmp(words[i], "--rounds") == 0) {
      rounds = number<std::uint64_t>(words[i + 1]);
    } else if (std::strcmp(words[i], "--seed") == 0) {
      seed = number<std::uint64_t>(words[i + 1]);
    } else {
      std::fprintf(stderr, "kill_loop [--way kill|power] [--rounds N] [--seed S]\n");
      return 2;
    }
  }
  return run("/proc/self/exe", power, rounds, seed);
}
