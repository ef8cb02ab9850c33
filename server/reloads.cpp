#include "server/reloads.h"

namespace fodspor::server {

std::size_t Reloads::run(Journal& journal) const {
  std::size_t failed = 0;
  for (const auto& [what, read_again] : all_) {
    if (const Status status = read_again(); status) {
      journal.tell(Journal::Level::info, "read again", {{"part", what}});
    } else {
      ++failed;
      journal.tell(Journal::Level::error, "cannot be read again; what was read last holds",
                   {{"part", what}, {"reason", status.error().message}});
    }
  }
  return failed;
}

}  // namespace fodspor::server
