// A proposal and its stored bytes.
//
// The bytes are one Cap'n Proto segment without a segment table, in Cap'n Proto's packed encoding. The same draft always gives the same
// bytes, so that a repeated request can be recognised; golden copies of each type stand in tests/.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/event.h"

namespace fodspor::events {

// What ordering reads of a proposal, without the rest: enough for the ledger to place and index it.
struct Header {
  EventId id;
  std::uint32_t batch_size = 0;
  EventType type = EventType::unspecified;
  StreamId stream;
  ProgrammeId programme;
  std::vector<StreamId> references;  // each once, the event's own stream left out
};

using Bytes = std::string;  // opaque bytes, never text

struct Proposal {
  Header header;
  Bytes packed;
};

// What no schema here has: kept, as of an event that a newer version wrote, or refused, as of a client who would not know that it is
// ignored.
enum class Unknown : std::uint8_t { kept, refused };

// Encodes a checked draft. `id` and `batch_size` are written into it first. Fault::too_large past limits::proposal_bytes_max. Where what is
// unknown is refused, whatever is no event of its type is Fault::invalid, as what a network brings may be.
Result<Proposal> encode(Draft& draft, EventId id, std::uint32_t batch_size, std::string_view submitted_by, Unknown unknown = Unknown::kept);

// Reads a proposal's header back from its bytes, for rebuilding indexes. Fault::corrupt.
Result<Header> read_header(std::span<const unsigned char> packed);

// A batch as it goes to the ledger: all of one request, from one client, checked against rules.h before.
struct Request {
  std::string client;      // a token's name, or "local"; at most limits::client_bytes_max bytes
  std::string request_id;  // chosen by the client; at most limits::request_id_bytes_max bytes
};
Result<std::vector<Proposal>> encode_batch(const Request& request, std::vector<Draft>& drafts, Unknown unknown = Unknown::kept);

}  // namespace fodspor::events
