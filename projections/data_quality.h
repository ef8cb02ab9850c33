// Records that are incomplete or contradict each other, each with the events that show it. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/context.h"
#include "projections/view.h"

namespace fodspor::projections {

// Numbered for ever: the numbers stand in rows.
enum class Issue : std::uint8_t {
  no_gender = 1,
  no_birth_year,
  no_labour_status,
  no_isced,
  not_enrolled,             // takes part in something without having been enrolled
  entry_outside_programme,  // before it starts or after it ends
  exit_before_entry,
  completed_before_entry,
  fact_after_death,
  placement_left_open,  // the participation ended, the placement did not
  course_left_open,     // the same of a course
  end_without_start,    // a course that ended and never began
  no_enterprise,        // a placement that names no enterprise
  sources_disagree,     // two sources saw different statuses on one day
  case_number_missing,
  unknown_newer_event,  // written by a newer version, kept and ignored
  unreachable,          // at the latest follow-up
};
std::string_view name(Issue issue) noexcept;  // "no_gender"
Bilingual words(Issue issue);
bool contradicts(Issue issue) noexcept;  // false: only incomplete

struct QualityLine {
  ProgrammeId programme;
  StreamId subject;
  Issue issue{};
  std::vector<EventId> because;
};

struct QualityCount {
  ProgrammeId programme;
  Issue issue{};
  std::uint64_t subjects = 0;
};

// In order of programme, subject, issue; `visit` returns false to stop.
Status each_issue(const Rows& quality, std::optional<ProgrammeId> programme, const std::function<bool(const QualityLine&)>& visit);
Result<std::vector<QualityCount>> count_issues(const Rows& quality, std::optional<ProgrammeId> programme);

std::unique_ptr<View> make_quality_view();

}  // namespace fodspor::projections
