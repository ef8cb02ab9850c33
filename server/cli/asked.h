// What a command stands on when somebody asks for it over the socket: the server's open ledger and views, what the asker may see, and when
// to stop. Made for one question by questions.cpp, borrowed by its Console; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "engine/ledger.h"
#include "server/access.h"
#include "server/live_views.h"

namespace fodspor::server {

struct Asked {
  engine::Ledger& ledger;
  const LiveViews::Moment& views;
  const Grant& grant;
  std::size_t memory_bytes;  // for one reading of the log
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;
  std::function<bool()> cancelled;
};

}  // namespace fodspor::server
