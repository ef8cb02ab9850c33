// A server's configuration file: read, or refused with its line.
#include "server/config.h"

#include <cstddef>
#include <cstdint>

using namespace fodspor::server;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto config = Config::read({reinterpret_cast<const char*>(data), size}, "fodspor.toml");
  if (!config) {
    FODSPOR_CHECK(config.error().message.starts_with("fodspor.toml:"));
  } else {
    FODSPOR_CHECK(config->bounds.connections_max > 0 && config->bounds.requests_in_flight_max > 0);
  }
  return 0;
}
