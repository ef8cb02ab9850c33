#include "server/bench/postgres.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "server/bench/bench.h"

namespace fodspor::server::bench {

namespace {

constexpr std::chrono::seconds starts_within{60};
constexpr std::chrono::milliseconds asked_again_after{50};
constexpr std::string_view installed_below = "/usr/lib/postgresql";

// What differs from a cluster as it comes.
constexpr std::array<std::string_view, 1> settings{"shared_buffers=256MB"};

struct User {
  uid_t uid;
  gid_t gid;
};

// PostgreSQL does not run as root: then as its own user, or as nobody.
Result<std::optional<User>> other_user() {
  if (geteuid() != 0) return std::nullopt;
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* found = getpwnam(name); found != nullptr) return User{found->pw_uid, found->pw_gid};
  }
  return fail(Fault::unavailable,
              "PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody; run as another user");
}

// Its output goes to `log`. The process ends with this one.
pid_t begin(const std::vector<std::string>& command, const std::optional<User>& user, const std::filesystem::path& log) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  if (user && (setgroups(0, nullptr) != 0 || setgid(user->gid) != 0 || setuid(user->uid) != 0)) _exit(127);
  prctl(PR_SET_PDEATHSIG, SIGQUIT);  // after the user has changed, which forgets it
  if (std::freopen("/dev/null", "r", stdin) == nullptr || std::freopen(log.c_str(), "a", stdout) == nullptr) _exit(127);
  dup2(STDOUT_FILENO, STDERR_FILENO);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

bool has_ended(pid_t pid, int& status, bool wait) {
  for (;;) {
    const pid_t ended = waitpid(pid, &status, wait ? 0 : WNOHANG);
    if (ended < 0 && errno == EINTR) continue;
    return ended != 0;
  }
}

std::string last_line(const std::filesystem::path& log) {
  std::ifstream file(log);
  std::string line, last = "it wrote nothing";
  while (std::getline(file, line)) {
    if (!line.empty()) last = line;
  }
  return last;
}

}  // namespace

std::filesystem::path Postgres::programs() {
  std::filesystem::path newest;
  int newest_version = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(installed_below, error)) {
    const int version = std::atoi(entry.path().filename().c_str());
    const auto programs = entry.path() / "bin";
    if (version <= newest_version || !std::filesystem::exists(programs / "initdb", error)) continue;
    newest_version = version;
    newest = programs;
  }
  return newest;
}

std::string postgres_used() {
  const auto programs = Postgres::programs();
  if (programs.empty()) return "not installed";
  const auto command = (programs / "postgres").string() + " --version";
  std::array<char, 256> line{};
  FILE* const version = popen(command.c_str(), "r");
  if (version == nullptr) return "cannot be run";
  const bool read = std::fgets(line.data(), line.size(), version) != nullptr;
  pclose(version);
  std::string text = read ? std::string(line.data()) : "unknown version\n";
  text.pop_back();
  for (const std::string_view setting : settings) text += ", " + std::string(setting);
  return text + "; everything else as it comes, fsync and synchronous_commit on";
}

Result<std::unique_ptr<Postgres>> Postgres::start(const std::filesystem::path& directory, const std::filesystem::path& socket_directory) {
  const auto programs = Postgres::programs();
  if (programs.empty()) return fail(Fault::unavailable, "PostgreSQL is not installed below " + std::string(installed_below));
  FODSPOR_TRY(const Libpq libpq, Libpq::open());
  FODSPOR_TRY(const auto user, other_user());
  std::error_code error;
  const auto absolute = std::filesystem::absolute(directory, error);
  // Of a run that was killed.
  std::filesystem::remove_all(absolute, error);
  for (const auto& made : {absolute, socket_directory}) {
    std::filesystem::create_directories(made, error);
    if (error || (user && chown(made.c_str(), user->uid, user->gid) != 0))
      return fail(Fault::unavailable, made.string() + ": cannot be used by PostgreSQL");
  }
  // From here on the destructor cleans up.
  std::unique_ptr<Postgres> postgres(
      new Postgres(libpq, absolute,
                   "host=" + socket_directory.string() + " port=5432 user=bench dbname=postgres options='-c client_min_messages=error'"));
  const auto data = absolute / "data", log = absolute / "log";
  int status = 0;
  const pid_t making =
      begin({(programs / "initdb").string(), "-D", data.string(), "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-locale"}, user, log);
  if (making < 0 || !has_ended(making, status, true) || status != 0) {
    return fail(Fault::unavailable, "initdb failed: " + last_line(log) + "; give --dir a folder that PostgreSQL's user can reach");
  }
  std::vector<std::string> command{(programs / "postgres").string(),
                                   "-D",
                                   data.string(),
                                   "-c",
                                   "listen_addresses=",
                                   "-c",
                                   "unix_socket_directories=" + socket_directory.string()};
  for (const std::string_view setting : settings) command.insert(command.end(), {"-c", std::string(setting)});
  postgres->pid_ = begin(command, user, log);
  const auto until = std::chrono::steady_clock::now() + starts_within;
  while (libpq.ping(postgres->conninfo_.c_str()) != Libpq::ping_ok) {
    if (postgres->pid_ > 0 && has_ended(postgres->pid_, status, false)) postgres->pid_ = -1;
    if (postgres->pid_ < 0 || std::chrono::steady_clock::now() > until) {
      return fail(Fault::unavailable, "PostgreSQL does not start: " + last_line(log));
    }
    std::this_thread::sleep_for(asked_again_after);
  }
  return postgres;
}

Postgres::~Postgres() {
  int status = 0;
  // SIGINT: at once, but in order.
  if (pid_ > 0 && kill(pid_, SIGINT) == 0) has_ended(pid_, status, true);
  std::error_code error;
  std::filesystem::remove_all(directory_, error);
}

}  // namespace fodspor::server::bench
