#include "server/supervision.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace fodspor::server {

namespace {

std::optional<std::uint64_t> number(const std::optional<std::string>& text) {
  std::uint64_t value = 0;
  if (!text || text->empty()) return std::nullopt;
  const char* end = text->data() + text->size();
  const auto [read_to, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || read_to != end) return std::nullopt;
  return value;
}

// The bytes of the address; none for what is no address of a Unix socket (systemd may name a vsock, where a virtual machine is told of).
std::string address_of(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() < 2 || name.size() >= sizeof address.sun_path || (name.front() != '/' && name.front() != '@')) return {};
  std::memcpy(address.sun_path, name.data(), name.size());
  const bool abstract = name.front() == '@';
  if (abstract) address.sun_path[0] = '\0';
  // The name of an abstract socket ends with its bytes, and a path with a zero.
  const std::size_t size = offsetof(sockaddr_un, sun_path) + name.size() + (abstract ? 0 : 1);
  std::string bytes(size, '\0');
  std::memcpy(bytes.data(), &address, size);
  return bytes;
}

// A value is one line.
std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return line;
}

}  // namespace

Supervision::Supervision(const std::function<std::optional<std::string>(const char*)>& variable) {
  if (const auto name = variable("NOTIFY_SOCKET")) address_ = address_of(*name);
  if (address_.empty()) return;
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const auto micros = number(variable("WATCHDOG_USEC"));
  const auto whose = variable("WATCHDOG_PID");
  const bool ours = !whose || number(whose) == static_cast<std::uint64_t>(::getpid());
  if (micros && *micros > 0 && ours) alive_every_ = std::chrono::microseconds(*micros / 2);
}

Supervision::~Supervision() {
  if (socket_ >= 0) ::close(socket_);
}

void Supervision::ready(std::string_view status) const {
  tell("READY=1\nSTATUS=" + one_line(status));
}

void Supervision::reloading() const {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch());
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count()));
}

void Supervision::stopping() const {
  tell("STOPPING=1\nSTATUS=Answering what was taken, then ending");
}

void Supervision::status(std::string_view sentence) const {
  tell("STATUS=" + one_line(sentence));
}

void Supervision::alive(Clock::time_point now) {
  if (!alive_every_) return;
  const auto at = now.time_since_epoch();
  auto before = said_alive_.load(std::memory_order_relaxed);
  if (before != Clock::duration::min().count() && at - Clock::duration(before) < *alive_every_) return;
  // Of two threads that come at once, one tells.
  if (said_alive_.compare_exchange_strong(before, at.count(), std::memory_order_relaxed)) tell("WATCHDOG=1");
}

void Supervision::tell(std::string_view lines) const {
  if (socket_ < 0) return;
  sockaddr_un to{};
  std::memcpy(&to, address_.data(), address_.size());
  // Whether it came through is of no consequence here: see the header.
  static_cast<void>(::sendto(socket_, lines.data(), lines.size(), MSG_DONTWAIT | MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to),
                             static_cast<socklen_t>(address_.size())));
}

}  // namespace fodspor::server
