// Answers under construction. Each belongs to the call that writes it.
#pragma once

#include <capnp/message.h>

#include <memory>
#include <vector>

#include "engine/cursor.h"
#include "server/protocol.capnp.h"

namespace fodspor::server {

using namespace fodspor::events;

class AnswerWriter {
 public:
  explicit AnswerWriter(std::uint64_t id);
  wire::Answer::Builder root() { return message_.getRoot<wire::Answer>(); }
  // Framed; once.
  std::vector<std::byte> bytes();

 private:
  capnp::MallocMessageBuilder message_;
};

// Events of one answer, in the form that was asked for.
class RecordedWriter {
 public:
  RecordedWriter(std::uint64_t id, wire::Form form) : id_(id), form_(form) {}
  // Fault::corrupt if the stored bytes cannot be read; unsupported for a form that is not known.
  Status add(const engine::Stored& stored);
  std::size_t count() const noexcept { return events_.size(); }
  std::size_t held_bytes() const noexcept { return held_bytes_; }
  // `next`: where what follows begins, 0: nothing does.
  std::vector<std::byte> bytes(std::uint64_t next, Position durable);

 private:
  struct One {
    Placement placement;
    std::string content;         // packed bytes or JSON
    std::optional<Event> event;  // where the proposal itself was asked for
  };
  std::uint64_t id_;
  wire::Form form_;
  std::vector<One> events_;
  std::size_t held_bytes_ = 0;
};

wire::Fault fault_on_wire(Fault fault) noexcept;

}  // namespace fodspor::server
