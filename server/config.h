// How a server is run: what its configuration file says. Each key has a default; a key that is not known is refused. README.md, "Running
// it", lists them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/failure.h"
#include "server/bounds.h"
#include "server/tls_context.h"

namespace fodspor::server {

using namespace fodspor::events;

struct Config {
  std::vector<std::string> listen;  // empty: the socket "fodspor.sock" in the ledger's folder
  std::vector<std::string> http;    // where HTTP is spoken
  bool metrics_need_token = false;  // also on this machine
  std::optional<CertificateFiles> tls;
  std::size_t workers = 0;  // threads that ask the ledger; 0: one a processor, and two at least
  enum class LogFormat : std::uint8_t { text, json } log_format = LogFormat::text;
  enum class LogLevel : std::uint8_t { debug, info, warning, error } log_level = LogLevel::info;
  Bounds bounds;

  // Fault::invalid: a line a problem, "fodspor.toml:3:1: limits.connections: …".
  static Result<Config> read(std::string_view toml, std::string_view file);
};

}  // namespace fodspor::server
