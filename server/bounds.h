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

  // Subscriptions of one connection, and what a filter may name.
  static constexpr std::size_t subscriptions_max = 16;
  static constexpr std::size_t filter_types_max = 64;
  static constexpr std::size_t filter_programmes_max = 64;
  // What is sent to a subscription at once: about so many bytes, at least one event. It has one such piece on its way, and no more.
  static constexpr std::size_t piece_bytes_max = 256u << 10;
  // Pieces end where a multiple of this is full, so that subscriptions meet and share them; one that lags takes the longer stretch.
  static constexpr std::uint64_t piece_events = 512;
  static constexpr std::uint64_t piece_events_lagging = 4'096;
  // Events that are looked at for a piece that is filtered, before others have their turn.
  static constexpr std::uint64_t piece_events_seen_max = 2'048;
  // Pieces that are kept in case another subscription comes by.
  static constexpr std::size_t pieces_kept_bytes = 16u << 20;
  // Of memory_bytes_max, the part that pieces may take: those kept, and those that connections have yet to take.
  static constexpr std::size_t pieces_memory_part = 4;
  // Pieces, and bytes of them, that are handed to the network's thread at once; and how many such handfuls wait there.
  static constexpr std::size_t handful_pieces = 16;
  static constexpr std::size_t handful_bytes = 512u << 10;
  static constexpr int handfuls_waiting_max = 2;
  // What all subscriptions together may cost those who write: for the time that the network's thread spent on pieces they rest so many
  // times that time, and a piece is not sent sooner than so long after another. So the more there are, the larger their pieces become.
  static constexpr int followers_rest = 3;
  static constexpr std::chrono::nanoseconds pace_of_piece{50'000};
  // A subscription that sees nothing hears how far it has come once in so many events, and in this time.
  static constexpr std::uint64_t silent_events_max = 65'536;
  static constexpr std::chrono::milliseconds silent_for{1'000};

  // Places that clients keep, in all and of one token's name.
  static constexpr std::size_t places_max = 4'096;
  static constexpr std::size_t places_of_one_max = 64;
  static constexpr std::size_t place_name_bytes_max = 64;
  static constexpr std::size_t place_line_bytes_max = 512;
  static constexpr std::size_t places_file_bytes_max = (places_max + 1) * place_line_bytes_max;

  // Of TLS: what a client may show as its certificates, and how many there may be between it and its authority. One handshake a connection.
  static constexpr std::size_t certificates_shown_bytes_max = 16u << 10;
  static constexpr int certificate_chain_max = 4;
  // A file of certificates or keys.
  static constexpr std::size_t certificate_file_bytes_max = 1u << 20;

  // Of HTTP: the head of a request, its body, and what is read of them at once. JSON nests so deep, and an object of ours has so many keys.
  static constexpr std::size_t http_head_bytes_max = 8u << 10;
  static constexpr std::size_t http_body_bytes_max = 16u << 20;
  static constexpr std::size_t http_read_bytes = 2u << 10;
  static constexpr std::size_t http_chunk_bytes = 16u << 10;
  static constexpr int json_nesting_max = 64;
  static constexpr std::size_t json_members_max = 64;

  std::size_t connections_max = 8'192;
  // Messages of all connections, those that come in and those that are being answered. Past it requests are answered with `busy`, and who
  // has begun a message is dropped.
  std::size_t memory_bytes_max = 512u << 20;
  std::size_t requests_in_flight_max = 256;  // of one connection; then it is not read from
  // Of a connection's answers, those that it has not taken and those that its requests may still bring. Then it is not read from either.
  std::size_t queued_bytes_max = 8u << 20;
  std::chrono::milliseconds hello_within{5'000};   // from connecting to a valid hello, the handshake of TLS included
  std::chrono::milliseconds frame_within{30'000};  // from a message's first byte to its last
  std::chrono::milliseconds taken_within{30'000};  // answers that were given to the connection; then it is dropped
  std::chrono::milliseconds busy_retry{200};
  // Of HTTP. The first request has hello_within to begin, and a body has frame_within.
  std::chrono::milliseconds http_head_within{10'000};  // from a request's first byte to the end of its head
  std::chrono::milliseconds http_idle_within{60'000};  // between two requests of a connection; then it is closed
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
static_assert(Bounds::frame_bytes_max >= Bounds::http_body_bytes_max + (4u << 20), "what a body brings fits a message");
static_assert(Bounds::answer_bytes_max > limits::event_words_max * 8, "an answer holds at least one event, whatever its size");
static_assert(Bounds::piece_events_lagging % Bounds::piece_events == 0, "who takes the longer stretch meets who takes the shorter ones");
static_assert(Bounds::place_line_bytes_max >= 2 * (Bounds::place_name_bytes_max + limits::client_bytes_max) + 128, "a place fits its line");

}  // namespace fodspor::server
