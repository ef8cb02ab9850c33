// A programme, its enterprises and what happens to one participant, told as events and read by a definition. For scenarios about measures.
#pragma once

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/measure.h"
#include "tests/support/story.h"

namespace fodspor::tests {

using namespace fodspor::projections;
using stories::day;
using stories::Story;

inline const StreamId the_participant = stories::participant(1);
inline constexpr std::uint64_t social_enterprise = 1, commercial_enterprise = 2, other_commercial = 3, unknown_enterprise = 9;

const Library& shipped();

class World {
 public:
  // A programme from 2020-10-20 to 2022-12-31, and enterprises of both kinds.
  explicit World(std::string slug = "roskilde");

  Context context;
  Story story;
  AsOf as_of;

  // Everything that follows returns the world, so that a life can be told in one sentence.
  World& enrolled(std::string_view on, wire::LabourStatus status = wire::LabourStatus::UNEMPLOYED);
  // With every field of a complete record.
  World& enrolled_whole(std::string_view on, wire::LabourStatus status = wire::LabourStatus::UNEMPLOYED, std::uint16_t birth_year = 1980,
                        wire::YesNo in_education = wire::YesNo::NO, wire::YesNo disability = wire::YesNo::NO);
  World& left(std::string_view on);
  World& completed(std::string_view on);
  World& course(std::uint32_t number, wire::CourseKind kind, std::string_view from, std::string_view to, bool done = true,
                bool qualified = false);
  World& placed(std::uint32_t number, std::string_view from, std::optional<std::string_view> to, std::uint64_t enterprise,
                wire::PlacementKind kind = wire::PlacementKind::VIRKSOMHEDSPRAKTIK, std::optional<std::uint32_t> ordinary_hours = {});
  World& reported(std::uint32_t placement, std::string_view from, std::string_view to, std::uint32_t ordinary_hours);
  World& reported_job(std::uint32_t employment, std::string_view from, std::string_view to, std::uint32_t ordinary_hours);
  World& job(std::uint32_t number, std::string_view from, std::optional<std::string_view> to,
             std::uint64_t enterprise = commercial_enterprise, wire::EmploymentKind kind = wire::EmploymentKind::ORDINARY,
             std::optional<std::uint32_t> weekly_hours = 20);
  World& education(std::uint32_t number, std::string_view from, std::optional<std::string_view> to, bool qualified = false);
  World& seeking(std::string_view from, std::optional<std::string_view> to = {});
  World& observed(std::string_view on, wire::LabourStatus status);
  World& observed(std::string_view from, std::string_view to, wire::LabourStatus status);
  World& mentor(std::uint32_t assignment, std::uint64_t staff, std::string_view from, std::optional<std::string_view> to,
                wire::RoleKind role = wire::RoleKind::MENTOR, wire::EmployerKind employer = wire::EmployerKind::JOBCENTRE,
                wire::YesNo chosen = wire::YesNo::YES);
  World& died(std::string_view on);
  World& emigrated(std::string_view on);
  // Within it a register knows of all work, education, job search and status.
  World& covered(std::string_view from, std::optional<std::string_view> to = {});

  // For enterprises and staff.
  World& recruited(const StreamId& enterprise, std::string_view on);
  World& committed(const StreamId& enterprise, std::string_view on);
  World& role(const StreamId& holder, wire::RoleKind role, std::string_view on);

  ProgrammeId programme() const { return programme_; }
  std::vector<Verdict> verdicts(const Measure& measure, const StreamId& subject = the_participant) const;
  // Of a subject with one unit.
  Verdict verdict(const Definition& definition, const Measure::Parameters& parameters = {},
                  const StreamId& subject = the_participant) const;
  Verdict verdict(std::string_view id, const StreamId& subject = the_participant) const;

 private:
  ProgrammeId programme_;
  std::string slug_;
};

// A definition of a scenario's own, without the file around it: its head is put in front.
Definition definition_of(std::string_view body, std::string_view unit = "participation");
// In words: "met", "not met", "unknown", "excluded", "not in the denominator", "stopped at <step>".
std::string said(const Verdict& verdict, const Measure& measure);
std::string answer(const World& world, const Definition& definition, const Measure::Parameters& parameters = {},
                   const StreamId& subject = the_participant);
std::string answer(const World& world, std::string_view id, const StreamId& subject = the_participant);

}  // namespace fodspor::tests
