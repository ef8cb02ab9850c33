// Stored values of log/: refused, or exactly what is written for what was read.
#include "engine/record.h"

#include <cstddef>
#include <cstdint>
#include <string>

using namespace fodspor::engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  const auto stored = read_record(value, Position{7});
  if (!stored) {
    FODSPOR_CHECK(!stored.error().message.empty());
    return 0;
  }
  std::string written;
  write_record(written, view(stored->packed), stored->placement);
  FODSPOR_CHECK(written == value);
  return 0;
}
