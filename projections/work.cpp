#include "projections/work.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "events/outcome.capnp.h"
#include "events/placement.capnp.h"
#include "projections/stored_numbers.h"

namespace fodspor::projections {

namespace {

constexpr std::int32_t never = std::numeric_limits<std::int32_t>::max();

std::int32_t end_of(const Spell& spell) {
  return spell.to ? spell.to->days() : never;
}

std::optional<Date> date_of(std::int32_t end) {
  if (end == never) return std::nullopt;
  return Date::clamped(end);
}

std::optional<Id> enterprise_of(const Fact& fact) {
  const auto stream = fact.reference(wire::Role::ENTERPRISE);
  return stream ? std::optional(stream->id) : std::nullopt;
}

bool positive(const std::optional<std::int32_t>& minutes) {
  return minutes && *minutes > 0;
}

wire::EmploymentKind kind_of(wire::PlacementKind kind) {
  switch (kind) {
    case wire::PlacementKind::LOENTILSKUD:
      return wire::EmploymentKind::WAGE_SUBSIDY;
    case wire::PlacementKind::ORDINARY_HOURS:
      return wire::EmploymentKind::ORDINARY;
    case wire::PlacementKind::SMALL_JOB:
      return wire::EmploymentKind::SMALL_JOB;
    case wire::PlacementKind::FLEKSJOB:
      return wire::EmploymentKind::FLEX;
    case wire::PlacementKind::IGU:
      return wire::EmploymentKind::IGU;
    case wire::PlacementKind::VOKSENLAERLING:
      return wire::EmploymentKind::APPRENTICE;
    case wire::PlacementKind::VIRKSOMHEDSPRAKTIK:
    case wire::PlacementKind::UNSPECIFIED:
      break;
  }
  return wire::EmploymentKind::UNSPECIFIED;
}

void say_job(Work& piece, wire::Job::Reader job) {
  piece.kind = job.getKind();
  piece.contract = job.getContract();
  const bool subsidised = piece.kind == wire::EmploymentKind::WAGE_SUBSIDY || piece.kind == wire::EmploymentKind::FLEX;
  (subsidised ? piece.subsidised_minutes : piece.ordinary_minutes) = stored_minutes(job.getWeeklyMinutes());
  piece.wanted_minutes = stored_minutes(job.getWantedMinutes());
  piece.skill_level = stored_number(job.getSkillLevel());
}

wire::Job::Reader job_of(const Fact& fact) {
  return fact.type == EventType::employment_started ? fact.body<wire::EmploymentStarted>().getJob()
                                                    : fact.body<wire::EmploymentChanged>().getJob();
}

auto place_of(const Work& piece) {
  return std::tuple(piece.when.from.days(), end_of(piece.when), piece.origin, piece.stream, piece.number, piece.piece);
}

auto place_of(const ReportedHours& report) {
  return std::tuple(report.when.from.days(), end_of(report.when), report.origin, report.stream, report.number, report.because);
}

// Whether there are both placements and employments among them.
template <class Kind>
bool seen_twice(const std::vector<Kind>& all) {
  return std::any_of(all.begin(), all.end(), [](const Kind& one) { return one.origin == Work::From::employment; }) &&
         std::any_of(all.begin(), all.end(), [](const Kind& one) { return one.origin == Work::From::placement; });
}

// Days on which an employment in the same enterprise speaks for a placement.
struct Taken {
  std::int32_t from, to;
  bool ordinary, subsidised;
  EventId began_because, ended_because;
};

// A placement's piece cut where an employment begins or ceases to speak for it.
void cut(const Work& placement, const std::vector<Taken>& taken, std::vector<Work>& out) {
  std::vector<std::pair<std::int32_t, EventId>> edges;
  for (const Taken& days : taken) {
    if (days.from > placement.when.from.days()) edges.emplace_back(days.from, days.began_because);
    if (days.to < end_of(placement.when)) edges.emplace_back(days.to, days.ended_because);
  }
  std::sort(edges.begin(), edges.end());
  edges.emplace_back(end_of(placement.when), placement.ended_because);

  Work piece = placement;
  std::uint32_t pieces = 0;
  std::optional<std::pair<bool, bool>> before;
  std::int32_t from = placement.when.from.days();
  EventId because = placement.began_because;
  for (const auto& [to, ended_because] : edges) {
    if (to <= from) continue;
    bool ordinary = false;
    bool subsidised = false;
    for (const Taken& days : taken) {
      if (days.from > from || days.to <= from) continue;
      ordinary = ordinary || days.ordinary;
      subsidised = subsidised || days.subsidised;
    }
    if (before == std::pair(ordinary, subsidised)) {
      out.back().when.to = date_of(to);
      out.back().ended_because = ended_because;
    } else {
      piece.piece = pieces++;
      piece.when = {Date::clamped(from), date_of(to)};
      piece.ordinary_minutes = ordinary && placement.ordinary_minutes ? std::optional(0) : placement.ordinary_minutes;
      piece.subsidised_minutes = subsidised && placement.subsidised_minutes ? std::optional(0) : placement.subsidised_minutes;
      piece.began_because = because;
      piece.ended_because = ended_because;
      out.push_back(piece);
      before = std::pair(ordinary, subsidised);
    }
    from = to;
    because = ended_because;
  }
}

void count_contracted_hours_once(std::vector<Work>& work) {
  std::vector<Work> pieces;
  std::vector<Taken> taken;
  const std::size_t uncut = work.size();
  for (std::size_t i = 0; i < uncut; ++i) {
    const Work& placement = work[i];
    if (placement.origin != Work::From::placement || !placement.enterprise) continue;
    if (!positive(placement.ordinary_minutes) && !positive(placement.subsidised_minutes)) continue;
    taken.clear();
    for (const Work& job : work) {
      if (job.origin != Work::From::employment || job.enterprise != placement.enterprise) continue;
      const bool ordinary = job.ordinary_minutes && positive(placement.ordinary_minutes);
      const bool subsidised = job.subsidised_minutes && positive(placement.subsidised_minutes);
      const std::int32_t from = std::max(job.when.from, placement.when.from).days();
      const std::int32_t to = std::min(end_of(job.when), end_of(placement.when));
      if (from >= to || (!ordinary && !subsidised)) continue;
      taken.push_back({from, to, ordinary, subsidised, job.began_because, job.ended_because});
    }
    if (taken.empty()) continue;
    pieces.clear();
    cut(placement, taken, pieces);
    work[i] = pieces.front();
    work.insert(work.end(), pieces.begin() + 1, pieces.end());
  }
}

// How many of the placement report's days reports for employments in the same enterprise cover, with minutes of that sort.
std::int32_t days_taken(const ReportedHours& placement, const std::vector<ReportedHours>& hours,
                        std::optional<std::int32_t> ReportedHours::*sort) {
  std::vector<std::pair<std::int32_t, std::int32_t>> overlaps;
  for (const ReportedHours& job : hours) {
    if (job.origin != Work::From::employment || job.enterprise != placement.enterprise || !(job.*sort)) continue;
    const std::int32_t from = std::max(job.when.from, placement.when.from).days();
    const std::int32_t to = std::min(end_of(job.when), end_of(placement.when));
    if (from < to) overlaps.emplace_back(from, to);
  }
  std::sort(overlaps.begin(), overlaps.end());
  std::int32_t days = 0;
  std::int32_t reached = std::numeric_limits<std::int32_t>::min();
  for (const auto& [from, to] : overlaps) {
    days += std::max(0, to - std::max(from, reached));
    reached = std::max(reached, to);
  }
  return days;
}

void count_reported_hours_once(std::vector<ReportedHours>& hours) {
  for (ReportedHours& report : hours) {
    if (report.origin != Work::From::placement || !report.enterprise) continue;
    const std::int64_t days = *report.when.to - report.when.from;
    for (const auto sort : {&ReportedHours::ordinary, &ReportedHours::subsidised}) {
      auto& minutes = report.*sort;
      if (!positive(minutes) || days <= 0) continue;
      minutes = static_cast<std::int32_t>(*minutes * (days - days_taken(report, hours, sort)) / days);
    }
  }
}

}  // namespace

void end_with_death(Spell& spell, EventId& ended_because, const std::optional<Moment>& died) {
  if (!died || spell.to) return;
  spell.to = std::max(spell.from, died->on);
  ended_because = died->because;
}

void fold_placement(std::span<const Numbered> placement, const std::optional<Moment>& died, std::vector<Work>& work) {
  const Extent extent = Extent::of(placement, EventType::placement_started, EventType::placement_ended);
  if (extent.start == nullptr) return;
  const Fact& start = *extent.start;
  const auto said = start.body<wire::PlacementStarted>();
  Work piece;
  piece.origin = Work::From::placement;
  piece.stream = start.event->stream();
  piece.number = placement.front().number;
  piece.when = extent.spell();
  piece.placement_kind = said.getKind();
  piece.kind = kind_of(said.getKind());
  piece.ordinary_minutes = stored_minutes(said.getOrdinaryMinutes());
  piece.subsidised_minutes = stored_minutes(said.getSubsidisedMinutes());
  piece.unpaid_minutes = stored_minutes(said.getUnpaidMinutes());
  // A praktik is unpaid, unless hours for pay were agreed with it.
  if (piece.kind == wire::EmploymentKind::UNSPECIFIED) {
    if (positive(piece.subsidised_minutes)) piece.kind = wire::EmploymentKind::WAGE_SUBSIDY;
    if (positive(piece.ordinary_minutes)) piece.kind = wire::EmploymentKind::ORDINARY;
  }
  piece.enterprise = enterprise_of(start);
  piece.programme = start.event->programme();
  piece.began_because = start.because();
  piece.ended_because = extent.ended_because();
  piece.source = start.said().proposal().getSource();
  if (extent.end != nullptr) {
    const auto ended = extent.end->body<wire::PlacementEnded>();
    piece.reason = ended.getReason();
    piece.completed = ended.getCompleted();
  }
  end_with_death(piece.when, piece.ended_because, died);
  piece.whole = piece.when;
  work.push_back(std::move(piece));
}

void fold_employment(std::span<const Numbered> employment, const std::optional<Moment>& died, std::vector<Work>& work) {
  const Extent extent = Extent::of(employment, EventType::employment_started, EventType::employment_ended);
  if (extent.start == nullptr) return;

  // The start and the changes that fall within, each in force from its day until the next.
  std::vector<const Fact*> terms{extent.start};
  for (const Numbered& entry : employment) {
    const Fact& change = *entry.fact;
    if (change.type != EventType::employment_changed || change.from < extent.start->from) continue;
    if (extent.end != nullptr && change.from >= extent.end->from) continue;
    if (change.from == terms.back()->from) terms.pop_back();
    terms.push_back(&change);
  }

  const std::size_t first = work.size();
  std::optional<Id> enterprise = enterprise_of(*extent.start);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const Fact& term = *terms[i];
    Work piece;
    piece.origin = Work::From::employment;
    piece.stream = extent.start->event->stream();
    piece.number = employment.front().number;
    piece.piece = static_cast<std::uint32_t>(i);
    say_job(piece, job_of(term));
    if (const auto moved = enterprise_of(term)) enterprise = moved;
    piece.enterprise = enterprise;
    piece.programme = extent.start->event->programme();
    piece.source = term.said().proposal().getSource();
    piece.began_because = term.because();

    // It lasts until the next terms, the end, or its own last day: a recorded end decides over the latter.
    piece.when = {term.from, term.to};
    if (term.to) piece.ended_because = term.because();
    const Fact* next = i + 1 < terms.size() ? terms[i + 1] : extent.end;
    if (next != nullptr && (next == extent.end || !term.to || *term.to > next->from)) {
      piece.when.to = next->from;
      piece.ended_because = next->because();
    }
    end_with_death(piece.when, piece.ended_because, died);
    work.push_back(std::move(piece));
  }
  const Spell whole{work[first].when.from, work.back().when.to};
  for (std::size_t i = first; i < work.size(); ++i) work[i].whole = whole;
}

void fold_hours(const Fact& fact, std::vector<ReportedHours>& hours) {
  // Without its last day a report says nothing of any day: the period has not ended yet, or never should have been accepted.
  if (!fact.to || *fact.to <= fact.from) return;
  const auto said = fact.body<wire::HoursReported>();
  ReportedHours report;
  report.origin = said.getPlacement() != 0 ? Work::From::placement : Work::From::employment;
  report.stream = fact.event->stream();
  report.number = said.getPlacement() != 0 ? said.getPlacement() : said.getEmployment();
  report.when = {fact.from, fact.to};
  report.ordinary = stored_minutes(said.getOrdinaryMinutes());
  report.subsidised = stored_minutes(said.getSubsidisedMinutes());
  report.unpaid = stored_minutes(said.getUnpaidMinutes());
  report.enterprise = enterprise_of(fact);
  report.because = fact.because();
  report.source = fact.said().proposal().getSource();
  hours.push_back(std::move(report));
}

void settle_work(std::vector<Work>& work, std::vector<ReportedHours>& hours) {
  for (ReportedHours& report : hours) {
    if (report.enterprise) continue;
    // The piece that the period begins in; a report from before the first piece or after the last takes the nearest before it, or the
    // first.
    const Work* at = nullptr;
    for (const Work& piece : work) {
      if (piece.origin != report.origin || piece.number != report.number || piece.stream != report.stream) continue;
      if (at == nullptr || piece.when.from <= report.when.from) at = &piece;
    }
    if (at != nullptr) report.enterprise = at->enterprise;
  }
  if (seen_twice(work)) count_contracted_hours_once(work);
  if (seen_twice(hours)) count_reported_hours_once(hours);
  std::sort(work.begin(), work.end(), [](const Work& a, const Work& b) { return place_of(a) < place_of(b); });
  std::sort(hours.begin(), hours.end(), [](const ReportedHours& a, const ReportedHours& b) { return place_of(a) < place_of(b); });
}

}  // namespace fodspor::projections
