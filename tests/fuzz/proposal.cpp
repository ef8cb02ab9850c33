// Any bytes as a stored proposal: refused, or an event of which every field can be read, and whose JSON can be read again.
#include <cstddef>
#include <cstdint>

#include "events/codec.h"
#include "events/json.h"

using namespace fodspor::events;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const unsigned char> bytes(data, size);
  const auto header = read_header(bytes);
  const auto event = Event::decode(bytes, {});
  FODSPOR_CHECK(header.has_value() == event.has_value());
  if (!event) return 0;
  FODSPOR_CHECK(header->id == event->id() && header->stream == event->stream() && header->type == event->type());

  const std::string json = to_json(*event);
  FODSPOR_CHECK(!facts_to_json(*event).empty());
  // Damage may leave what no writer says (text that is not UTF-8, a required field that is absent). Then reading refuses; it does not fail.
  auto draft = draft_from_json(json, true);
  if (!draft) return 0;
  const auto again = encode(*draft, event->id(), event->proposal().getBatchSize(), "");
  if (!again) return 0;
  const auto& packed = again->packed;
  const auto back = Event::decode({reinterpret_cast<const unsigned char*>(packed.data()), packed.size()}, {});
  FODSPOR_CHECK(back.has_value());
  FODSPOR_CHECK(facts_to_json(*back) == facts_to_json(*event));
  return 0;
}
