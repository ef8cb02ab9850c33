// Every bound of the socket, in one place, with the relations between them. What a deployment may change is a member; the rest is fixed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "events/limits.h"

namespace fodspor::server {

struct Bounds {
  // A message that comes in: its segments and words are counted before any memory is taken for them.
  static constexpr std::size_t segments_max = 64;
  static constexpr std::size_t frame_bytes_max = 24u << 20;
  static constexpr int nesting_max = limits::nesting_max * 2;
  // What a reader of one message may follow in all, in times of its own size: more would be pointers that meet.
  static constexpr std::uint64_t traversal_factor = 4;
  // A connection reads into so much until a message asks for more, and again when that message is done.
  static constexpr std::size_t input_bytes = 4u << 10;

  // Events in one answer, and about how many bytes of them.
  static constexpr std::uint32_t answer_events_max = 4'096;
  static constexpr std::size_t answer_bytes_max = 1u << 20;
  // What an answer that holds no events may take, about.
  static constexpr std::size_t plain_answer_bytes = 1u << 10;
  // Events that are looked at for one answer, those that the caller may not see included.
  static constexpr std::uint32_t answer_events_seen_max = 65'536;

  // A question as it comes in, its answer, and what is said beside it.
  static constexpr std::size_t question_bytes_max = 64u << 10;
  static constexpr std::size_t document_bytes_max = 8u << 20;
  static constexpr std::size_t remarks_bytes_max = 64u << 10;
  // Of one connection, waiting and running.
  static constexpr std::uint32_t questions_of_one_max = 4;

  // For a client to read why its conversation was ended, before the connection is closed.
  static constexpr std::chrono::milliseconds linger_for{1'000};
  // A hello is a token and little more; until it has come, nothing larger is read.
  static constexpr std::size_t hello_bytes_max = 4u << 10;

  std::size_t connections_max = 8'192;
  // Messages of all connections, those that come in and those that are being answered. Past it requests are answered with `busy`, and who
  // has begun a message is dropped.
  std::size_t memory_bytes_max = 512u << 20;
  std::size_t requests_in_flight_max = 256;  // of one connection; then it is not read from
  // Of a connection's answers, those that it has not taken and those that its requests may still bring. Then it is not read from either.
  std::size_t queued_bytes_max = 8u << 20;
  std::chrono::milliseconds hello_within{5'000};   // from connecting to a valid hello
  std::chrono::milliseconds frame_within{30'000};  // from a message's first byte to its last
  std::chrono::milliseconds taken_within{30'000};  // answers that were given to the connection; then it is dropped
  std::chrono::milliseconds busy_retry{200};
  // Questions that are answered at once, each on a thread of its own, and those of all connections that wait for one. Past it they are
  // answered with `busy`.
  std::size_t questions_at_once = 2;
  std::size_t questions_waiting_max = 64;
  // What one reading of the log may take, of a question and of the views that follow it.
  std::size_t question_memory_bytes = 128u << 20;
  std::chrono::milliseconds question_waits{10'000};  // for the views to know the position that it asks for
};

static_assert(Bounds::frame_bytes_max > Bounds::document_bytes_max * 2, "an answered question fits a message");
static_assert(Bounds::frame_bytes_max > limits::batch_bytes_max, "the largest batch fits a message");
static_assert(Bounds::answer_bytes_max > limits::event_words_max * 8, "an answer holds at least one event, whatever its size");

}  // namespace fodspor::server
