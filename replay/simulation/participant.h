// A participant's life, told into a Life: screening to follow-up six months after leaving, and what goes otherwise. Lives as long as it is
// told; one thread. The parts about work stand in work.cpp.
#pragma once

#include "replay/simulation/life.h"

namespace fodspor::replay::simulation {

enum class Outcome : std::uint8_t { none, employed_social, employed_commercial, self_employed, education, seeking, dropped_out };

class Participant {
 public:
  explicit Participant(Life& life);
  void live();

 private:
  bool dropped() const;
  bool employed() const;
  // One throw decides among outcomes that exclude each other; compared as integers over 2^32.
  Outcome decide();
  // The same person as a participant of the first programme: another programme makes another participation, not another person.
  void come_from_elsewhere();
  void intake();
  void forget_one();
  std::uint16_t municipality();
  Subject staff();
  void plan();
  void course(wire::CourseKind kind, Date from, std::int32_t days);
  void courses();
  void place();
  void one_placement(bool social, Date from, Date to);
  // The placement was entered at the wrong enterprise: its correction names the right one and what it replaces.
  void mistake_enterprise(std::uint16_t told, bool social, Date from);
  void match(const Subject& enterprise, wire::PlacementKind kind, Date before);
  void check_ins();
  Job job();
  // Employed from one day, at an enterprise; and what changes of it until it ends, if it does.
  Job employ(bool social, Date from, std::optional<Date> until);
  void outcome();
  void leave();
  wire::LabourStatus status_later() const;
  void afterwards();
  // Back into the same programme: the first entry stands, the exit moves.
  void come_back();
  // Entered a second time under another number; found out weeks later, and the two are merged.
  void register_twice();

  Life& life_;
  const World& world_;
  const ProgrammeRates& rates_;
  const Subject me_;
  Draw& draw_;
  const std::uint32_t first_number_;
  const Outcome outcome_;
  Date screened_, enrolled_, course_done_, exit_;
  wire::Benefit benefit_{};
  Enrolled entry_;
  StreamId mentor_, last_enterprise_;
  wire::RoleKind mentor_role_{};
  Job last_job_;
  bool retained_ = false;
  std::uint32_t courses_ = 0, matches_ = 0, placements_ = 0, employments_ = 0;
};

}  // namespace fodspor::replay::simulation
