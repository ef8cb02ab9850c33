#include "engine/segment.h"

#include <algorithm>

namespace fodspor::engine {

void Segment::add(const Header& header, const Placement& placement) {
  FODSPOR_CHECK(placement.position.value == last().value + 1);
  const auto offset = static_cast<std::uint32_t>(events_.size());

  Chain& stream = streams_[header.stream];
  events_.push_back(stream.newest);
  stream.newest = offset + 1;
  stream.count = placement.version.value;
  ++stream.length;

  if (header.id.index == 0) requests_.emplace(header.id.request, offset);
  if (header.programme) programmes_[header.programme] = {placement.ordinal_in_programme, placement.position};
  for (const StreamId& subject : header.references) {
    Chain& chain = subjects_[subject];
    links_.push_back({offset, chain.newest});
    chain.newest = static_cast<std::uint32_t>(links_.size());
    ++chain.length;
  }
  auto type = std::ranges::find(types_, header.type, [](const auto& entry) { return entry.first; });
  if (type == types_.end()) type = types_.insert(types_.end(), {header.type, {}});
  type->second.push_back(offset);
}

std::optional<Head> Segment::stream_head(const StreamId& stream) const {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return std::nullopt;
  return Head{found->second.count, position(found->second.newest - 1)};
}

std::optional<Head> Segment::programme_head(ProgrammeId programme) const {
  const auto found = programmes_.find(programme);
  if (found == programmes_.end()) return std::nullopt;
  return found->second;
}

std::optional<Position> Segment::first_of(RequestKey request) const {
  const auto found = requests_.find(request);
  if (found == requests_.end()) return std::nullopt;
  return position(found->second);
}

void Segment::stream_positions(const Chain& chain, std::vector<Position>& out) const {
  const std::size_t begin = out.size();
  out.resize(begin + chain.length);
  std::uint32_t link = chain.newest;
  for (std::size_t i = out.size(); i > begin; --i) {
    out[i - 1] = position(link - 1);
    link = events_[link - 1];
  }
}

void Segment::subject_positions(const Chain& chain, std::vector<Position>& out) const {
  const std::size_t begin = out.size();
  out.resize(begin + chain.length);
  std::uint32_t link = chain.newest;
  for (std::size_t i = out.size(); i > begin; --i) {
    out[i - 1] = position(links_[link - 1].offset);
    link = links_[link - 1].older;
  }
}

void Segment::of_stream(const StreamId& stream, Version from, std::vector<Position>& out) const {
  const auto found = streams_.find(stream);
  if (found == streams_.end() || found->second.count < from.value) return;
  const std::size_t begin = out.size();
  stream_positions(found->second, out);
  const std::uint64_t first_version = found->second.count - found->second.length + 1;
  if (from.value > first_version) {
    const auto at = out.begin() + static_cast<std::ptrdiff_t>(begin);
    out.erase(at, at + static_cast<std::ptrdiff_t>(from.value - first_version));
  }
}

void Segment::of_type(EventType type, std::vector<Position>& out) const {
  const auto found = std::ranges::find(types_, type, [](const auto& entry) { return entry.first; });
  if (found == types_.end()) return;
  for (const std::uint32_t offset : found->second) out.push_back(position(offset));
}

void Segment::of_subject(const StreamId& subject, std::vector<Position>& out) const {
  const auto found = subjects_.find(subject);
  if (found != subjects_.end()) subject_positions(found->second, out);
}

void Segment::streams(StreamKind kind, std::vector<StreamId>& out) const {
  for (const auto& [stream, chain] : streams_) {
    if (stream.kind == kind) out.push_back(stream);
  }
}

}  // namespace fodspor::engine
