#include "tests/support/story.h"

#include <algorithm>

namespace fodspor::stories {

namespace {

template <class T>
T expect(Result<T> result) {
  FODSPOR_CHECK(result.has_value());
  return *std::move(result);
}

}  // namespace

Date day(std::string_view iso) {
  return expect(Date::parse(iso));
}

ProgrammeId programme(std::string_view slug) {
  return expect(ProgrammeId::parse(slug));
}

StreamId participant(std::uint64_t number) {
  return {StreamKind::participant, Id::derived({"participant", std::to_string(number)})};
}

StreamId enterprise(std::uint64_t number) {
  return {StreamKind::enterprise, Id::derived({"enterprise", std::to_string(number)})};
}

EventId Story::tell(Draft draft, std::string name) {
  if (name.empty()) name = std::to_string(proposals_.size() + 1);
  Proposal proposal = expect(encode(draft, id_of(name), 1, client_));
  return tell(std::move(proposal), std::move(name));
}

EventId Story::tell(Proposal proposal, std::string name) {
  const EventId id = proposal.header.id;
  Placement& head = heads_[proposal.header.stream];
  Placement placement;
  placement.position = {proposals_.size() + 1};
  placement.recorded_at = {static_cast<std::int64_t>(1'600'000'000'000'000 + proposals_.size())};
  placement.version = {head.version.value + 1};
  placement.previous_in_stream = head.position;
  head = placement;
  proposals_.push_back(std::move(proposal));
  names_.push_back(std::move(name));
  placements_.push_back(placement);
  return id;
}

EventId Story::retract(const EventId& what, const StreamId& stream) {
  Draft draft(EventType::retracted, stream);
  point(draft.facts<wire::Retracted>().initEvent(), what);
  return tell(std::move(draft));
}

EventId Story::merge(const StreamId& one, const StreamId& other) {
  Draft draft(EventType::identity_merged, one);
  const std::vector<std::pair<wire::Role, StreamId>> merged{{wire::Role::MERGED, other}};
  draft.refer(merged);
  draft.facts<wire::IdentityMerged>();
  return tell(std::move(draft));
}

void Story::point(wire::EventRef::Builder reference, const EventId& to) {
  reference.setHi(to.request.id.hi);
  reference.setLo(to.request.id.lo);
  reference.setIndex(to.index);
}

std::vector<Event> Story::events() const {
  std::vector<Event> events;
  for (std::size_t i = 0; i < proposals_.size(); ++i) {
    const std::string& packed = proposals_[i].packed;
    events.push_back(expect(Event::decode({reinterpret_cast<const unsigned char*>(packed.data()), packed.size()}, placements_[i])));
  }
  return events;
}

std::vector<Event> Story::events_of(const std::vector<StreamId>& streams) const {
  std::vector<Event> own = events();
  std::erase_if(own, [&](const Event& event) { return std::find(streams.begin(), streams.end(), event.stream()) == streams.end(); });
  return own;
}

}  // namespace fodspor::stories
