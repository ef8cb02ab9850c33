// Placements, employments and the hours reported for them, folded into a person's Work and ReportedHours. Owned by one Person::fold.
//
// The same hours count once. A placement and an employment of one person in the same enterprise are the same work seen twice, so on days
// on which both run the employment speaks and the placement is silent:
//   - contracted: the placement's ordinary minutes are 0 on days on which an employment in that enterprise says ordinary minutes a week,
//     and its subsidised minutes on days on which one says subsidised minutes. Its unpaid minutes always stand.
//   - reported: of a report for the placement, ordinary minutes are left out for the days that reports with ordinary minutes for an
//     employment in that enterprise cover, in proportion to the days and rounded down; subsidised minutes likewise.
// Where the enterprise of either is not said, both stand: nothing shows that they are the same.
//
// An employment's weekly minutes are ordinary, but subsidised in wage subsidy and flex jobs. A placement's are what it says of each.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "projections/numbered.h"
#include "projections/participation.h"

namespace fodspor::projections {

// Work of one placement or one employment, in pieces, before the same hours are counted once. Nothing if it never began.
// What is open ends with `died`.
void fold_placement(std::span<const Numbered> placement, const std::optional<Moment>& died, std::vector<Work>& work);
void fold_employment(std::span<const Numbered> employment, const std::optional<Moment>& died, std::vector<Work>& work);
void fold_hours(const Fact& report, std::vector<ReportedHours>& hours);

// Once all are there: enterprises of reports that name none, the same hours once, and the order that Person promises.
void settle_work(std::vector<Work>& work, std::vector<ReportedHours>& hours);

// Ends an open spell on the day of death; never before it began.
void end_with_death(Spell& spell, EventId& ended_because, const std::optional<Moment>& died);

}  // namespace fodspor::projections
