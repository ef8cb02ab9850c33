#include "events/bodies.h"

#include <sodium/utils.h>

#include <vector>

#include "events/canonical.h"
#include "events/limits.h"
#include "events/packing.h"
#include "events/soundness.h"

namespace fodspor::events {

std::string body_to_base64(capnp::AnyPointer::Reader body) {
  capnp::MallocMessageBuilder message;
  message.setRoot(body);
  std::vector<std::uint64_t> words(canonical_words_max(message));
  words.resize(canonical_words(message, words));
  std::vector<unsigned char> bytes(packed_bytes_max(words.size()));
  bytes.resize(pack(words, bytes.data()));
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the terminating zero
  return text;
}

Status body_from_base64(std::string_view base64, Draft& draft) {
  std::vector<unsigned char> bytes(base64.size() / 4 * 3 + 3);
  std::size_t size = 0;
  const bool read = sodium_base642bin(bytes.data(), bytes.size(), base64.data(), base64.size(), nullptr, &size, nullptr,
                                      sodium_base64_VARIANT_ORIGINAL) == 0;
  if (!read) return fail(Fault::invalid, "it is not base64");
  bytes.resize(size);
  const Unpacked counted = count_words(bytes, limits::event_words_max);
  if (counted.end == Unpacked::End::whole) {
    std::vector<std::uint64_t> words(counted.words);
    unpack(bytes, words);
    if (sound_body(words, draft.type())) {
      const auto* message = reinterpret_cast<const capnp::word*>(words.data());
      draft.proposal().getFacts().set(capnp::readMessageUnchecked<capnp::AnyPointer>(message));
      return {};
    }
  }
  return fail(Fault::invalid, "these are not the bytes of a body of its type");
}

}  // namespace fodspor::events
