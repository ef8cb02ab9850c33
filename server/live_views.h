// The views of a ledger that is served: brought up to the end of its log by a thread of their own, and read by any. What is read is one
// moment of all of them, that stays what it is while they go on. Owned by the listener; outlived by its ledger.
//
// They hold views/lock as long as they can have it. While another process has it, they wait for it, and questions wait for them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "projections/runner.h"

namespace fodspor::server {

using namespace fodspor::events;

class LiveViews {
 public:
  struct Moment {
    Position known;  // everything up to here was looked at; a view that a poison stopped stands before it
    std::vector<projections::ViewState> states;
    std::map<std::string, std::shared_ptr<const projections::Rows>, std::less<>> rows;
  };

  // `trouble`: what keeps them from following, once for each new reason; on their thread.
  LiveViews(const engine::Ledger& ledger, std::size_t memory_bytes, std::function<void(const Failure&)> trouble);
  ~LiveViews();
  LiveViews(const LiveViews&) = delete;
  LiveViews& operator=(const LiveViews&) = delete;

  // The latest moment, as soon as it knows that position. Fault::busy if it does not in time; cancelled.
  Result<std::shared_ptr<const Moment>> at(Position at_least, std::chrono::milliseconds within, const std::function<bool()>& cancelled);

 private:
  void follow();
  Status catch_up();
  Status publish(Position known);
  bool stopping() const;

  const engine::Ledger& ledger_;
  const std::size_t memory_bytes_;
  const std::function<void(const Failure&)> trouble_;
  std::unique_ptr<projections::Runner> runner_;  // of the thread alone
  mutable std::mutex mutex_;                     // over what is below
  std::condition_variable changed_;              // a moment was published, somebody waits, or it stops
  std::shared_ptr<const Moment> moment_;         // none yet
  std::string trouble_told_;
  std::size_t waiting_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace fodspor::server
