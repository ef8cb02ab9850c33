#include "server/cli/command.h"

namespace fodspor::server {

Exit exit_of(Fault fault) noexcept {
  switch (fault) {
    case Fault::invalid:
    case Fault::conflict:
    case Fault::not_found:
    case Fault::too_large:
    case Fault::unsupported:
    case Fault::denied:
      return Exit::refused;
    case Fault::busy:
    case Fault::corrupt:
    case Fault::poisoned:
    case Fault::unavailable:
    case Fault::stopped:
    case Fault::cancelled:
      return Exit::unusable;
  }
  return Exit::unusable;
}

Result<Exit> Command::run_at(Console&, Connection&) {
  FODSPOR_CHECK(!speaks_to_servers());
  return fail(Fault::unsupported, "this command is not for servers");
}

}  // namespace fodspor::server
