// Outcome definitions from anywhere: refused with a message, or taken and found again.
#include "projections/definition.h"

#include <cstddef>
#include <cstdint>

using namespace fodspor::projections;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Library shipped = Library::shipped();
  Library library = shipped;
  const auto added = library.add({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (!added) {
    FODSPOR_CHECK(!added.error().message.empty());
    return 0;
  }
  const auto found = library.find(added->id(), added->version());
  FODSPOR_CHECK(found.has_value() && found->hash() == added->hash());
  return 0;
}
