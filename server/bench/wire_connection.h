// A connection to a server of ours as bytes: hello is said when it is made, then frames go out and answers come in, none of them waited
// for. One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "events/failure.h"
#include "server/bench/conversation.h"
#include "server/bench/frames.h"
#include "server/protocol.capnp.h"

namespace fodspor::server::bench {

class WireConnection {
 public:
  // Over a Unix socket. Waits until it is welcomed.
  static Result<std::unique_ptr<WireConnection>> open(const std::filesystem::path& socket);
  ~WireConnection();
  WireConnection(const WireConnection&) = delete;
  WireConnection& operator=(const WireConnection&) = delete;

  int descriptor() const noexcept { return descriptor_; }
  // Of the last event that was durable when it was welcomed.
  std::uint64_t position() const noexcept { return position_; }
  std::string& outgoing() noexcept { return outgoing_; }
  // False: the rest goes later.
  Result<bool> flush();
  using Each = std::function<Status(server::wire::Answer::Reader answer)>;
  // Every answer that has come whole. Fault::unavailable if the server has closed the connection.
  Status take(const Each& each);
  // The same, waiting for one at least.
  Status wait(const Each& each);

 private:
  explicit WireConnection(int descriptor) : descriptor_(descriptor) {}
  Status take_frames(const Each& each);

  int descriptor_;
  std::uint64_t position_ = 0;
  std::string outgoing_;
  std::size_t gone_ = 0;
  std::vector<std::uint64_t> incoming_;
  std::size_t held_ = 0;  // bytes of it
};

// What a lane asks, by number: writes the request under the id number + 1.
using Asks = std::function<void(std::uint64_t number, std::string& to)>;
// Requests that are answered by one message each.
Result<std::unique_ptr<Conversation>> wire_conversation(const std::filesystem::path& socket, Asks asks);

}  // namespace fodspor::server::bench
