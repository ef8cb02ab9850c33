// What is wrong with a file, collected so that a person can mend it in one go: the first twenty, then how many more. One thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "events/failure.h"

namespace fodspor::server::intake {

class Problems {
 public:
  static constexpr std::size_t shown_max = 20;

  void add(std::string message) {
    ++count_;
    if (shown_.size() < shown_max) shown_.push_back(std::move(message));
  }
  bool none() const noexcept { return count_ == 0; }
  bool many() const noexcept { return count_ >= 1'000; }  // there is no point in looking further

  // Fault::invalid with one line each, or nothing.
  events::Status status() const {
    if (none()) return {};
    std::string message;
    for (const std::string& line : shown_) message += (message.empty() ? "" : "\n") + line;
    if (count_ > shown_.size()) message += "\nand " + std::to_string(count_ - shown_.size()) + " more like these";
    return events::fail(events::Fault::invalid, std::move(message));
  }

 private:
  std::size_t count_ = 0;
  std::vector<std::string> shown_;
};

}  // namespace fodspor::server::intake
