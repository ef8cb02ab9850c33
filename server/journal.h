// What a server tells about itself while it runs: a line an occurrence on stderr, as text for people or as JSON. Never what a client sent,
// nor a token. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string_view>
#include <utility>

#include "server/cli/document.h"
#include "server/config.h"

namespace spdlog {
class logger;
}

namespace fodspor::server {

class Journal {
 public:
  using Level = Config::LogLevel;
  explicit Journal(const Config& config);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Of lines that somebody outside can bring about (Level::warning) so many a second at most; how many were left out is told with the next.
  static constexpr std::uint32_t warnings_a_second = 20;

  // How it is to be told from here on; of the configuration it looks at [log].
  void follow(const Config& config);

  // `what` is one of few sentences, so that lines can be counted; what differs from line to line stands in the fields.
  void tell(Level level, std::string_view what, std::initializer_list<std::pair<std::string_view, Document>> fields = {});

 private:
  bool may_tell(std::uint64_t& left_out);

  std::shared_mutex telling_;  // over how lines are told: shared by who tells one
  Config::LogFormat format_;
  const std::unique_ptr<spdlog::logger> logger_;
  std::mutex mutex_;  // over what is below
  std::chrono::steady_clock::time_point second_began_;
  std::uint32_t warnings_ = 0;  // in this second
  std::uint64_t left_out_ = 0;
};

}  // namespace fodspor::server
