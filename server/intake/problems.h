// What is wrong with a file, collected so that a person can mend it in one go: the first twenty, then how many more. One thread.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "events/failure.h"

namespace fodspor::server::intake {

class Problems {
 public:
  static constexpr std::size_t shown_max = 20;

  // One that has a line of its own.
  void add(std::string message) {
    ++count_;
    if (shown_.size() < shown_max) shown_.push_back({std::move(message), {}, 1, {}, {}});
  }
  // One at a place, "people.csv:3" or nothing. The same reason at many places, as where a programme is not known, is one line.
  void add(const std::string& place, std::string reason) {
    ++count_;
    for (Shown& shown : shown_) {
      if (shown.reason != reason) continue;
      ++shown.times;
      if (!place.empty() && place != shown.first) shown.others.emplace(place.size(), place);
      return;
    }
    if (shown_.size() < shown_max) shown_.push_back({place + (place.empty() ? "" : ": ") + reason, std::move(reason), 1, place, {}});
  }
  bool none() const noexcept { return count_ == 0; }
  bool many() const noexcept { return count_ >= 1'000; }  // there is no point in looking further

  // Fault::invalid with one line each, or nothing.
  events::Status status() const {
    if (none()) return {};
    std::string message;
    std::size_t told = 0;
    for (const Shown& shown : shown_) {
      message += (message.empty() ? "" : "\n") + shown.line;
      if (!shown.others.empty()) message += " (" + others(shown.others) + ")";
      told += shown.times;
    }
    if (count_ > told) message += "\nand " + std::to_string(count_ - told) + " more like these";
    return events::fail(events::Fault::invalid, std::move(message));
  }

 private:
  // By length first, so that line 9 comes before line 10.
  using Places = std::set<std::pair<std::size_t, std::string>>;
  struct Shown {
    std::string line;
    std::string reason;  // empty: it stands for itself
    std::size_t times;
    std::string first;
    Places others;
  };

  // "and in lines 3, 4, 5 and 112 more", of places of one file.
  static std::string others(const Places& places) {
    constexpr std::size_t named_max = 8;
    std::string text = places.size() == 1 ? "and in line " : "and in lines ";
    std::size_t named = 0;
    for (const auto& [size, place] : places) {
      if (named == named_max) break;
      text += (named++ == 0 ? "" : ", ") + place.substr(place.rfind(':') + 1);
    }
    return named == places.size() ? text : text + " and " + std::to_string(places.size() - named) + " more";
  }

  std::size_t count_ = 0;
  std::vector<Shown> shown_;
};

}  // namespace fodspor::server::intake
