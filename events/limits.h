// Every bound of the system, in one place, with the relations between them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fodspor::limits {

// A stored event (proposal and placement), after sealing. Larger documents are referred to by their hash.
inline constexpr std::size_t stored_event_bytes_max = 65'535;
inline constexpr std::size_t placement_bytes_max = 64;
inline constexpr std::size_t proposal_bytes_max = stored_event_bytes_max - placement_bytes_max - 8;
// The same event unpacked into Cap'n Proto words.
inline constexpr std::size_t event_words_max = 64 * 1024;
inline constexpr int nesting_max = 32;

inline constexpr std::uint32_t batch_events_max = 16'384;
inline constexpr std::size_t batch_bytes_max = 16u << 20;
inline constexpr std::size_t references_max = 256;
inline constexpr std::size_t list_items_max = 4'096;  // in one list of a body
inline constexpr std::size_t request_id_bytes_max = 128;
inline constexpr std::size_t client_bytes_max = 64;
inline constexpr std::size_t code_bytes_max = 80;
inline constexpr std::size_t prose_bytes_max = 32'768;

// What one synced group write may take from the queue, and what may wait in it.
inline constexpr std::size_t group_events_max = 65'536;
inline constexpr std::size_t group_bytes_max = 32u << 20;
inline constexpr std::size_t queue_batches_max = 4'096;
inline constexpr std::size_t queue_bytes_max = 64u << 20;

// Events since the last sorted run, held in memory; a run is cut before the overlay is full.
inline constexpr std::size_t overlay_events_max = 262'144;

// The token file of a ledger, revoked ones included.
inline constexpr std::size_t tokens_max = 16'384;
inline constexpr std::size_t token_name_bytes_max = client_bytes_max;  // it is the client of what its bearer appends
inline constexpr std::size_t token_programmes_max = 64;
inline constexpr std::size_t token_line_bytes_max = 2'048;
inline constexpr std::size_t token_file_bytes_max = 33u << 20;

inline constexpr std::uint32_t minutes_a_week_max = 168 * 60;

static_assert(batch_events_max <= group_events_max, "one batch must fit one write");
static_assert(batch_bytes_max <= group_bytes_max, "one batch must fit one write");
static_assert(group_bytes_max <= queue_bytes_max, "one write must fit the queue");
static_assert(group_events_max * 2 <= overlay_events_max, "a run can be cut between two writes");
static_assert(proposal_bytes_max + placement_bytes_max < stored_event_bytes_max);
static_assert(token_programmes_max * 20 + token_name_bytes_max * 2 + 400 <= token_line_bytes_max, "the longest token fits its line");
static_assert((tokens_max + 1) * token_line_bytes_max <= token_file_bytes_max, "a full token file can be read again");
static_assert(prose_bytes_max < proposal_bytes_max, "a definition approved with its text fits an event");

}  // namespace fodspor::limits
