// Answers under construction. Each belongs to the call that writes it.
#pragma once

#include <capnp/message.h>

#include <chrono>
#include <optional>
#include <string>
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

// Events under way to a client, in the form that was asked for.
class EventList {
 public:
  explicit EventList(wire::Form form) : form_(form) {}
  // Fault::corrupt if the stored bytes cannot be read; unsupported for a form that is not known.
  Status add(const engine::Stored& stored);
  std::size_t count() const noexcept { return events_.size(); }
  std::size_t held_bytes() const noexcept { return held_bytes_; }
  // A list of count() events.
  void write(capnp::List<wire::Event>::Builder list);

 private:
  struct One {
    Placement placement;
    std::string content;         // packed bytes or JSON
    std::optional<Event> event;  // where the proposal itself was asked for
  };
  wire::Form form_;
  std::vector<One> events_;
  std::size_t held_bytes_ = 0;
};

// Events of one answer to a read.
class RecordedWriter {
 public:
  RecordedWriter(std::uint64_t id, wire::Form form) : id_(id), events_(form) {}
  // As of EventList.
  Status add(const engine::Stored& stored) { return events_.add(stored); }
  std::size_t count() const noexcept { return events_.count(); }
  std::size_t held_bytes() const noexcept { return events_.held_bytes(); }
  // `next`: where what follows begins, 0: nothing does.
  std::vector<std::byte> bytes(std::uint64_t next, Position durable);

 private:
  std::uint64_t id_;
  EventList events_;
};

// `busy_retry` is told of Fault::busy alone.
std::vector<std::byte> refusal_bytes(std::uint64_t id, const Failure& failure, std::chrono::milliseconds busy_retry);
Status check_form(wire::Form form);

wire::Fault fault_on_wire(Fault fault) noexcept;

}  // namespace fodspor::server
