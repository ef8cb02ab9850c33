// The log of a server, or a part of it, read page by page. Owned by one command; one thread. Outlived by its client.
#pragma once

#include <deque>
#include <optional>

#include "events/event.h"
#include "server/client.h"

namespace fodspor::server {

class RemoteLog {
 public:
  RemoteLog(Client& client, std::uint64_t from, std::optional<std::uint64_t> to) : client_(client), from_(from), to_(to) {}
  void only_type(EventType type) { type_ = type; }
  // From its first event on, whatever `from` says.
  void only_stream(const StreamId& stream);

  // The end of the log when the page was read. At the end it reads what has come since.
  Result<Position> read_page();
  // The next event of the page; none: read another, unless it is at the end.
  std::optional<Event> next();
  bool is_at_end() const noexcept { return at_end_; }

 private:
  Status take(wire::Recorded::Reader recorded);

  Client& client_;
  std::uint64_t from_;  // a position, or a version in the stream
  const std::optional<std::uint64_t> to_;
  std::optional<EventType> type_;
  std::optional<StreamId> stream_;
  std::deque<Event> page_;
  Position position_;
  bool at_end_ = false;
};

}  // namespace fodspor::server
