#include "tests/support/model.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "events/control.capnp.h"
#include "events/course.capnp.h"
#include "events/match.capnp.h"
#include "events/people.capnp.h"
#include "events/placement.capnp.h"

namespace fodspor::stories {

namespace {

using projections::AsOf;
using projections::Moment;
using projections::Work;

std::string text(const std::optional<Date>& date) {
  return date ? date->text() : "-";
}
std::string text(const EventId& id) {
  return id ? id.text() : "-";
}
std::string text(const std::optional<Moment>& moment) {
  return moment ? moment->on.text() + " by " + moment->because.text() : "-";
}
std::string text(const std::optional<StreamId>& stream) {
  return stream ? stream->text() : "-";
}
std::string text(const std::optional<Id>& id) {
  return id ? id->hex() : "-";
}
template <class Number>
std::string number(const std::optional<Number>& value) {
  return value ? std::to_string(static_cast<long>(*value)) : "-";
}
template <class Enum>
std::string code(Enum value) {
  return std::to_string(static_cast<int>(value));
}
template <class Enum>
std::string code(const std::optional<Enum>& value) {
  return value ? code(*value) : "-";
}
std::optional<std::int32_t> less_one(std::uint32_t stored) {
  return stored == 0 ? std::nullopt : std::optional(static_cast<std::int32_t>(stored) - 1);
}

struct Line {
  std::ostringstream out;
  explicit Line(std::string_view what) { out << what; }
  Line& add(std::string_view name, const std::string& value) {
    out << ' ' << name << '=' << value;
    return *this;
  }
};

// ---- What the model takes for true -------------------------------------------------------------------------------------------------

// A fact as it stands: what happened, and the event that says it now.
struct Told {
  const Event* original;
  const Event* said;
  EventType type() const { return original->type(); }
  Date from() const { return *said->valid_from(); }
  EventId id() const { return said->id(); }
  StreamId stream() const { return original->stream(); }
  std::string slug() const { return original->programme() ? original->programme().slug() : ""; }
  wire::Source source() const { return said->proposal().getSource(); }
  std::optional<StreamId> reference(wire::Role role) const {
    for (const auto reference : said->proposal().getReferences()) {
      if (reference.getRole() == role && !reference.getSuperseded()) {
        return StreamId{static_cast<StreamKind>(reference.getKind()), {reference.getHi(), reference.getLo()}};
      }
    }
    return std::nullopt;
  }
  std::optional<Id> enterprise() const {
    const auto stream = reference(wire::Role::ENTERPRISE);
    return stream ? std::optional(stream->id) : std::nullopt;
  }
  template <class Body>
  typename Body::Reader body() const {
    return said == original ? said->facts<Body>() : said->facts<wire::Corrected>().getBody().getAs<Body>();
  }
};

class Truth {
 public:
  Truth(const std::vector<Event>& events, const AsOf& as_of) : as_of_(as_of) {
    for (const Event& event : events) {
      if (event.position() <= as_of.known) known_.push_back(&event);
    }
    for (const Event* event : known_) {
      if (event->type() == EventType::corrected || event->type() == EventType::retracted || taken_back(*event)) continue;
      const Told told{event, latest_word_on(*event)};
      if (!told.said->valid_from()) continue;
      if (as_of.valid && told.from() > *as_of.valid) continue;
      told_.push_back(told);
    }
  }

  const AsOf& as_of() const { return as_of_; }

  // All facts of these types that pass, by day, then by id.
  template <class Wanted>
  std::vector<Told> all(const std::set<EventType>& types, const Wanted& wanted) const {
    std::vector<Told> result;
    for (const Told& told : told_) {
      if (types.contains(told.type()) && wanted(told)) result.push_back(told);
    }
    std::sort(result.begin(), result.end(),
              [](const Told& a, const Told& b) { return std::pair(a.from(), a.original->id()) < std::pair(b.from(), b.original->id()); });
    return result;
  }
  std::vector<Told> all(const std::set<EventType>& types) const {
    return all(types, [](const Told&) { return true; });
  }

  // The first day on which it no longer holds, if that is known on the day asked for.
  std::optional<Date> until(const Told& told) const {
    const auto to = told.said->valid_to();
    if (to && as_of_.valid && *to > as_of_.valid->plus_days(1)) return std::nullopt;
    return to;
  }

  std::optional<Told> death() const {
    const auto deaths = all({EventType::died});
    return deaths.empty() ? std::nullopt : std::optional(deaths.front());
  }

 private:
  static EventId about(const Event& control) {
    const auto reference =
        control.type() == EventType::corrected ? control.facts<wire::Corrected>().getEvent() : control.facts<wire::Retracted>().getEvent();
    return {{{reference.getHi(), reference.getLo()}}, reference.getIndex()};
  }
  bool taken_back(const Event& event) const {
    for (const Event* other : known_) {
      if (other->type() == EventType::retracted && about(*other) == event.id() && !taken_back(*other)) return true;
    }
    return false;
  }
  const Event* latest_word_on(const Event& event) const {
    const Event* latest = &event;
    for (const Event* other : known_) {
      if (other->type() != EventType::corrected || about(*other) != event.id() || taken_back(*other)) continue;
      if (latest == &event || latest->placement().version < other->placement().version) latest = other;
    }
    return latest;
  }

  AsOf as_of_;
  std::vector<const Event*> known_;
  std::vector<Told> told_;
};

// ---- Things with numbers -----------------------------------------------------------------------------------------------------------

std::uint32_t number_of(const Told& told) {
  switch (told.type()) {
    case EventType::placement_started:
      return told.body<wire::PlacementStarted>().getPlacement();
    case EventType::placement_ended:
      return told.body<wire::PlacementEnded>().getPlacement();
    case EventType::employment_started:
      return told.body<wire::EmploymentStarted>().getJob().getEmployment();
    case EventType::employment_changed:
      return told.body<wire::EmploymentChanged>().getJob().getEmployment();
    case EventType::employment_ended:
      return told.body<wire::EmploymentEnded>().getEmployment();
    case EventType::education_started:
      return told.body<wire::EducationStarted>().getEducation();
    case EventType::education_ended:
      return told.body<wire::EducationEnded>().getEducation();
    case EventType::course_started:
      return told.body<wire::CourseStarted>().getCourse();
    case EventType::course_ended:
      return told.body<wire::CourseEnded>().getCourse();
    case EventType::match_proposed:
      return told.body<wire::MatchProposed>().getMatch();
    case EventType::match_accepted:
      return told.body<wire::MatchAccepted>().getMatch();
    case EventType::match_declined:
      return told.body<wire::MatchDeclined>().getMatch();
    case EventType::role_assigned:
      return told.body<wire::RoleAssigned>().getAssignment();
    case EventType::role_ended:
      return told.body<wire::RoleEnded>().getAssignment();
    default:
      return 0;
  }
}

struct Thing {
  StreamId stream;
  std::uint32_t number = 0;
  std::optional<Told> start, end;

  std::optional<Date> ends(const Truth& truth) const {
    if (end) return end->from();
    if (const auto to = truth.until(*start)) return to;
    const auto death = truth.death();
    return death ? std::optional(std::max(start->from(), death->from())) : std::nullopt;
  }
  EventId ended_by(const Truth& truth) const {
    if (end) return end->id();
    if (truth.until(*start)) return start->id();
    const auto death = truth.death();
    return death ? death->id() : EventId{};
  }
};

std::vector<Thing> things(const Truth& truth, EventType started, EventType ended) {
  std::vector<Thing> result;
  std::set<std::pair<StreamId, std::uint32_t>> seen;
  for (const Told& any : truth.all({started, ended})) {
    const auto key = std::pair(any.stream(), number_of(any));
    if (!seen.insert(key).second) continue;
    const auto same = [&](const Told& told) { return told.stream() == key.first && number_of(told) == key.second; };
    Thing thing{key.first, key.second, {}, {}};
    const auto starts = truth.all({started}, same);
    if (!starts.empty()) thing.start = starts.front();
    const auto ends =
        truth.all({ended}, [&](const Told& told) { return same(told) && (!thing.start || told.from() >= thing.start->from()); });
    if (!ends.empty()) thing.end = ends.front();
    result.push_back(thing);
  }
  return result;
}

std::optional<Moment> moment(const std::optional<Told>& told) {
  return told ? std::optional(Moment{told->from(), told->id()}) : std::nullopt;
}

// ---- Work ---------------------------------------------------------------------------------------------------------------------------

bool subsidised_kind(wire::EmploymentKind kind) {
  return kind == wire::EmploymentKind::WAGE_SUBSIDY || kind == wire::EmploymentKind::FLEX;
}

// The terms of a job on a day on which it runs: the latest of its start and its changes.
std::optional<Told> terms_on(const Truth& truth, const Thing& job, Date day) {
  std::optional<Told> latest = job.start;
  const auto changes = truth.all({EventType::employment_changed}, [&](const Told& told) {
    return told.stream() == job.stream && number_of(told) == job.number && told.from() >= job.start->from() && told.from() <= day &&
           (!job.end || told.from() < job.end->from());
  });
  if (!changes.empty()) latest = changes.back();
  if (job.start->from() > day || (job.end && job.end->from() <= day)) return std::nullopt;
  // Terms that end by themselves leave a gap until the next ones; with a recorded end, the last ones hold up to it.
  const auto later = truth.all({EventType::employment_changed}, [&](const Told& told) {
    return told.stream() == job.stream && number_of(told) == job.number && told.from() > day && (!job.end || told.from() < job.end->from());
  });
  const auto to = truth.until(*latest);
  if (to && *to <= day && (!job.end || !later.empty())) return std::nullopt;
  const auto death = truth.death();
  if (!to && !job.end && later.empty() && death && death->from() <= day) return std::nullopt;
  return latest;
}

wire::Job::Reader job_of(const Told& told) {
  return told.type() == EventType::employment_started ? told.body<wire::EmploymentStarted>().getJob()
                                                      : told.body<wire::EmploymentChanged>().getJob();
}

// An enterprise that terms do not name is that of the terms before them.
std::optional<Id> employer_on(const Truth& truth, const Thing& job, Date day) {
  std::optional<Id> employer = job.start->enterprise();
  std::optional<Date> last;
  const auto changes = truth.all({EventType::employment_changed}, [&](const Told& told) {
    return told.stream() == job.stream && number_of(told) == job.number && told.from() >= job.start->from() && told.from() <= day &&
           (!job.end || told.from() < job.end->from());
  });
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const bool replaced_the_same_day = i + 1 < changes.size() && changes[i + 1].from() == changes[i].from();
    if (!replaced_the_same_day && changes[i].enterprise()) employer = changes[i].enterprise();
  }
  return employer;
}

wire::EmploymentKind kind_of(wire::PlacementStarted::Reader said) {
  static const std::map<wire::PlacementKind, wire::EmploymentKind> kinds{
      {wire::PlacementKind::LOENTILSKUD, wire::EmploymentKind::WAGE_SUBSIDY},
      {wire::PlacementKind::ORDINARY_HOURS, wire::EmploymentKind::ORDINARY},
      {wire::PlacementKind::SMALL_JOB, wire::EmploymentKind::SMALL_JOB},
      {wire::PlacementKind::FLEKSJOB, wire::EmploymentKind::FLEX},
      {wire::PlacementKind::IGU, wire::EmploymentKind::IGU},
      {wire::PlacementKind::VOKSENLAERLING, wire::EmploymentKind::APPRENTICE},
  };
  if (const auto known = kinds.find(said.getKind()); known != kinds.end()) return known->second;
  if (said.getOrdinaryMinutes() > 1) return wire::EmploymentKind::ORDINARY;
  if (said.getSubsidisedMinutes() > 1) return wire::EmploymentKind::WAGE_SUBSIDY;
  return wire::EmploymentKind::UNSPECIFIED;
}

std::string work_line(Work::From origin, const StreamId& stream, std::uint32_t which, wire::EmploymentKind kind,
                      wire::PlacementKind placement_kind, wire::Job::Contract contract, std::optional<std::int32_t> ordinary,
                      std::optional<std::int32_t> subsidised, std::optional<std::int32_t> unpaid, std::optional<std::int32_t> wanted,
                      std::optional<int> skill, std::optional<Id> enterprise, ProgrammeId programme, wire::Source source) {
  Line line(origin == Work::From::placement ? "placement" : "employment");
  line.add("of", stream.text()).add("number", std::to_string(which)).add("kind", code(kind)).add("placement_kind", code(placement_kind));
  line.add("contract", code(contract))
      .add("ordinary", number(ordinary))
      .add("subsidised", number(subsidised))
      .add("unpaid", number(unpaid));
  line.add("wanted", number(wanted)).add("skill", number(skill)).add("enterprise", text(enterprise));
  line.add("programme", programme ? programme.slug() : "").add("source", code(source));
  return line.out.str();
}

// ---- Hours --------------------------------------------------------------------------------------------------------------------------

struct Report {
  Told told;
  bool of_placement;
  std::uint32_t number;
  std::optional<Id> enterprise;
  Date from, to;
};

std::vector<Report> reports(const Truth& truth) {
  std::vector<Report> result;
  for (const Told& told : truth.all({EventType::hours_reported})) {
    const auto to = truth.until(told);
    if (!to) continue;
    const auto said = told.body<wire::HoursReported>();
    const bool of_placement = said.getPlacement() != 0;
    Report report{told, of_placement, of_placement ? said.getPlacement() : said.getEmployment(), told.enterprise(), told.from(), *to};
    if (!report.enterprise) {
      for (const Thing& thing : of_placement ? things(truth, EventType::placement_started, EventType::placement_ended)
                                             : things(truth, EventType::employment_started, EventType::employment_ended)) {
        if (thing.stream != told.stream() || thing.number != report.number || !thing.start) continue;
        // What named the enterprise when the period began; of a period from before the job, its first terms.
        report.enterprise =
            of_placement ? thing.start->enterprise() : employer_on(truth, thing, std::max(told.from(), thing.start->from()));
      }
    }
    result.push_back(report);
  }
  return result;
}

std::optional<std::int32_t> counted(const Report& report, const std::vector<Report>& all, bool ordinary) {
  const auto minutes = [&](const Report& of) {
    const auto said = of.told.body<wire::HoursReported>();
    return less_one(ordinary ? said.getOrdinaryMinutes() : said.getSubsidisedMinutes());
  };
  const auto own = minutes(report);
  if (!own || !report.of_placement || !report.enterprise) return own;
  std::int64_t days = 0;
  std::int64_t free = 0;
  for (Date day = report.from; day < report.to; day = day.plus_days(1)) {
    ++days;
    const bool taken = std::any_of(all.begin(), all.end(), [&](const Report& other) {
      return !other.of_placement && other.enterprise == report.enterprise && minutes(other) && other.from <= day && day < other.to;
    });
    if (!taken) ++free;
  }
  return static_cast<std::int32_t>(*own * free / days);
}

std::string hours_line(Work::From origin, const StreamId& stream, std::uint32_t which, Date from, Date to,
                       std::optional<std::int32_t> ordinary, std::optional<std::int32_t> subsidised, std::optional<std::int32_t> unpaid,
                       std::optional<Id> enterprise, wire::Source source, const EventId& because) {
  Line line("hours");
  line.add("origin", code(origin)).add("of", stream.text()).add("number", std::to_string(which)).add("from", from.text());
  line.add("to", to.text()).add("ordinary", number(ordinary)).add("subsidised", number(subsidised)).add("unpaid", number(unpaid));
  line.add("enterprise", text(enterprise)).add("source", code(source)).add("by", text(because));
  return line.out.str();
}

// ---- Participations -----------------------------------------------------------------------------------------------------------------

const std::set<EventType> taking_part{
    EventType::screened,          EventType::recruited,       EventType::enrolled,          EventType::compared,
    EventType::plan_made,         EventType::plan_revised,    EventType::progress_measured, EventType::support_given,
    EventType::course_started,    EventType::course_attended, EventType::course_ended,      EventType::role_assigned,
    EventType::role_ended,        EventType::match_proposed,  EventType::match_accepted,    EventType::match_declined,
    EventType::placement_started, EventType::placement_ended, EventType::completed,         EventType::left,
    EventType::followed_up,       EventType::aftercare_given, EventType::mentor_checked_in, EventType::referred};

// Contacts of one day stand in this order: entry, what starts, plans changed, the rest.
int contact_rank(EventType type) {
  if (type == EventType::screened || type == EventType::recruited || type == EventType::enrolled) return 0;
  if (type == EventType::plan_made || type == EventType::course_started) return 1;
  if (type == EventType::plan_revised) return 2;
  return 3;
}

bool contact(const Told& told) {
  if (told.type() == EventType::course_attended) return told.body<wire::CourseAttended>().getPresent() != wire::YesNo::NO;
  if (told.type() == EventType::followed_up) {
    return told.body<wire::FollowedUp>().getResult() != wire::FollowedUp::Result::UNREACHABLE;
  }
  return std::set{EventType::screened,          EventType::recruited,         EventType::enrolled,      EventType::plan_made,
                  EventType::plan_revised,      EventType::progress_measured, EventType::support_given, EventType::course_started,
                  EventType::mentor_checked_in, EventType::aftercare_given}
      .contains(told.type());
}

std::string participation_line(const std::string& programme, bool compared, const std::optional<Moment>& entry,
                               const std::optional<Moment>& last_entry, const std::optional<Moment>& exit, int exit_reason,
                               const std::optional<Moment>& completion, const std::optional<Moment>& screened,
                               const std::optional<Moment>& recruited, const std::optional<Moment>& last_contact, int enrolments,
                               int labour_status, int gender, int birth_year, std::int64_t weight, const std::string& case_number) {
  Line line("participation");
  line.add("in", programme).add("compared", std::to_string(compared)).add("entry", text(entry)).add("last_entry", text(last_entry));
  line.add("exit", text(exit)).add("reason", std::to_string(exit_reason)).add("completion", text(completion));
  line.add("screened", text(screened)).add("recruited", text(recruited)).add("contact", text(last_contact));
  line.add("enrolments", std::to_string(enrolments)).add("status", std::to_string(labour_status)).add("gender", std::to_string(gender));
  line.add("born", std::to_string(birth_year)).add("weight", std::to_string(weight)).add("case", case_number);
  return line.out.str();
}

std::string course_line(const std::string& programme, std::uint32_t which, int kind, const std::optional<Moment>& started,
                        const std::optional<Moment>& ended, bool completed, bool qualification) {
  Line line("course");
  line.add("in", programme).add("number", std::to_string(which)).add("kind", std::to_string(kind)).add("started", text(started));
  line.add("ended", text(ended)).add("completed", std::to_string(completed)).add("qualification", std::to_string(qualification));
  return line.out.str();
}

std::string match_line(const std::string& programme, std::uint32_t which, const std::optional<Moment>& proposed,
                       const std::optional<Moment>& accepted, const std::optional<Moment>& declined, const std::optional<Id>& enterprise) {
  Line line("match");
  line.add("in", programme).add("number", std::to_string(which)).add("proposed", text(proposed)).add("accepted", text(accepted));
  line.add("declined", text(declined)).add("enterprise", text(enterprise));
  return line.out.str();
}

std::string role_line(const std::string& programme, int role, std::uint32_t assignment, const std::optional<StreamId>& holder, Date from,
                      const std::optional<Date>& to, const EventId& began, const EventId& ended) {
  Line line("role");
  line.add("in", programme).add("role", std::to_string(role)).add("assignment", std::to_string(assignment)).add("holder", text(holder));
  line.add("from", from.text()).add("to", text(to)).add("began", text(began)).add("ended", text(ended));
  return line.out.str();
}

std::string education_line(std::uint32_t which, Date from, const std::optional<Date>& to, std::optional<int> isced, int completed,
                           int qualification, const EventId& began, const EventId& ended) {
  Line line("education");
  line.add("number", std::to_string(which)).add("from", from.text()).add("to", text(to)).add("isced", number(isced));
  line.add("completed", std::to_string(completed)).add("qualification", std::to_string(qualification));
  line.add("began", text(began)).add("ended", text(ended));
  return line.out.str();
}

std::string search_line(Date from, const std::optional<Date>& to, const EventId& began, const EventId& ended) {
  Line line("search");
  line.add("from", from.text()).add("to", text(to)).add("began", text(began)).add("ended", text(ended));
  return line.out.str();
}

std::string seen_line(Date from, const std::optional<Date>& to, bool point, const std::string& status, const std::string& benefit,
                      const std::string& kind, const std::string& paid, const std::string& weekly, const std::string& education,
                      bool unreachable, const std::string& programme, wire::Source source, const EventId& because) {
  Line line("seen");
  line.add("from", from.text()).add("to", text(to)).add("point", std::to_string(point)).add("status", status).add("benefit", benefit);
  line.add("kind", kind).add("paid", paid).add("weekly", weekly).add("education", education);
  line.add("unreachable", std::to_string(unreachable)).add("in", programme).add("source", code(source)).add("by", text(because));
  return line.out.str();
}

std::string moment_line(std::string_view what, const std::string& programme, Date on, const EventId& because) {
  Line line(what);
  line.add("in", programme).add("on", on.text()).add("by", text(because));
  return line.out.str();
}

void tell_participation(const Truth& truth, const std::string& slug, std::vector<std::string>& out) {
  const auto own = [&](const Told& told) { return told.slug() == slug; };
  const auto first = [&](EventType type) -> std::optional<Told> {
    const auto found = truth.all({type}, own);
    return found.empty() ? std::nullopt : std::optional(found.front());
  };
  const auto last = [&](EventType type) -> std::optional<Told> {
    const auto found = truth.all({type}, own);
    return found.empty() ? std::nullopt : std::optional(found.back());
  };

  const auto enrolled = first(EventType::enrolled);
  const auto compared = first(EventType::compared);
  const auto entry = enrolled ? enrolled : compared;
  const auto last_entry = enrolled ? last(EventType::enrolled) : compared;
  auto exit = last(EventType::left);
  // A comparison does not undo a leaving; an enrolment after it does.
  if (exit && enrolled && last_entry->from() > exit->from()) exit.reset();

  std::vector<Told> contacts = truth.all(taking_part, [&](const Told& told) { return own(told) && contact(told); });
  std::stable_sort(contacts.begin(), contacts.end(), [](const Told& a, const Told& b) {
    return std::pair(a.from(), contact_rank(a.type())) < std::pair(b.from(), contact_rank(b.type()));
  });

  int status = 0;
  int gender = 0;
  int born = 0;
  std::int64_t weight = 1'000'000;
  std::string case_number;
  if (enrolled) {
    const auto said = enrolled->body<wire::Enrolled>();
    status = static_cast<int>(said.getLabourStatus());
    gender = static_cast<int>(said.getGender());
    born = said.getBirthYear();
    if (said.getWeight() != 0) weight = said.getWeight();
    case_number = said.getCaseNumber().cStr();
  } else if (compared) {
    const auto said = compared->body<wire::Compared>();
    gender = static_cast<int>(said.getGender());
    born = said.getBirthYear();
    if (said.getWeight() != 0) weight = said.getWeight();
    case_number = said.getCaseNumber().cStr();
  }
  out.push_back(participation_line(
      slug, entry && !enrolled, moment(entry), moment(last_entry), moment(exit),
      exit ? static_cast<int>(exit->body<wire::Left>().getReason()) : 0, moment(first(EventType::completed)),
      moment(first(EventType::screened)), moment(first(EventType::recruited)), contacts.empty() ? std::nullopt : moment(contacts.back()),
      static_cast<int>(truth.all({EventType::enrolled}, own).size()), status, gender, born, weight, case_number));
  for (const Told& told : truth.all({EventType::mentor_checked_in}, own))
    out.push_back(moment_line("check_in", slug, told.from(), told.id()));
  for (const Told& told : truth.all({EventType::followed_up}, own)) {
    if (told.body<wire::FollowedUp>().getResult() != wire::FollowedUp::Result::UNREACHABLE) continue;
    out.push_back(moment_line("not_reached", slug, told.from(), told.id()));
  }
}

void tell_courses(const Truth& truth, std::vector<std::string>& out) {
  for (const Thing& thing : things(truth, EventType::course_started, EventType::course_ended)) {
    const std::string slug = thing.start ? thing.start->slug() : thing.end->slug();
    int kind = thing.start ? static_cast<int>(thing.start->body<wire::CourseStarted>().getKind()) : 0;
    if (thing.end) kind = static_cast<int>(thing.end->body<wire::CourseEnded>().getKind());
    out.push_back(course_line(slug, thing.number, kind, moment(thing.start), moment(thing.end),
                              thing.end && thing.end->body<wire::CourseEnded>().getCompleted() == wire::YesNo::YES,
                              thing.end && thing.end->body<wire::CourseEnded>().getQualification() == wire::YesNo::YES));
  }
}

void tell_matches(const Truth& truth, std::vector<std::string>& out) {
  const std::set<EventType> types{EventType::match_proposed, EventType::match_accepted, EventType::match_declined};
  std::set<std::pair<StreamId, std::uint32_t>> seen;
  for (const Told& any : truth.all(types)) {
    const auto key = std::pair(any.stream(), number_of(any));
    if (!seen.insert(key).second) continue;
    const auto same = [&](const Told& told) { return told.stream() == key.first && number_of(told) == key.second; };
    std::vector<Told> all = truth.all(types, same);
    // A proposal comes before its answers on the same day.
    std::stable_sort(all.begin(), all.end(), [](const Told& a, const Told& b) {
      return std::pair(a.from(), a.type() != EventType::match_proposed) < std::pair(b.from(), b.type() != EventType::match_proposed);
    });
    const auto first = [&](EventType type) -> std::optional<Moment> {
      const auto found = truth.all({type}, same);
      return found.empty() ? std::nullopt : moment(found.front());
    };
    std::optional<Id> enterprise;
    for (const Told& told : all) {
      if (!enterprise) enterprise = told.enterprise();
    }
    out.push_back(match_line(all.front().slug(), key.second, first(EventType::match_proposed), first(EventType::match_accepted),
                             first(EventType::match_declined), enterprise));
  }
}

void tell_roles(const Truth& truth, std::vector<std::string>& out) {
  const auto tell = [&](const Told& start, const std::optional<Told>& end) {
    const auto said = start.body<wire::RoleAssigned>();
    const Thing thing{start.stream(), said.getAssignment(), start, end};
    std::optional<StreamId> holder;
    if (said.getRole() == wire::RoleKind::MENTOR) holder = start.reference(wire::Role::MENTOR);
    if (said.getRole() == wire::RoleKind::JOB_BROKER) holder = start.reference(wire::Role::JOB_BROKER);
    if (!holder) holder = start.reference(wire::Role::STAFF);
    if (!holder) holder = start.reference(wire::Role::ENTERPRISE);
    out.push_back(role_line(start.slug(), static_cast<int>(said.getRole()), said.getAssignment(), holder, start.from(), thing.ends(truth),
                            start.id(), thing.ended_by(truth)));
  };
  for (const Thing& thing : things(truth, EventType::role_assigned, EventType::role_ended)) {
    if (thing.number != 0 && thing.start) tell(*thing.start, thing.end);
  }
  // Without a number: day by day, ends first, each the end of whoever took up that role last.
  std::set<std::pair<StreamId, int>> kinds;
  for (const Told& told : truth.all({EventType::role_assigned})) {
    if (number_of(told) == 0) kinds.insert({told.stream(), static_cast<int>(told.body<wire::RoleAssigned>().getRole())});
  }
  for (const auto& [stream, kind] : kinds) {
    const auto starts = truth.all({EventType::role_assigned}, [&, own = stream, role = kind](const Told& told) {
      return told.stream() == own && number_of(told) == 0 && static_cast<int>(told.body<wire::RoleAssigned>().getRole()) == role;
    });
    const auto ends = truth.all({EventType::role_ended}, [&, own = stream, role = kind](const Told& told) {
      return told.stream() == own && number_of(told) == 0 && static_cast<int>(told.body<wire::RoleEnded>().getRole()) == role;
    });
    std::vector<std::optional<Told>> of(starts.size());
    for (const Told& end : ends) {
      for (std::size_t i = starts.size(); i-- > 0;) {
        if (starts[i].from() >= end.from() || of[i]) continue;
        of[i] = end;
        break;
      }
    }
    for (std::size_t i = 0; i < starts.size(); ++i) tell(starts[i], of[i]);
  }
}

void tell_searches(const Truth& truth, std::vector<std::string>& out) {
  std::set<StreamId> streams;
  const auto all = truth.all({EventType::job_search_started, EventType::job_search_ended});
  for (const Told& told : all) streams.insert(told.stream());
  const auto death = truth.death();
  for (const StreamId& stream : streams) {
    struct Search {
      Date from;
      std::optional<Date> to;
      EventId began, ended;
    };
    std::vector<Search> searches;
    std::set<Date> days;
    for (const Told& told : all) {
      if (told.stream() == stream) days.insert(told.from());
    }
    for (const Date day : days) {
      const auto on = [&](const Search& search) { return search.from <= day && (!search.to || day < *search.to); };
      const auto that_day = [&](const Told& told) { return told.stream() == stream && told.from() == day; };
      for (const Told& told : truth.all({EventType::job_search_ended}, that_day)) {
        if (searches.empty() || !on(searches.back())) continue;
        searches.back().to = day;
        searches.back().ended = told.id();
      }
      for (const Told& told : truth.all({EventType::job_search_started}, that_day)) {
        if (!searches.empty() && on(searches.back())) continue;
        searches.push_back({day, truth.until(told), told.id(), truth.until(told) ? told.id() : EventId{}});
      }
    }
    for (Search& search : searches) {
      if (!search.to && death) {
        search.to = std::max(search.from, death->from());
        search.ended = death->id();
      }
      out.push_back(search_line(search.from, search.to, search.began, search.ended));
    }
  }
}

void tell_observations(const Truth& truth, std::vector<std::string>& out) {
  for (const Told& told : truth.all({EventType::status_observed, EventType::followed_up})) {
    const auto raw = told.said->valid_to();
    std::optional<Date> to = raw ? raw : told.from().plus_days(1);
    const bool cut = truth.as_of().valid && *to > truth.as_of().valid->plus_days(1);
    if (cut) to = truth.as_of().valid->plus_days(1);
    if (told.type() == EventType::status_observed) {
      const auto said = told.body<wire::StatusObserved>();
      out.push_back(seen_line(told.from(), to, !raw, said.getStatus() == wire::LabourStatus::UNSPECIFIED ? "-" : code(said.getStatus()),
                              said.getBenefit() == wire::Benefit::UNSPECIFIED ? "-" : code(said.getBenefit()), "-",
                              cut ? "-" : number(less_one(said.getPaidMinutes())), "-", "-", false, told.slug(), told.source(), told.id()));
    } else {
      const auto said = told.body<wire::FollowedUp>();
      const auto education = said.getInEducation();
      out.push_back(seen_line(told.from(), to, !raw, said.getStatus() == wire::LabourStatus::UNSPECIFIED ? "-" : code(said.getStatus()),
                              "-", said.getKind() == wire::EmploymentKind::UNSPECIFIED ? "-" : code(said.getKind()), "-",
                              number(less_one(said.getWeeklyMinutes())),
                              education == wire::YesNo::YES  ? "1"
                              : education == wire::YesNo::NO ? "0"
                                                             : "-",
                              said.getResult() == wire::FollowedUp::Result::UNREACHABLE, told.slug(), told.source(), told.id()));
    }
  }
}

}  // namespace

std::vector<std::string> model_lines(const std::vector<Event>& events, const AsOf& as_of) {
  const Truth truth(events, as_of);
  std::vector<std::string> out;

  std::set<std::string> programmes;
  for (const Told& told : truth.all(taking_part)) programmes.insert(told.slug());
  for (const std::string& slug : programmes) tell_participation(truth, slug, out);
  tell_courses(truth, out);
  tell_matches(truth, out);
  tell_roles(truth, out);
  tell_searches(truth, out);
  tell_observations(truth, out);

  for (const Thing& thing : things(truth, EventType::education_started, EventType::education_ended)) {
    if (!thing.start) continue;
    const auto isced = thing.start->body<wire::EducationStarted>().getIsced();
    const int completed = thing.end ? static_cast<int>(thing.end->body<wire::EducationEnded>().getCompleted()) : 0;
    const int qualification = thing.end ? static_cast<int>(thing.end->body<wire::EducationEnded>().getQualification()) : 0;
    out.push_back(education_line(thing.number, thing.start->from(), thing.ends(truth), isced == 0 ? std::nullopt : std::optional(isced - 1),
                                 completed, qualification, thing.start->id(), thing.ended_by(truth)));
  }
  const auto all_reports = reports(truth);
  for (const Report& report : all_reports) {
    const auto said = report.told.body<wire::HoursReported>();
    out.push_back(hours_line(report.of_placement ? Work::From::placement : Work::From::employment, report.told.stream(), report.number,
                             report.from, report.to, counted(report, all_reports, true), counted(report, all_reports, false),
                             less_one(said.getUnpaidMinutes()), report.enterprise, report.told.source(), report.told.id()));
  }
  if (const auto death = truth.death()) out.push_back(moment_line("died", "", death->from(), death->id()));
  if (const auto gone = truth.all({EventType::emigrated}); !gone.empty()) {
    out.push_back(moment_line("emigrated", "", gone.front().from(), gone.front().id()));
  }
  for (const Told& told : truth.all({EventType::consent_withdrawn})) out.push_back(moment_line("withdrawn", "", told.from(), told.id()));
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> lines(const projections::Person& person) {
  std::vector<std::string> out;
  for (const auto& one : person.participations) {
    const std::string slug = one.programme.slug();
    out.push_back(participation_line(slug, one.compared, one.entry, one.last_entry, one.exit, static_cast<int>(one.exit_reason),
                                     one.completion, one.screened, one.recruited, one.last_contact, one.enrolments,
                                     static_cast<int>(one.at_entry.labour_status), static_cast<int>(one.at_entry.gender),
                                     one.at_entry.birth_year, one.at_entry.weight_millionths, one.at_entry.case_number));
    for (const auto& course : one.courses) {
      out.push_back(course_line(slug, course.number, static_cast<int>(course.kind), course.started, course.ended, course.completed,
                                course.qualification));
    }
    for (const auto& match : one.matches) {
      out.push_back(match_line(slug, match.number, match.proposed, match.accepted, match.declined, match.enterprise));
    }
    for (const auto& role : one.roles) {
      out.push_back(role_line(slug, static_cast<int>(role.role), role.assignment, role.holder, role.when.from, role.when.to,
                              role.began_because, role.ended_because));
    }
    for (const auto& moment : one.check_ins) out.push_back(moment_line("check_in", slug, moment.on, moment.because));
    for (const auto& moment : one.unreachable) out.push_back(moment_line("not_reached", slug, moment.on, moment.because));
  }
  for (const auto& spell : person.education) {
    out.push_back(education_line(spell.number, spell.when.from, spell.when.to, spell.isced, static_cast<int>(spell.completed),
                                 static_cast<int>(spell.qualification), spell.began_because, spell.ended_because));
  }
  for (const auto& spell : person.searches)
    out.push_back(search_line(spell.when.from, spell.when.to, spell.began_because, spell.ended_because));
  for (const auto& seen : person.observations) {
    out.push_back(seen_line(seen.when.from, seen.when.to, seen.point, code(seen.status), code(seen.benefit), code(seen.kind),
                            number(seen.paid_minutes), number(seen.weekly_minutes), number(seen.in_education), seen.unreachable,
                            seen.programme ? seen.programme.slug() : "", seen.source, seen.because));
  }
  for (const auto& report : person.hours) {
    out.push_back(hours_line(report.origin, report.stream, report.number, report.when.from, *report.when.to, report.ordinary,
                             report.subsidised, report.unpaid, report.enterprise, report.source, report.because));
  }
  if (person.died) out.push_back(moment_line("died", "", person.died->on, person.died->because));
  if (person.emigrated) out.push_back(moment_line("emigrated", "", person.emigrated->on, person.emigrated->because));
  for (const auto& moment : person.consents_withdrawn) out.push_back(moment_line("withdrawn", "", moment.on, moment.because));
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> model_work(const std::vector<Event>& events, const AsOf& as_of, Date day) {
  const Truth truth(events, as_of);
  std::vector<std::string> out;

  struct Running {
    std::optional<Id> enterprise;
    bool ordinary, subsidised;
  };
  std::vector<Running> jobs;
  for (const Thing& job : things(truth, EventType::employment_started, EventType::employment_ended)) {
    if (!job.start) continue;
    const auto terms = terms_on(truth, job, day);
    if (!terms) continue;
    const auto said = job_of(*terms);
    const auto enterprise = employer_on(truth, job, day);
    const bool subsidised = subsidised_kind(said.getKind());
    const auto weekly = less_one(said.getWeeklyMinutes());
    jobs.push_back({enterprise, weekly && !subsidised, weekly && subsidised});
    out.push_back(work_line(Work::From::employment, job.stream, job.number, said.getKind(), {}, said.getContract(),
                            subsidised ? std::nullopt : weekly, subsidised ? weekly : std::nullopt, std::nullopt,
                            less_one(said.getWantedMinutes()),
                            said.getSkillLevel() == 0 ? std::nullopt : std::optional(said.getSkillLevel() - 1), enterprise,
                            job.start->original->programme(), terms->source()));
  }
  for (const Thing& placement : things(truth, EventType::placement_started, EventType::placement_ended)) {
    if (!placement.start || day < placement.start->from()) continue;
    if (const auto ends = placement.ends(truth); ends && *ends <= day) continue;
    const auto said = placement.start->body<wire::PlacementStarted>();
    const auto enterprise = placement.start->enterprise();
    auto ordinary = less_one(said.getOrdinaryMinutes());
    auto subsidised = less_one(said.getSubsidisedMinutes());
    for (const Running& job : jobs) {
      if (!enterprise || job.enterprise != enterprise) continue;
      if (job.ordinary && ordinary) ordinary = 0;
      if (job.subsidised && subsidised) subsidised = 0;
    }
    out.push_back(work_line(Work::From::placement, placement.stream, placement.number, kind_of(said), said.getKind(), {}, ordinary,
                            subsidised, less_one(said.getUnpaidMinutes()), std::nullopt, std::nullopt, enterprise,
                            placement.start->original->programme(), placement.start->source()));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> work(const projections::Person& person, Date day) {
  std::vector<std::string> out;
  for (const Work& piece : person.work) {
    if (!piece.when.contains(day)) continue;
    out.push_back(work_line(piece.origin, piece.stream, piece.number, piece.kind, piece.placement_kind, piece.contract,
                            piece.ordinary_minutes, piece.subsidised_minutes, piece.unpaid_minutes, piece.wanted_minutes, piece.skill_level,
                            piece.enterprise, piece.programme, piece.source));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string difference(const std::vector<std::string>& folded, const std::vector<std::string>& told) {
  std::string out;
  std::vector<std::string> only;
  std::set_difference(folded.begin(), folded.end(), told.begin(), told.end(), std::back_inserter(only));
  for (const std::string& line : only) out += "\nfolded: " + line;
  only.clear();
  std::set_difference(told.begin(), told.end(), folded.begin(), folded.end(), std::back_inserter(only));
  for (const std::string& line : only) out += "\ntold:   " + line;
  return out;
}

}  // namespace fodspor::stories
