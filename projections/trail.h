// One person's story: every event in words with what became of it (corrected, retracted, merged in), the milestones that follow, and what
// each target says of the person and why. Read from the history itself, as of any pair of clocks. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "projections/kpi.h"
#include "projections/participation.h"
#include "projections/subjects.h"

namespace fodspor::projections {

struct TrailEntry {
  // `corrected`: a later event says it otherwise; `retracted`: it is taken back; `correcting`: it corrects or retracts another;
  // `ignored`: of a newer type, not known here; `not_yet`: it lies after the valid-at day.
  enum class Standing : std::uint8_t { in_effect, corrected, retracted, correcting, ignored, not_yet } standing{};
  EventId id;
  Position position;
  EventType type{};
  std::string type_name;
  StreamId stream;  // of merged people, whose stream it came in by
  ProgrammeId programme;
  std::optional<Date> from, to;
  Timestamp recorded_at;
  std::optional<Timestamp> registered_at;  // when the source system knew it
  wire::Source source{};
  std::string submitted_by, actor, organisation;
  Bilingual words;               // as it was written
  std::optional<EventId> about;  // of a correction or retraction: the event that it is about
  std::optional<EventId> set_aside_by;
  std::vector<std::pair<wire::Role, StreamId>> references;
};
std::string_view name(TrailEntry::Standing standing) noexcept;

struct TrailMilestone {
  ProgrammeId programme;  // none: the person's own, whatever the programme
  Bilingual what;
  Date on;
  EventId because;
};

struct TrailTarget {
  WhichTarget which;
  Bilingual title;
  ExplainedUnit unit;
  std::string problem;  // why the definition cannot be applied; then `unit` is empty
};

struct Trail {
  Id person;                        // of merged participants, the one that stands for them
  std::vector<Id> merged;           // all of them; only the person itself if nothing was merged
  std::vector<TrailEntry> entries;  // by date, then position; undated ones by the day they were recorded
  std::vector<TrailMilestone> milestones;
  std::vector<TrailTarget> targets;
  Position position;  // the events that it rests on
  std::optional<Poison> poison;
};

// Fault::not_found if nothing is recorded about the participant by then.
Result<Trail> read_trail(const engine::Ledger& ledger, const Context& context, const Id& participant, const AsOf& as_of);

}  // namespace fodspor::projections
