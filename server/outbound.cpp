#include "server/outbound.h"

#include "events/json.h"
#include "server/frames.h"

namespace fodspor::server {

namespace {

// Most answers are a few words.
constexpr unsigned first_segment_words = 64;

}  // namespace

AnswerWriter::AnswerWriter(std::uint64_t id) : message_(first_segment_words) {
  message_.initRoot<wire::Answer>().setId(id);
}

std::vector<std::byte> AnswerWriter::bytes() {
  return framed(message_);
}

std::vector<std::byte> refusal_bytes(std::uint64_t id, const Failure& failure, std::chrono::milliseconds busy_retry) {
  AnswerWriter answer(id);
  auto refusal = answer.root().initRefusal();
  refusal.setFault(fault_on_wire(failure.fault));
  refusal.setMessage(failure.message);
  if (failure.fault == Fault::busy) refusal.setRetryMs(static_cast<std::uint32_t>(busy_retry.count()));
  return answer.bytes();
}

Status check_form(wire::Form form) {
  if (form == wire::Form::PACKED || form == wire::Form::PROPOSAL || form == wire::Form::JSON) return {};
  return fail(Fault::unsupported, "form: events are sent as proposal, packed or json");
}

Status EventList::add(const engine::Stored& stored) {
  One one{stored.placement, {}, {}};
  if (form_ == wire::Form::PACKED) {
    one.content.assign(reinterpret_cast<const char*>(stored.packed.data()), stored.packed.size());
  } else {
    FODSPOR_DO(check_form(form_));
    auto event = Event::decode(stored.packed, stored.placement);
    if (!event) return tl::make_unexpected(at("event " + std::to_string(stored.placement.position.value), std::move(event).error()));
    if (form_ == wire::Form::JSON) {
      one.content = to_json(*event);
    } else {
      held_bytes_ += event->proposal().totalSize().wordCount * sizeof(capnp::word);
      one.event.emplace(std::move(*event));
    }
  }
  held_bytes_ += one.content.size() + sizeof(Placement);
  events_.push_back(std::move(one));
  return {};
}

void EventList::write(capnp::List<wire::Event>::Builder list) {
  for (unsigned i = 0; i < events_.size(); ++i) {
    const One& one = events_[i];
    auto event = list[i];
    event.setPosition(one.placement.position.value);
    event.setRecordedAt(one.placement.recorded_at.micros);
    event.setVersion(one.placement.version.value);
    event.setPreviousInStream(one.placement.previous_in_stream.value);
    event.setOrdinalInProgramme(one.placement.ordinal_in_programme);
    event.setPreviousInProgramme(one.placement.previous_in_programme.value);
    if (one.event) {
      event.setProposal(one.event->proposal());
    } else if (form_ == wire::Form::JSON) {
      event.setJson(one.content);
    } else {
      event.setPacked({reinterpret_cast<const kj::byte*>(one.content.data()), one.content.size()});
    }
  }
}

std::vector<std::byte> RecordedWriter::bytes(std::uint64_t next, Position durable) {
  AnswerWriter answer(id_);
  auto recorded = answer.root().initRecorded();
  recorded.setNext(next);
  recorded.setPosition(durable.value);
  events_.write(recorded.initEvents(static_cast<unsigned>(events_.count())));
  return answer.bytes();
}

wire::Fault fault_on_wire(Fault fault) noexcept {
  switch (fault) {
    case Fault::invalid:
      return wire::Fault::INVALID;
    case Fault::conflict:
      return wire::Fault::CONFLICT;
    case Fault::busy:
      return wire::Fault::BUSY;
    case Fault::not_found:
      return wire::Fault::NOT_FOUND;
    case Fault::too_large:
      return wire::Fault::TOO_LARGE;
    case Fault::corrupt:
      return wire::Fault::CORRUPT;
    case Fault::poisoned:
      return wire::Fault::POISONED;
    case Fault::unavailable:
      return wire::Fault::UNAVAILABLE;
    case Fault::unsupported:
      return wire::Fault::UNSUPPORTED;
    case Fault::stopped:
      return wire::Fault::STOPPED;
    case Fault::cancelled:
      return wire::Fault::CANCELLED;
    case Fault::denied:
      return wire::Fault::DENIED;
  }
  return wire::Fault::INTERNAL;
}

}  // namespace fodspor::server
