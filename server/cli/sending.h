// Events sent to a server instead of into a ledger. Each request carries an id that says what it holds, so sending again repeats nothing.
// One thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ledger.h"
#include "events/event.h"
#include "server/client.h"

namespace fodspor::server {

// One batch, all or none; `json`: an object an event. Faults as of an append.
Result<engine::Appended> send_batch(Client& client, const std::string& request_id, const std::vector<engine::Expected>& expected,
                                    const std::vector<std::string_view>& json);

// Many events, each a request of its own with many under way, in their order. A server that is busy is asked again.
struct Sent {
  std::uint64_t added = 0, repeated = 0;
  Position first, last;  // of what was added
};
struct ToSend {
  std::string request_id;
  const Draft* draft;
};
// On a refusal nothing after the refused event is sent any more, and `refused` becomes its index; some that were under way with it may
// stand.
Result<Sent> send_each(Client& client, const std::vector<ToSend>& events, bool dry_run, std::size_t& refused,
                       const std::function<void(std::uint64_t done, std::uint64_t of)>& progress);

}  // namespace fodspor::server
