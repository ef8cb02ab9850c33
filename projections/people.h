// Every person's participations in brief: milestones with the events that they rest on, and an index by case number. What the caseload
// and `find` read. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "projections/view.h"

namespace fodspor::projections {

enum class Stage : std::uint8_t { known, screened, recruited, enrolled, completed, left };
std::string_view name(Stage stage) noexcept;

// One participation in brief.
struct PersonLine {
  ProgrammeId programme;
  Id person;
  std::string case_number;
  bool compared = false;
  Stage stage{};
  std::optional<Moment> screened, recruited, entry, last_entry, completion, exit, last_contact, died, emigrated;
  wire::Left::Reason exit_reason{};
  std::uint32_t enrolments = 0, courses = 0, courses_completed = 0, placements = 0, employments = 0, check_ins = 0, unreachable = 0;
};

// All participations of a programme, in order of person; `visit` returns false to stop.
Status each_person(const Rows& people, ProgrammeId programme, const std::function<bool(const PersonLine&)>& visit);
// One person's participations in all programmes of the context. `person`: any of merged ones.
Result<std::vector<PersonLine>> read_person(const Rows& people, const Context& context, const Id& person);

struct FoundCase {
  ProgrammeId programme;
  Id person;
};
// Those who were enrolled under that case number, which is a programme's own: several programmes may use it, and a programme by mistake.
Result<std::vector<FoundCase>> find_case(const Rows& people, std::string_view case_number, std::optional<ProgrammeId> programme = {});

struct PeopleCounts {
  std::uint64_t participations = 0, enrolled = 0, completed = 0, left = 0, active = 0, compared = 0;
};
Result<PeopleCounts> count_people(const Rows& people, ProgrammeId programme);

std::unique_ptr<View> make_people_view();

}  // namespace fodspor::projections
