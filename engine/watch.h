// To be told that the durable end has moved. The ledger owns the Watchers; whoever wants to be told owns a Watch, and is never called
// after that is gone. Any thread, except that a call must not end its own Watch.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace fodspor::engine {

class Watch;

class Watchers {
 public:
  Watchers() = default;
  Watchers(const Watchers&) = delete;
  Watchers& operator=(const Watchers&) = delete;

  Watch add(std::function<void()> moved);
  // Calls each, on the thread of whoever moved the end: a call must not block.
  void tell();

 private:
  friend class Watch;
  void remove(std::uint64_t number);

  std::mutex mutex_;  // held during the calls, so that who ends a Watch waits for one that is under way
  std::map<std::uint64_t, std::function<void()>> watching_;
  std::uint64_t last_ = 0;
};

class Watch {
 public:
  Watch() = default;  // of nothing
  Watch(Watch&& other) noexcept : watchers_(std::exchange(other.watchers_, nullptr)), number_(other.number_) {}
  Watch& operator=(Watch&& other) noexcept {
    std::swap(watchers_, other.watchers_);
    std::swap(number_, other.number_);
    return *this;
  }
  ~Watch() {
    if (watchers_ != nullptr) watchers_->remove(number_);
  }

 private:
  friend class Watchers;
  Watch(Watchers& watchers, std::uint64_t number) : watchers_(&watchers), number_(number) {}
  Watchers* watchers_ = nullptr;
  std::uint64_t number_ = 0;
};

}  // namespace fodspor::engine
