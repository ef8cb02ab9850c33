// Values of log/ as they stand under a key: refused, or exactly what is written for the events that were read.
#include "engine/bundle.h"

#include <cstddef>
#include <cstdint>
#include <string>

using namespace fodspor::engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  constexpr Position last{1'000};
  Bundle bundle;
  if (const auto read = bundle.read(last, value); !read) {
    FODSPOR_CHECK(!read.error().message.empty() && !bundle.holds(last));
    return 0;
  }
  FODSPOR_CHECK(bundle.holds(last) && !bundle.holds({last.value + 1}));
  std::string events;
  std::vector<std::size_t> ends;
  for (Position position = bundle.first(); position <= last; ++position.value) {
    events += bundle.event(position);
    ends.push_back(events.size());
  }
  FODSPOR_CHECK(bundle_head(ends, 0) + events == value);
  return 0;
}
