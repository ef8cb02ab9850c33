// A person's participations, gathered fact by fact: entry, exit, completion, contacts, courses, matches, roles. Owned by one Person::fold;
// facts come in the history's order, and outlive it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "projections/numbered.h"
#include "projections/participation.h"

namespace fodspor::projections {

class Milestones {
 public:
  void add(const Fact& fact);
  // All facts of one course, match or role.
  void add_course(std::span<const Numbered> course);
  void add_match(std::span<const Numbered> match);
  void add_role(std::span<const Numbered> role, const std::optional<Moment>& died);

  std::vector<Participation> finish() &&;  // in order of programme

 private:
  // The participation in the fact's programme; nullptr if it names none.
  Participation* in_programme_of(const Fact& fact);

  std::vector<Participation> participations_;
};

}  // namespace fodspor::projections
