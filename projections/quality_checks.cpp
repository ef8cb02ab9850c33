#include "projections/quality_checks.h"

#include <algorithm>
#include <tuple>

#include "events/course.capnp.h"
#include "events/outcome.capnp.h"
#include "events/placement.capnp.h"

namespace fodspor::projections {

namespace {

void found(FoundIssues& issues, ProgrammeId programme, Issue issue, std::initializer_list<EventId> because) {
  std::vector<EventId>& events = issues[{programme, issue}];
  for (const EventId& event : because) {
    if (event) events.push_back(event);
  }
}

void check_entry(const Subject& subject, const Participation& one, FoundIssues& issues) {
  const EntryRecord& record = one.at_entry;
  const EventId& entry = one.entry->because;
  if (record.case_number.empty()) found(issues, one.programme, Issue::case_number_missing, {entry});
  if (record.gender == wire::Gender::UNSPECIFIED) found(issues, one.programme, Issue::no_gender, {entry});
  if (record.birth_year == 0) found(issues, one.programme, Issue::no_birth_year, {entry});
  if (!one.compared && record.labour_status == wire::LabourStatus::UNSPECIFIED) {
    found(issues, one.programme, Issue::no_labour_status, {entry});
  }
  if (!one.compared && !record.isced) found(issues, one.programme, Issue::no_isced, {entry});
  const Programme* programme = subject.context.find(one.programme);
  if (programme != nullptr && programme->frame && (one.entry->on < programme->frame->starts || one.entry->on > programme->frame->ends)) {
    found(issues, one.programme, Issue::entry_outside_programme, {entry, programme->frame->because});
  }
  if (one.completion && one.completion->on < one.entry->on) {
    found(issues, one.programme, Issue::completed_before_entry, {entry, one.completion->because});
  }
}

void check_participation(const Subject& subject, const Participation& one, FoundIssues& issues) {
  if (one.entry) {
    check_entry(subject, one, issues);
  } else if (!one.courses.empty() || !one.matches.empty()) {
    for (const Course& course : one.courses) {
      if (const auto& moment = course.started ? course.started : course.ended) {
        found(issues, one.programme, Issue::not_enrolled, {moment->because});
      }
    }
    for (const Match& match : one.matches) {
      if (match.proposed) found(issues, one.programme, Issue::not_enrolled, {match.proposed->because});
    }
  }
  for (const Course& course : one.courses) {
    if (course.ended && !course.started) found(issues, one.programme, Issue::end_without_start, {course.ended->because});
    if (course.started && !course.ended && one.exit) {
      found(issues, one.programme, Issue::course_left_open, {course.started->because, one.exit->because});
    }
  }
  if (!one.unreachable.empty()) {
    const Moment& last = one.unreachable.back();
    const auto& seen = subject.person->observations;
    const bool reached_later = std::any_of(seen.begin(), seen.end(), [&](const Observation& observation) {
      return !observation.unreachable && observation.programme == one.programme && observation.when.from > last.on;
    });
    if (!reached_later) found(issues, one.programme, Issue::unreachable, {last.because});
  }
}

void check_work(const Person& person, FoundIssues& issues) {
  for (const Work& work : person.work) {
    if (work.origin != Work::From::placement || work.piece != 0) continue;
    if (!work.enterprise) found(issues, work.programme, Issue::no_enterprise, {work.began_because});
    const auto of = std::find_if(person.participations.begin(), person.participations.end(),
                                 [&](const Participation& one) { return one.programme == work.programme; });
    if (of != person.participations.end() && of->exit && !work.whole.to && work.whole.from <= of->exit->on) {
      found(issues, work.programme, Issue::placement_left_open, {work.began_because, of->exit->because});
    }
  }
}

// Observations are in order of day, so those of one day stand together.
void check_sources(const Person& person, FoundIssues& issues) {
  const auto& seen = person.observations;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i].point || !seen[i].status) continue;
    for (std::size_t j = i + 1; j < seen.size() && seen[j].when.from == seen[i].when.from; ++j) {
      if (!seen[j].point || !seen[j].status || seen[j].source == seen[i].source || *seen[j].status == *seen[i].status) continue;
      found(issues, seen[i].programme, Issue::sources_disagree, {seen[i].because, seen[j].because});
    }
  }
}

bool needs_the_living(EventType type) {
  switch (type) {
    case EventType::enrolled:
    case EventType::course_started:
    case EventType::course_attended:
    case EventType::placement_started:
    case EventType::employment_started:
    case EventType::education_started:
    case EventType::job_search_started:
    case EventType::mentor_checked_in:
    case EventType::completed:
      return true;
    default:
      return false;
  }
}

const Participation* participation(const Person& person, ProgrammeId programme) {
  for (const Participation& one : person.participations) {
    if (one.programme == programme) return &one;
  }
  return nullptr;
}

void check_facts(const Subject& subject, FoundIssues& issues) {
  // Placements and jobs begun, by stream, type of beginning and number.
  std::vector<std::tuple<StreamId, EventType, std::uint32_t>> begun;
  const auto began = [&](const Fact& fact, std::uint32_t number) { begun.emplace_back(fact.event->stream(), fact.type, number); };
  const auto ended = [&](const Fact& fact, EventType by, std::uint32_t number) {
    if (std::find(begun.begin(), begun.end(), std::tuple(fact.event->stream(), by, number)) != begun.end()) return;
    found(issues, fact.event->programme(), Issue::end_without_start, {fact.because()});
  };
  for (const Fact& fact : subject.history.facts()) {
    if (fact.type == EventType::placement_started) began(fact, fact.body<wire::PlacementStarted>().getPlacement());
    if (fact.type == EventType::employment_started) began(fact, fact.body<wire::EmploymentStarted>().getJob().getEmployment());
  }
  for (const Fact& fact : subject.history.facts()) {
    const ProgrammeId programme = fact.event->programme();
    if (fact.type == EventType::placement_ended) {
      ended(fact, EventType::placement_started, fact.body<wire::PlacementEnded>().getPlacement());
    }
    if (fact.type == EventType::employment_ended) {
      ended(fact, EventType::employment_started, fact.body<wire::EmploymentEnded>().getEmployment());
    }
    if (fact.type == EventType::left) {
      const Participation* one = participation(*subject.person, programme);
      if (one != nullptr && one->entry && fact.from < one->entry->on) {
        found(issues, programme, Issue::exit_before_entry, {one->entry->because, fact.because()});
      }
    }
    const auto& died = subject.person->died;
    if (died && fact.dated && fact.from > died->on && needs_the_living(fact.type)) {
      found(issues, programme, Issue::fact_after_death, {died->because, fact.because()});
    }
  }
}

void sort_events(FoundIssues& issues) {
  for (auto& [key, events] : issues) {
    std::sort(events.begin(), events.end());
    events.erase(std::unique(events.begin(), events.end()), events.end());
  }
}

}  // namespace

FoundIssues check_stream(const Subject& subject) {
  FoundIssues issues;
  for (const Event* event : subject.history.ignored()) found(issues, event->programme(), Issue::unknown_newer_event, {event->id()});
  sort_events(issues);
  return issues;
}

FoundIssues check_person(const Subject& subject) {
  FoundIssues issues = check_stream(subject);
  for (const Participation& one : subject.person->participations) check_participation(subject, one, issues);
  check_work(*subject.person, issues);
  check_sources(*subject.person, issues);
  check_facts(subject, issues);
  sort_events(issues);
  return issues;
}

}  // namespace fodspor::projections
