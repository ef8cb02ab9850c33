// What a running server reads again when it is asked to (SIGHUP): a list of names and functions, which whoever has something to reload adds
// to before the server runs. Owned by the command that serves; run by one thread at a time.
#pragma once

#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "events/failure.h"
#include "server/journal.h"

namespace fodspor::server {

class Reloads {
 public:
  // `what` is literal text, as "tokens". The function reads anew and puts the new in the place of the old; where it fails, the old holds.
  void add(std::string_view what, std::function<Status()> read_again) { all_.emplace_back(what, std::move(read_again)); }

  // Each in the order in which it was added, whatever became of those before it; a line of the journal for each. How many failed.
  std::size_t run(Journal& journal) const;

 private:
  std::vector<std::pair<std::string_view, std::function<Status()>>> all_;
};

}  // namespace fodspor::server
