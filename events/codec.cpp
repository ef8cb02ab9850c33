// The stored form of a proposal, version 1:
//
//   proposal = one Cap'n Proto message, wire::Proposal at its root, in Cap'n Proto's packed encoding (packing.cpp); no segment table
//   message  = one segment in canonical form (canonical.h): preorder, no far pointer, structs cut after their last word that is not zero,
//              nothing between, nothing behind; what is empty is a null pointer
//
// A reader accepts more than a writer makes: words past a struct's known ones (a newer writer's fields), and structs that are not cut. It
// accepts no far pointer, no gap, no two ways to one place.
#include "events/codec.h"

#include <algorithm>
#include <array>

#include "events/canonical.h"
#include "events/limits.h"
#include "events/packing.h"
#include "events/proposal.h"
#include "events/soundness.h"

namespace fodspor::events {

namespace {

Header header_of(wire::Proposal::Reader proposal) {
  Header header;
  header.id = id_of(proposal);
  header.batch_size = proposal.getBatchSize();
  header.type = static_cast<EventType>(proposal.getType());
  header.stream = stream_of(proposal);
  header.programme = programme_of(proposal);
  const auto references = proposal.getReferences();
  header.references.reserve(references.size());
  for (const auto reference : references) {
    const StreamId stream = stream_of(reference);
    const auto& known = header.references;
    if (stream != header.stream && std::find(known.begin(), known.end(), stream) == known.end()) header.references.push_back(stream);
  }
  return header;
}

tl::unexpected<Failure> too_large(std::size_t bytes) {
  return fail(Fault::too_large, "the event takes " + std::to_string(bytes) + " bytes, and may take " +
                                    std::to_string(limits::proposal_bytes_max) +
                                    ": keep the document elsewhere, and refer to it by its hash");
}

// A body of another type than the event's is well-formed Cap'n Proto and no event, and so are words that no schema here has.
Status check_sound(std::span<const std::uint64_t> words, Unknown unknown) {
  if (unknown == Unknown::kept || sound_and_known(words)) return {};
  return fail(Fault::invalid, "its facts are not those of its type");
}

Result<Bytes> pack_canonical(capnp::MessageBuilder& message, Unknown unknown) {
  constexpr std::size_t small_words = 256;
  const std::size_t words_max = canonical_words_max(message);
  if (words_max <= small_words) {
    std::array<std::uint64_t, small_words> words;
    std::array<unsigned char, packed_bytes_max(small_words)> bytes;
    const std::size_t count = canonical_words(message, words);
    FODSPOR_DO(check_sound({words.data(), count}, unknown));
    const std::size_t size = pack({words.data(), count}, bytes.data());
    return Bytes(reinterpret_cast<const char*>(bytes.data()), size);
  }
  std::vector<std::uint64_t> words(words_max);
  words.resize(canonical_words(message, words));
  if (words.size() > limits::event_words_max) return too_large(words.size() * 8);
  FODSPOR_DO(check_sound(words, unknown));
  std::vector<unsigned char> bytes(packed_bytes_max(words.size()));
  const std::size_t size = pack(words, bytes.data());
  if (size > limits::proposal_bytes_max) return too_large(size);
  return Bytes(reinterpret_cast<const char*>(bytes.data()), size);
}

}  // namespace

Result<Proposal> encode(Draft& draft, EventId id, std::uint32_t batch_size, std::string_view submitted_by, Unknown unknown) {
  FODSPOR_CHECK(id && id.index < batch_size);
  auto proposal = draft.proposal();
  auto request = proposal.getRequest();
  request.setHi(id.request.id.hi);
  request.setLo(id.request.id.lo);
  proposal.setIndex(id.index);
  proposal.setBatchSize(batch_size);
  proposal.setSubmittedBy(std::string(submitted_by).c_str());
  if (proposal.getReferences().size() > limits::references_max) {
    return fail(Fault::too_large, "the event has " + std::to_string(proposal.getReferences().size()) + " references, and may have " +
                                      std::to_string(limits::references_max));
  }
  FODSPOR_TRY(Bytes packed, pack_canonical(draft.message(), unknown));
  return Proposal{header_of(proposal.asReader()), std::move(packed)};
}

Result<Header> read_header(std::span<const unsigned char> packed) {
  Opened opened;
  FODSPOR_DO(Opened::open(packed, opened));
  return header_of(opened.proposal());
}

Result<std::vector<Proposal>> encode_batch(const Request& request, std::vector<Draft>& drafts, Unknown unknown) {
  const auto bounded = [](std::string_view what, std::size_t size, std::size_t most) -> Status {
    if (size == 0) return fail(Fault::invalid, std::string(what) + " is missing");
    if (size > most)
      return fail(Fault::too_large, std::string(what) + " has " + std::to_string(size) + ", and may have " + std::to_string(most));
    return {};
  };
  FODSPOR_DO(bounded("the client's name, in bytes,", request.client.size(), limits::client_bytes_max));
  FODSPOR_DO(bounded("the request id, in bytes,", request.request_id.size(), limits::request_id_bytes_max));
  FODSPOR_DO(bounded("the batch, in events,", drafts.size(), limits::batch_events_max));

  const RequestKey key = RequestKey::of(request.client, request.request_id);
  const auto count = static_cast<std::uint32_t>(drafts.size());
  std::vector<Proposal> proposals;
  proposals.reserve(drafts.size());
  std::size_t bytes = 0;
  for (std::uint32_t index = 0; index < count; ++index) {
    auto proposal = encode(drafts[index], {key, index}, count, request.client, unknown);
    if (!proposal) {
      return tl::make_unexpected(at("event " + std::to_string(index + 1) + " of " + std::to_string(count), std::move(proposal).error()));
    }
    bytes += proposal->packed.size();
    proposals.push_back(*std::move(proposal));
  }
  if (bytes > limits::batch_bytes_max) {
    return fail(Fault::too_large, "the batch takes " + std::to_string(bytes) + " bytes, and may take " +
                                      std::to_string(limits::batch_bytes_max) + ": append it in several");
  }
  return proposals;
}

}  // namespace fodspor::events
