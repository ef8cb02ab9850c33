#include "server/config.h"

#include "server/endpoint.h"
#include "server/intake/section.h"

namespace fodspor::server {

namespace {

using intake::Section;

void read_limits(Section section, Bounds& bounds) {
  bounds.connections_max = section.number("connections", bounds.connections_max, 1, 1'000'000);
  bounds.requests_in_flight_max = section.number("requests_in_flight", bounds.requests_in_flight_max, 1, 65'536);
  bounds.memory_bytes_max = section.number("memory_mib", bounds.memory_bytes_max >> 20, 64, 1u << 20) << 20;
  bounds.queued_bytes_max = section.number("queued_kib", bounds.queued_bytes_max >> 10, 64, 1u << 20) << 10;
  bounds.questions_at_once = section.number("questions", bounds.questions_at_once, 1, 256);
  bounds.questions_waiting_max = section.number("questions_waiting", bounds.questions_waiting_max, 0, 65'536);
  bounds.question_memory_bytes = section.number("question_mib", bounds.question_memory_bytes >> 20, 16, 1u << 20) << 20;
  const auto seconds = [&](std::string_view key, std::chrono::milliseconds& value) {
    value = std::chrono::seconds(section.number(key, static_cast<std::uint64_t>(value.count() / 1000), 1, 3'600));
  };
  seconds("hello_seconds", bounds.hello_within);
  seconds("message_seconds", bounds.frame_within);
  seconds("answer_seconds", bounds.taken_within);
  seconds("http_idle_seconds", bounds.http_idle_within);
  section.refuse_unknown();
}

void read_log(Section section, Config& config) {
  config.log_format = section.choice("format", {"text", "json"}) == "json" ? Config::LogFormat::json : Config::LogFormat::text;
  const std::string level = section.choice("level", {"info", "debug", "warning", "error"});
  if (level == "debug") config.log_level = Config::LogLevel::debug;
  if (level == "warning") config.log_level = Config::LogLevel::warning;
  if (level == "error") config.log_level = Config::LogLevel::error;
  section.refuse_unknown();
}

void read_tls(Section section, Config& config) {
  config.tls.emplace(CertificateFiles{section.required_text("certificate"), section.required_text("key"), {}});
  if (section.has("client_ca")) config.tls->client_ca = section.required_text("client_ca");
  section.refuse_unknown();
}

}  // namespace

Result<Config> Config::read(std::string_view text, std::string_view file) {
  toml::table document;
  try {
    document = toml::parse(text, std::string(file));
  } catch (const toml::parse_error& error) {
    const auto begin = error.source().begin;
    return fail(Fault::invalid, std::string(file) + ":" + std::to_string(begin.line) + ":" + std::to_string(begin.column) + ": " +
                                    std::string(error.description()));
  }
  intake::Problems problems;
  Section root(document, "", file, problems);
  Config config;
  const auto addresses = [&](std::string_view key) {
    std::vector<std::string> texts = root.texts(key);
    for (const std::string& address : texts) {
      if (const auto parsed = Endpoint::parse(address); !parsed) root.problem(key, parsed.error().message);
    }
    return texts;
  };
  config.listen = addresses("listen");
  config.http = addresses("http");
  config.metrics_need_token = root.flag("metrics_need_token");
  config.workers = root.number("workers", config.workers, 1, 256);
  if (auto limits = root.section("limits")) read_limits(std::move(*limits), config.bounds);
  if (auto tls = root.section("tls")) read_tls(std::move(*tls), config);
  if (auto log = root.section("log")) read_log(std::move(*log), config);
  root.refuse_unknown();
  FODSPOR_DO(problems.status());
  return config;
}

}  // namespace fodspor::server
