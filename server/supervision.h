// What the service manager that started this process is told while it runs: ready, reloading, stopping, still alive (sd_notify(3), as
// datagrams to the socket that $NOTIFY_SOCKET names). Without that variable it tells nobody. Any thread; it never blocks, and a datagram
// that does not get through is lost: nobody stops serving because nobody watches.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fodspor::server {

class Supervision {
 public:
  using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC, by which systemd asks when a reload began

  // NOTIFY_SOCKET (a path, or an abstract name after "@"), WATCHDOG_USEC, and WATCHDOG_PID, which says whose watchdog it is.
  explicit Supervision(const std::function<std::optional<std::string>(const char*)>& variable);
  ~Supervision();
  Supervision(const Supervision&) = delete;
  Supervision& operator=(const Supervision&) = delete;

  void ready(std::string_view status) const;
  void reloading() const;  // to be followed by ready()
  void stopping() const;
  void status(std::string_view sentence) const;
  // Called often, it says that the process lives each time that half of what the watchdog allows has gone.
  void alive(Clock::time_point now);

 private:
  void tell(std::string_view lines) const;

  int socket_ = -1;
  std::string address_;  // as sendto takes it
  std::optional<Clock::duration> alive_every_;
  std::atomic<Clock::rep> said_alive_{Clock::duration::min().count()};
};

}  // namespace fodspor::server
