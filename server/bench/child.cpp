#include "server/bench/child.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>

namespace fodspor::server::bench {

namespace {

constexpr std::chrono::milliseconds before_the_kill{20};
constexpr char end_letter = '.';

Failure failure_of_call(std::string_view doing) {
  return {Fault::unavailable, std::string(doing) + ": " + std::strerror(errno)};
}

// What a child tells its parent, whole at its end: '+' and the values, or '-', the fault and the message.
std::string told(const Result<std::vector<double>>& result) {
  if (!result) return std::string{'-', static_cast<char>(result.error().fault)} + result.error().message;
  std::string text(1 + result->size() * sizeof(double), '+');
  std::memcpy(text.data() + 1, result->data(), result->size() * sizeof(double));
  return text;
}

Result<std::vector<double>> understood(std::string_view text) {
  if (text.size() >= 2 && text.front() == '-') return fail(static_cast<Fault>(text[1]), std::string(text.substr(2)));
  FODSPOR_CHECK(!text.empty() && text.front() == '+' && (text.size() - 1) % sizeof(double) == 0);
  std::vector<double> values((text.size() - 1) / sizeof(double));
  std::memcpy(values.data(), text.data() + 1, text.size() - 1);
  return values;
}

void check_one_thread() {
  const std::filesystem::directory_iterator threads("/proc/self/task");
  FODSPOR_CHECK(std::distance(begin(threads), end(threads)) == 1);
}

// A child and the pipe that it tells through. Waited for when this ends.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (from_ >= 0) close(from_);
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }

  Status start(const std::function<void(int to)>& work) {
    check_one_thread();
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) return tl::make_unexpected(failure_of_call("making a pipe"));
    pid_ = fork();
    if (pid_ == 0) {
      close(ends[0]);
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // nothing goes on measuring for nobody
      work(ends[1]);
      // Without destructors: what this process inherited belongs to its parent.
      _exit(0);
    }
    close(ends[1]);
    from_ = ends[0];
    if (pid_ < 0) return tl::make_unexpected(failure_of_call("starting a process"));
    return {};
  }

  // All that the child tells until it closes its end.
  std::string listen() const {
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
      const ssize_t got = read(from_, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return text;
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  bool hear_one() const {
    char byte = 0;
    ssize_t got = 0;
    do got = read(from_, &byte, 1);
    while (got < 0 && errno == EINTR);
    return got == 1;
  }

  void end_it() const { kill(pid_, SIGKILL); }

  // How it ended, and what it took.
  std::pair<int, rusage> wait() {
    int status = 0;
    rusage usage{};
    while (wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return {status, usage};
  }

 private:
  pid_t pid_ = -1;
  int from_ = -1;
};

void tell(int to, std::string_view text) {
  while (!text.empty()) {
    ssize_t put = send(to, text.data(), text.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == ENOTSOCK) put = write(to, text.data(), text.size());
    if (put < 0 && errno != EINTR) return;  // the parent is gone, and so is whoever would care
    if (put > 0) text.remove_prefix(static_cast<std::size_t>(put));
  }
}

}  // namespace

Result<Outcome> in_child(const std::function<Result<std::vector<double>>()>& work) {
  Child child;
  FODSPOR_DO(child.start([&](int to) { tell(to, told(work())); }));
  const std::string text = child.listen();
  const auto [status, usage] = child.wait();
  if (WIFSIGNALED(status)) {
    return fail(Fault::unavailable, "a measuring process was ended by signal " + std::to_string(WTERMSIG(status)) +
                                        "; if that was for lack of memory, measure fewer events");
  }
  FODSPOR_TRY(std::vector<double> values, understood(text));
  return Outcome{std::move(values), static_cast<std::uint64_t>(usage.ru_maxrss) * 1024};
}

Status killed_at_work(const std::function<Status(const std::function<void()>& ready)>& work) {
  Child child;
  FODSPOR_DO(child.start([&](int to) {
    const Status status = work([&] { tell(to, "+"); });
    if (!status) tell(to, told(tl::make_unexpected(status.error())));
  }));
  if (child.hear_one()) {
    std::this_thread::sleep_for(before_the_kill);
    child.end_it();
  }
  const std::string complaint = child.listen();
  const auto [status, usage] = child.wait();
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return {};
  return fail(Fault::unavailable, "the process that was to be killed at work ended before: " + complaint);
}

Result<std::unique_ptr<Companion>> Companion::start(const std::function<Status(const std::function<void(const Answers&)>& attend)>& work) {
  check_one_thread();
  // Sequenced packets: a letter and an answer are each one message, however long.
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return tl::make_unexpected(failure_of_call("making a socket"));
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const Status status = work([channel = ends[1]](const Answers& answers) {
      tell(channel, told(std::vector<double>{}));
      char what = 0;
      ssize_t got = 0;
      while ((got = read(channel, &what, 1)) == 1 || (got < 0 && errno == EINTR)) {
        if (got < 0) continue;
        if (what == end_letter) return;
        tell(channel, told(answers(what)));
      }
    });
    if (!status) tell(ends[1], told(tl::make_unexpected(status.error())));
    _exit(0);
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return tl::make_unexpected(failure_of_call("starting a process"));
  }
  std::unique_ptr<Companion> companion(new Companion(pid, ends[0]));
  FODSPOR_TRY([[maybe_unused]] const auto ready, companion->hear());
  return companion;
}

Companion::~Companion() {
  tell(channel_, {&end_letter, 1});
  close(channel_);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<std::vector<double>> Companion::ask(char what) const {
  tell(channel_, {&what, 1});
  return hear();
}

Result<std::vector<double>> Companion::hear() const {
  std::array<char, 16'384> buffer{};
  ssize_t got = 0;
  do got = read(channel_, buffer.data(), buffer.size());
  while (got < 0 && errno == EINTR);
  if (got <= 0) return fail(Fault::unavailable, "the process that was measured has ended");
  return understood({buffer.data(), static_cast<std::size_t>(got)});
}

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Status stay_on_one_core() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return tl::make_unexpected(failure_of_call("asking for the cores"));
  // The last one: interrupts tend to be served by the first.
  for (std::size_t core = CPU_SETSIZE; core-- > 0;) {
    if (!CPU_ISSET(core, &allowed)) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0) return tl::make_unexpected(failure_of_call("staying on one core"));
    return {};
  }
  return fail(Fault::unavailable, "there is no core to stay on");
}

}  // namespace fodspor::server::bench
