// Cap'n Proto messages out of a stream of bytes, in the standard framing: the number of segments less one and each segment's words as
// four-byte numbers, padded to eight bytes, then the segments. Owned by one connection, on its strand; no sockets here.
//
// Memory is taken as bytes arrive, never as a header claims: whoever announces much and sends little costs little.
#pragma once

#include <capnp/message.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "events/failure.h"
#include "server/bounds.h"

namespace fodspor::server {

using namespace fodspor::events;

// One whole message, and the memory that it lies in.
class Frame {
 public:
  Frame(std::vector<std::uint64_t> words, std::size_t table_words);
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  // What is read through it counts against Bounds::traversal_factor and nesting_max; past them Cap'n Proto throws.
  capnp::MessageReader& message() noexcept { return *reader_; }
  std::size_t bytes() const noexcept { return words_.size() * sizeof(std::uint64_t); }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<kj::ArrayPtr<const capnp::word>> segments_;
  std::unique_ptr<capnp::SegmentArrayMessageReader> reader_;
};

class FrameReader {
 public:
  // Where the next bytes go; never empty. Valid until `got`.
  std::span<std::byte> room();
  // So many bytes were written into it.
  void got(std::size_t bytes);

  // The next whole message; none: more bytes are needed. Fault::too_large or invalid: nothing of this stream can be read any more.
  // `bytes_max`: of a message whose first bytes were not seen yet.
  Result<std::unique_ptr<Frame>> next(std::size_t bytes_max = Bounds::frame_bytes_max);

  // Some of a message is here, and not the whole of it.
  bool in_a_frame() const noexcept { return end_ > begin_; }
  std::size_t held_bytes() const noexcept { return buffer_.size() * sizeof(std::uint64_t); }

 private:
  std::span<const std::byte> unread() const noexcept;

  std::vector<std::uint64_t> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // bytes that are not read yet
  std::size_t frame_bytes_ = 0;      // of the message that has begun; 0: its table is not whole
};

// A message with its table in front, as it goes to a socket.
std::vector<std::byte> framed(capnp::MessageBuilder& message);

}  // namespace fodspor::server
