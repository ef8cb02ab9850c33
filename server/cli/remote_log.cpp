#include "server/cli/remote_log.h"
#include "server/wire_stream.h"

#include <algorithm>

namespace fodspor::server {

void RemoteLog::only_stream(const StreamId& stream) {
  stream_ = stream;
  from_ = 1;
}

Result<Position> RemoteLog::read_page() {
  FODSPOR_DO(client_.ask(
      [&](wire::Request::Builder request) {
        auto read = request.initRead();
        if (stream_) {
          fill(read.initStream(), *stream_);
        } else if (type_) {
          read.setType(static_cast<std::uint16_t>(*type_));
        } else {
          read.setLog();
        }
        read.setFrom(from_);
        read.setTo(to_.value_or(0));
        read.setForm(wire::Form::PACKED);
      },
      [&](wire::Answer::Reader answer) -> Status {
        if (!answer.isRecorded()) return fail(Fault::corrupt, "the server answered a read with something else");
        return take(answer.getRecorded());
      }));
  return position_;
}

Status RemoteLog::take(wire::Recorded::Reader recorded) {
  position_ = {recorded.getPosition()};
  std::uint64_t seen = stream_ ? from_ - 1 : std::max(from_ - 1, position_.value);
  for (const auto told : recorded.getEvents()) {
    Placement placement;
    placement.position = {told.getPosition()};
    placement.recorded_at = {told.getRecordedAt()};
    placement.version = {told.getVersion()};
    placement.previous_in_stream = {told.getPreviousInStream()};
    placement.ordinal_in_programme = told.getOrdinalInProgramme();
    placement.previous_in_programme = {told.getPreviousInProgramme()};
    const auto packed = told.getPacked();
    auto event = Event::decode({packed.begin(), packed.size()}, placement);
    if (!event) return tl::make_unexpected(at("event " + std::to_string(placement.position.value), std::move(event).error()));
    seen = std::max<std::uint64_t>(seen, stream_ ? placement.version.value : placement.position.value);
    page_.push_back(*std::move(event));
  }
  // What lies between the last event and the end was looked at too.
  at_end_ = recorded.getNext() == 0;
  from_ = at_end_ ? seen + 1 : recorded.getNext();
  return {};
}

std::optional<Event> RemoteLog::next() {
  if (page_.empty()) return std::nullopt;
  std::optional<Event> event(std::move(page_.front()));
  page_.pop_front();
  return event;
}

}  // namespace fodspor::server
