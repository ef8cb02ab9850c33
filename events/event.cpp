#include "events/event.h"

#include <cstring>
#include <new>

#include "events/proposal.h"

namespace fodspor::events {

// One block of memory: this, and behind it the words. The size is the block's own business, so only `make` makes one.
struct alignas(std::uint64_t) Event::Words {
  static std::unique_ptr<Words> make(std::span<const std::uint64_t> words) {
    void* block = ::operator new(sizeof(Words) + words.size_bytes());
    std::unique_ptr<Words> result(new (block) Words);
    std::memcpy(static_cast<unsigned char*>(block) + sizeof(Words), words.data(), words.size_bytes());
    return result;
  }
  static void operator delete(void* block) { ::operator delete(block); }
  static void* operator new(std::size_t, void* block) { return block; }
  const std::uint64_t* data() const { return reinterpret_cast<const std::uint64_t*>(this + 1); }

 private:
  Words() = default;
};

Event::Event(Event&&) noexcept = default;
Event& Event::operator=(Event&&) noexcept = default;
Event::~Event() = default;

Event::Event(wire::Proposal::Reader proposal, const Placement& placement)
    : proposal_(proposal),
      placement_(placement),
      id_(id_of(proposal)),
      stream_(stream_of(proposal)),
      programme_(programme_of(proposal)),
      type_(static_cast<EventType>(proposal.getType())),
      valid_from_(proposal.getValidFrom()),
      valid_to_(proposal.getValidTo()),
      critical_(proposal.getCritical()) {
  if (const TypeInfo* info = find_type(type_)) body_id_ = info->schema_id;
}

Result<Event> Event::decode(std::span<const unsigned char> packed, const Placement& placement) {
  Opened opened;
  FODSPOR_DO(Opened::open(packed, opened));
  std::unique_ptr<Words> words = Words::make(opened.words());
  Event event(read_sound(words->data()), placement);
  event.words_ = std::move(words);
  return event;
}

Result<Event> Event::decode(std::span<const unsigned char> packed, const Placement& placement, WordRoom& room) {
  FODSPOR_TRY(const wire::Proposal::Reader proposal, open_in(room, packed));
  return Event(proposal, placement);
}

}  // namespace fodspor::events
