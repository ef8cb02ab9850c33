#include "server/version.h"

namespace fodspor::server {

std::string_view version() noexcept {
  return FODSPOR_VERSION;
}

}  // namespace fodspor::server
