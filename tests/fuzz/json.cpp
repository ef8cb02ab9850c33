// Any text as an event's JSON: refused with a place, or a draft that the rules may judge, and that comes back the same from its bytes.
#include <cstddef>
#include <cstdint>

#include "events/codec.h"
#include "events/json.h"
#include "events/rules.h"

using namespace fodspor::events;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool exported : {false, true}) {
    auto draft = draft_from_json(text, exported);
    if (!draft) {
      FODSPOR_CHECK(!draft.error().message.empty());
      continue;
    }
    const bool acceptable = check_draft(*draft).has_value();
    const EventId id{RequestKey::of("fuzz", "r"), 0};
    const auto proposal = encode(*draft, id, 1, "fuzz");
    if (!proposal) continue;
    const auto bytes = [](const Bytes& packed) { return std::span(reinterpret_cast<const unsigned char*>(packed.data()), packed.size()); };
    const auto event = Event::decode(bytes(proposal->packed), {});
    // What the rules let in can always be read; the rest may be refused by a reader, as a short name that is none.
    FODSPOR_CHECK(event.has_value() || !acceptable);
    if (!event || !acceptable) continue;
    auto again = draft_from_json(to_json(*event), true);
    FODSPOR_CHECK(again.has_value());
    const auto twice = encode(*again, id, 1, "fuzz");
    FODSPOR_CHECK(twice.has_value() && twice->packed == proposal->packed);
  }
  return 0;
}
