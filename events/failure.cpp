#include "events/failure.h"

#include <cstdio>
#include <cstdlib>

namespace fodspor::events {

std::string_view name(Fault fault) noexcept {
  switch (fault) {
    case Fault::invalid:
      return "invalid";
    case Fault::conflict:
      return "conflict";
    case Fault::busy:
      return "busy";
    case Fault::not_found:
      return "not_found";
    case Fault::too_large:
      return "too_large";
    case Fault::corrupt:
      return "corrupt";
    case Fault::poisoned:
      return "poisoned";
    case Fault::unavailable:
      return "unavailable";
    case Fault::unsupported:
      return "unsupported";
    case Fault::stopped:
      return "stopped";
    case Fault::cancelled:
      return "cancelled";
    case Fault::denied:
      return "denied";
  }
  return "unknown";
}

Failure at(std::string_view place, Failure failure) {
  std::string message;
  message.reserve(place.size() + 2 + failure.message.size());
  message.append(place).append(": ").append(failure.message);
  failure.message = std::move(message);
  return failure;
}

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: a promise of the program itself is broken: %s\n", file, line, condition);
  std::abort();
}

}  // namespace fodspor::events
