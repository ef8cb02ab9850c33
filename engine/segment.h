// The index of a run of neighbouring events in memory, before it becomes a sorted run in derived/. Grown by one thread at its end, read
// by others: whoever owns it (indexes.h) sees to that. Holds ids and positions, no event.
#pragma once

#include <optional>
#include <vector>

#include "engine/keys.h"
#include "engine/table.h"
#include "events/codec.h"
#include "events/event.h"

namespace fodspor::engine {

class Segment {
 public:
  // Holds the events after `before`.
  explicit Segment(Position before) : before_(before) {}

  void add(const Header& header, const Placement& placement);

  Position before() const noexcept { return before_; }
  Position last() const noexcept { return {before_.value + events_.size()}; }
  std::size_t size() const noexcept { return events_.size(); }

  std::optional<Head> stream_head(const StreamId& stream) const;
  std::optional<Head> programme_head(ProgrammeId programme) const;
  std::optional<Position> first_of(RequestKey request) const;
  // Appended to `out`, rising. Of a stream: those of version `from` and later.
  void of_stream(const StreamId& stream, Version from, std::vector<Position>& out) const;
  void of_type(EventType type, std::vector<Position>& out) const;
  void of_subject(const StreamId& subject, std::vector<Position>& out) const;
  void streams(StreamKind kind, std::vector<StreamId>& out) const;  // unordered

  // For writing the run.
  struct Chain {
    std::uint32_t newest = 0;  // index + 1 into the list that it chains through; 0: empty
    std::uint32_t length = 0;
    std::uint64_t count = 0;  // of a stream: its version after its newest event here
  };
  const Table<StreamId, Chain>& stream_chains() const noexcept { return streams_; }
  const Table<StreamId, Chain>& subject_chains() const noexcept { return subjects_; }
  const Table<RequestKey, std::uint32_t>& requests() const noexcept { return requests_; }
  const Table<ProgrammeId, Head>& programmes() const noexcept { return programmes_; }
  const std::vector<std::pair<EventType, std::vector<std::uint32_t>>>& types() const noexcept { return types_; }
  Position position(std::uint32_t offset) const noexcept { return {before_.value + 1 + offset}; }
  void stream_positions(const Chain& chain, std::vector<Position>& out) const;
  void subject_positions(const Chain& chain, std::vector<Position>& out) const;

 private:
  struct Link {
    std::uint32_t offset;  // of the event
    std::uint32_t older;   // index + 1 of the link before it with the same subject
  };

  Position before_;
  std::vector<std::uint32_t> events_;  // for each, index + 1 of the event before it in its stream, if that is here
  std::vector<Link> links_;
  Table<StreamId, Chain> streams_;
  Table<StreamId, Chain> subjects_;
  Table<RequestKey, std::uint32_t> requests_;  // offset of its first event
  Table<ProgrammeId, Head> programmes_;
  std::vector<std::pair<EventType, std::vector<std::uint32_t>>> types_;  // there are few
};

}  // namespace fodspor::engine
