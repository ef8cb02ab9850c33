#include "tests/support/scratch.h"

#include <stdlib.h>

#include <cstdlib>
#include <system_error>

#include "events/failure.h"

namespace fodspor::tests {
namespace {

constexpr std::uintmax_t room_wanted = 1u << 30;

std::filesystem::path scratch_root() {
  if (const char* asked = std::getenv("FODSPOR_SCRATCH"); asked != nullptr && *asked != '\0') return asked;
  const std::filesystem::path memory = "/dev/shm";
  std::error_code error;
  const auto space = std::filesystem::space(memory, error);
  return !error && space.available >= room_wanted ? memory : std::filesystem::temp_directory_path();
}

}  // namespace

std::filesystem::path new_scratch_directory(const std::string& purpose) {
  std::string name = (scratch_root() / ("fodspor-" + purpose + "-XXXXXX")).string();
  FODSPOR_CHECK(::mkdtemp(name.data()) != nullptr);
  return name;
}

}  // namespace fodspor::tests
