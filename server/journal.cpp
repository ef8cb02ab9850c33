#include "server/journal.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace fodspor::server {

namespace {

spdlog::level::level_enum spdlog_level(Journal::Level level) {
  switch (level) {
    case Journal::Level::debug:
      return spdlog::level::debug;
    case Journal::Level::info:
      return spdlog::level::info;
    case Journal::Level::warning:
      return spdlog::level::warn;
    case Journal::Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

Journal::Journal(const Config& config)
    : format_(config.log_format), logger_(std::make_unique<spdlog::logger>("fodspor", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->flush_on(spdlog::level::debug);
  follow(config);
}

void Journal::follow(const Config& config) {
  const std::lock_guard lock(telling_);
  format_ = config.log_format;
  logger_->set_level(spdlog_level(config.log_level));
  const std::string pattern =
      format_ == Config::LogFormat::json ? R"({"at":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v";
  logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
}

Journal::~Journal() = default;

bool Journal::may_tell(std::uint64_t& left_out) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (now - second_began_ >= std::chrono::seconds(1)) {
    second_began_ = now;
    warnings_ = 0;
  }
  if (++warnings_ > warnings_a_second) {
    ++left_out_;
    return false;
  }
  left_out = std::exchange(left_out_, 0);
  return true;
}

void Journal::tell(Level level, std::string_view what, std::initializer_list<std::pair<std::string_view, Document>> fields) {
  const auto severity = spdlog_level(level);
  const std::shared_lock lock(telling_);
  if (!logger_->should_log(severity)) return;
  std::uint64_t left_out = 0;
  if (level == Level::warning && !may_tell(left_out)) return;
  std::string line;
  if (format_ == Config::LogFormat::json) {
    line = "\"what\":" + Document(what).text();
    for (const auto& [key, value] : fields) line += "," + Document(key).text() + ":" + value.text();
  } else {
    line = what;
    for (const auto& [key, value] : fields) line += " " + std::string(key) + "=" + value.text();
  }
  if (left_out > 0 && format_ == Config::LogFormat::json) line += ",\"left_out\":" + std::to_string(left_out);
  if (left_out > 0 && format_ == Config::LogFormat::text) line += " left_out=" + std::to_string(left_out);
  logger_->log(severity, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace fodspor::server
