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

Result<Event> Event::decode(std::span<const unsigned char> packed, const Placement& placement) {
  Opened opened;
  FODSPOR_DO(Opened::open(packed, opened));
  Event event;
  event.words_ = Words::make(opened.words());
  event.proposal_ = read_sound(event.words_->data());
  event.placement_ = placement;
  event.id_ = id_of(event.proposal_);
  event.stream_ = stream_of(event.proposal_);
  event.programme_ = programme_of(event.proposal_);
  event.type_ = static_cast<EventType>(event.proposal_.getType());
  event.valid_from_ = event.proposal_.getValidFrom();
  event.valid_to_ = event.proposal_.getValidTo();
  event.critical_ = event.proposal_.getCritical();
  if (const TypeInfo* info = find_type(event.type_)) event.body_id_ = info->schema.getProto().getId();
  return event;
}

}  // namespace fodspor::events
