// What a service manager is told, on a socket of the test's own; and a real server that is supervised.
#include "server/supervision.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstring>
#include <map>

#include "tests/server/process.h"
#include "tests/server/served_folder.h"
#include "tests/server/socket_fixture.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;
using namespace std::chrono_literals;

namespace {

// The service manager's end. A name that begins with '@' is abstract.
class Manager {
 public:
  explicit Manager(std::string name) : name_(std::move(name)), socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name_.data(), name_.size());
    const bool abstract = name_.front() == '@';
    if (abstract) address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size() + (abstract ? 0 : 1));
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    const timeval patience{20, 0};
    REQUIRE(::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
  }
  ~Manager() { ::close(socket_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  const std::string& name() const { return name_; }
  // The next datagram; empty if there is none, at once or after a while.
  std::string hear(bool wait = true) const {
    std::array<char, 4096> bytes{};
    const auto size = ::recv(socket_, bytes.data(), bytes.size(), wait ? 0 : MSG_DONTWAIT);
    return size <= 0 ? std::string() : std::string(bytes.data(), static_cast<std::size_t>(size));
  }
  // The next one that begins so; others are passed over.
  std::string hear_of(const std::string& begins) const {
    for (;;) {
      const std::string told = hear();
      if (told.empty() || told.starts_with(begins)) return told;
    }
  }

 private:
  const std::string name_;
  const int socket_;
};

std::function<std::optional<std::string>(const char*)> environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

std::string abstract_name() {
  return "@fodspor-supervision-" + std::to_string(::getpid());
}

}  // namespace

SCENARIO("a service manager hears when the server is ready, reloading and stopping, at a path and at an abstract name") {
  const Program folder;
  const Manager manager(GENERATE(true, false) ? abstract_name() : (folder.folder() / "notify").string());
  const Supervision supervision(environment({{"NOTIFY_SOCKET", manager.name()}}));
  CHECK(manager.hear(false).empty());
  supervision.ready("Serving\nREADY=0");
  CHECK(manager.hear() == "READY=1\nSTATUS=Serving READY=0");  // one line, whatever it says
  supervision.status("Still serving");
  CHECK(manager.hear() == "STATUS=Still serving");
  supervision.reloading();
  const std::string reloading = manager.hear();
  const std::string begin = "RELOADING=1\nMONOTONIC_USEC=";
  REQUIRE(reloading.starts_with(begin));
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(Supervision::Clock::now().time_since_epoch()).count();
  const auto then = std::stoll(reloading.substr(begin.size()));
  CHECK(then <= now);
  CHECK(then > now - 60'000'000);
  supervision.stopping();
  CHECK(manager.hear().starts_with("STOPPING=1\n"));
}

SCENARIO("a watchdog hears of the server at half of its time, and only the one whose watchdog it is") {
  const Manager manager(abstract_name());
  const auto begin = Supervision::Clock::now();
  const auto heard = [&](std::map<std::string, std::string> variables) {
    variables.emplace("NOTIFY_SOCKET", manager.name());
    Supervision supervision(environment(std::move(variables)));
    std::size_t count = 0;
    for (auto at = begin; at < begin + 10s; at += 250ms) {
      supervision.alive(at);
      if (const std::string told = manager.hear(false); !told.empty()) {
        CHECK(told == "WATCHDOG=1");
        ++count;
      }
    }
    return count;
  };
  CHECK(heard({{"WATCHDOG_USEC", "4000000"}}) == 5);
  CHECK(heard({{"WATCHDOG_USEC", "4000000"}, {"WATCHDOG_PID", std::to_string(::getpid())}}) == 5);
  CHECK(heard({{"WATCHDOG_USEC", "4000000"}, {"WATCHDOG_PID", "1"}}) == 0);
  CHECK(heard({{"WATCHDOG_USEC", "soon"}}) == 0);
  CHECK(heard({{"WATCHDOG_USEC", "0"}}) == 0);
  CHECK(heard({}) == 0);
}

SCENARIO("a server whose service manager is missing or deaf serves on") {
  const std::string name =
      GENERATE(as<std::string>(), "", "@", "nowhere", "/nowhere/notify", "vsock:2:1234", "@nobody-binds-this", "/" + std::string(300, 'x'));
  Supervision supervision(environment({{"NOTIFY_SOCKET", name}, {"WATCHDOG_USEC", "1"}}));
  supervision.ready("Serving");
  supervision.reloading();
  supervision.alive(Supervision::Clock::now());
  supervision.stopping();
  Supervision(environment({})).ready("Serving");

  // One that does not read: its queue fills, and nobody waits for it.
  const Manager deaf(abstract_name());
  const Supervision told(environment({{"NOTIFY_SOCKET", deaf.name()}}));
  for (int i = 0; i < 5'000; ++i) told.status("Serving");
  CHECK(deaf.hear(false) == "STATUS=Serving");
}

SCENARIO("a supervised server is ready when it listens, reloads on SIGHUP, and tells of its end") {
  const ServedFolder folder;
  const Manager manager((folder.folder() / "notify").string());
  const std::string configuration = folder.file("fodspor.toml", "[log]\nformat = \"text\"\nlevel = \"warning\"\n");
  const std::string log = (folder.folder() / "log").string();
  Process server({"serve", "--ledger", folder.ledger(), "--config", configuration},
                 {log, {{"NOTIFY_SOCKET", manager.name()}, {"WATCHDOG_USEC", "1000000"}}});
  CHECK(manager.hear_of("READY=1").find("the last event is 4") != std::string::npos);
  CHECK(std::filesystem::exists(folder.socket()));
  const auto client = folder.client();
  CHECK(manager.hear_of("WATCHDOG=1") == "WATCHDOG=1");
  CHECK(content_of(log).empty());

  WHEN("the configuration says otherwise by then") {
    folder.file("fodspor.toml", "[log]\nformat = \"json\"\nlevel = \"info\"\n");
    server.send(SIGHUP);
    CHECK(manager.hear_of("RELOADING=1").starts_with("RELOADING=1\nMONOTONIC_USEC="));
    CHECK(manager.hear_of("READY=1").starts_with("READY=1"));
    CHECK(comes_true([&] { return content_of(log).find(R"("part":"journal")") != std::string::npos; }));
  }
  WHEN("the configuration makes no sense by then, the one before holds") {
    folder.file("fodspor.toml", "[log]\nformat = \"loud\"\n");
    server.send(SIGHUP);
    const std::string ready = manager.hear_of("READY=1");
    const std::string told = content_of(log);
    CAPTURE(ready, told);
    CHECK(ready.find("not all could be read again") != std::string::npos);
    CHECK(told.find("fodspor.toml:2:") != std::string::npos);
    CHECK(told.find(" info ") == std::string::npos);
  }
  // Those who are connected do not notice.
  must(append(*client, "one", {educated(participant)}));
  server.send(SIGTERM);
  CHECK(manager.hear_of("STOPPING=1").starts_with("STOPPING=1"));
  CHECK(server.wait() == 0);
}

SCENARIO("serve --create makes the ledger once, and refuses a folder with other things in it") {
  const Program program;
  const std::string ledger = (program.folder() / "state" / "ledger").string();
  for (int start = 0; start < 2; ++start) {
    const Manager manager((program.folder() / ("notify" + std::to_string(start))).string());
    const std::string log = (program.folder() / ("log" + std::to_string(start))).string();
    Process server({"serve", "--create", "--ledger", ledger}, {log, {{"NOTIFY_SOCKET", manager.name()}}});
    CHECK(manager.hear_of("READY=1").find("the last event is 0") != std::string::npos);
    server.send(SIGTERM);
    CHECK(server.wait() == 0);
    CHECK((content_of(log).find("made a new ledger") != std::string::npos) == (start == 0));
  }
  program.file("notes.txt", "not a ledger");
  CHECK(Process({"serve", "--create", "--ledger", program.folder().string()}).wait() != 0);
  CHECK(Process({"serve", "--create", "--ledger", (program.folder() / "notes.txt").string()}).wait() == 4);
  CHECK(Process({"serve", "--ledger", (program.folder() / "missing").string()}).wait() == 4);
  CHECK_FALSE(std::filesystem::exists(program.folder() / "missing"));
}

}  // namespace fodspor::server::tests
