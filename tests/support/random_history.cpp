#include "tests/support/random_history.h"

#include <algorithm>
#include <map>
#include <optional>

#include "events/course.capnp.h"
#include "events/enterprise.capnp.h"
#include "events/intake.capnp.h"
#include "events/leaving.capnp.h"
#include "events/match.capnp.h"
#include "events/outcome.capnp.h"
#include "events/people.capnp.h"
#include "events/placement.capnp.h"
#include "events/plan.capnp.h"
#include "events/programme.capnp.h"
#include "events/rules.h"

namespace fodspor::stories {

namespace {

constexpr int enterprises = 3;
const char* const programmes[] = {"roskilde", "kalundborg"};

class Teller {
 public:
  Teller(std::uint64_t seed, const Chances& chances) : random_(seed), chances_(chances), history_{Story("random"), {}, {}} {
    for (std::size_t i = 0; i < chances.people; ++i) history_.people.push_back(participant(i + 1));
  }

  RandomHistory tell() && {
    set_the_scene();
    for (std::size_t i = 0; i < chances_.events; ++i) {
      if (history_.people.size() > 1 && percent(chances_.merge_percent)) {
        merge();
      } else if (!facts_.empty() && percent(chances_.control_percent)) {
        speak_of_what_was_said();
      } else {
        const EventType type = any_type();
        const StreamId who = history_.people[below(history_.people.size())];
        const ProgrammeId programme = stories::programme(programmes[below(2)]);
        Draft draft(type, who);
        facts_.push_back({next(), type, who, programme, next()});
        fill(draft, facts_.back());
        tell_checked(std::move(draft), {});
      }
    }
    return std::move(history_);
  }

 private:
  // One fact that can be spoken of: where it stands, and what was last said about it.
  struct Spoken {
    std::size_t index;
    EventType type;
    StreamId who;
    ProgrammeId programme;
    std::size_t last;  // of the events about it, itself first
    std::vector<std::size_t> corrections{};
    std::vector<std::size_t> retractions{};
  };

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool percent(unsigned chance) { return below(100) < chance; }
  std::size_t next() const { return history_.story.size(); }
  // Few days, so that many things fall on one.
  Date any_day() { return day("2020-01-01").plus_days(static_cast<std::int64_t>(below(220))); }
  std::uint32_t number() { return static_cast<std::uint32_t>(1 + below(3)); }
  std::uint32_t minutes(std::uint64_t most) { return percent(25) ? 0 : static_cast<std::uint32_t>(1 + (percent(20) ? 0 : below(most))); }
  template <class Enum>
  Enum any(int last) {
    return static_cast<Enum>(below(static_cast<std::uint64_t>(last) + 1));
  }
  template <class Enum>
  Enum some(int last) {  // not unspecified
    return static_cast<Enum>(1 + below(static_cast<std::uint64_t>(last)));
  }

  // What the rules ask about the ledger, answered by the story.
  class Told : public Known {
   public:
    explicit Told(const Story& story) : story_(story) {}
    Result<bool> stream_exists(const StreamId& stream) override {
      return std::any_of(story_.proposals().begin(), story_.proposals().end(),
                         [&](const Proposal& proposal) { return proposal.header.stream == stream; });
    }
    Result<std::optional<Found>> find_event(const EventId& id) override {
      for (const Proposal& proposal : story_.proposals()) {
        if (proposal.header.id == id) return Found{proposal.header.type, proposal.header.stream, proposal.header.programme};
      }
      return std::nullopt;
    }

   private:
    const Story& story_;
  };

  void tell_checked(Draft draft, std::vector<std::size_t> after) {
    std::vector<Draft> drafts;
    drafts.push_back(std::move(draft));
    Told told(history_.story);
    const Status checked = check_batch(drafts, told);
    if (!checked) {
      std::fprintf(stderr, "a random %s is refused: %s\n", std::string(name(drafts[0].type())).c_str(), checked.error().message.c_str());
      FODSPOR_CHECK(checked.has_value());
    }
    history_.story.tell(std::move(drafts.front()));
    history_.after.push_back(std::move(after));
  }

  void set_the_scene() {
    for (const char* slug : programmes) {
      Draft draft(EventType::programme_registered, stories::programme(slug).stream());
      draft.in(stories::programme(slug)).on(day("2019-06-01"));
      auto frame = draft.facts<wire::ProgrammeRegistered>().initFrame();
      frame.setStarts(day("2020-01-01").stored());
      frame.setEnds(day("2020-12-31").stored());
      tell_checked(std::move(draft), {});
    }
    for (std::uint64_t i = 1; i <= enterprises; ++i) {
      Draft draft(EventType::enterprise_recruited, enterprise(i));
      draft.in(stories::programme("roskilde")).on(day("2019-12-01"));
      draft.facts<wire::EnterpriseRecruited>().setKind(wire::EnterpriseKind::COMMERCIAL);
      tell_checked(std::move(draft), {0});
    }
    scene_ = next();
  }

  EventType any_type() {
    static const std::vector<std::pair<unsigned, EventType>> weights{
        {2, EventType::screened},           {2, EventType::recruited},
        {5, EventType::enrolled},           {1, EventType::compared},
        {4, EventType::completed},          {5, EventType::left},
        {3, EventType::mentor_checked_in},  {3, EventType::followed_up},
        {2, EventType::plan_made},          {1, EventType::plan_revised},
        {1, EventType::aftercare_given},    {1, EventType::support_given},
        {4, EventType::course_started},     {2, EventType::course_attended},
        {4, EventType::course_ended},       {2, EventType::match_proposed},
        {2, EventType::match_accepted},     {2, EventType::match_declined},
        {8, EventType::placement_started},  {6, EventType::placement_ended},
        {10, EventType::hours_reported},    {10, EventType::employment_started},
        {8, EventType::employment_changed}, {6, EventType::employment_ended},
        {3, EventType::education_started},  {3, EventType::education_ended},
        {4, EventType::job_search_started}, {4, EventType::job_search_ended},
        {5, EventType::status_observed},    {3, EventType::role_assigned},
        {3, EventType::role_ended},         {1, EventType::died},
        {1, EventType::emigrated},          {1, EventType::consent_withdrawn},
        {1, EventType::referred},
    };
    std::uint64_t sum = 0;
    for (const auto& entry : weights) sum += entry.first;
    std::uint64_t at = below(sum);
    for (const auto& [weight, type] : weights) {
      if (at < weight) return type;
      at -= weight;
    }
    return EventType::enrolled;
  }

  // Envelope and body of a fact; called again for what a correction says instead.
  void fill(Draft& draft, const Spoken& spoken) {
    const Date from = any_day();
    const bool spell = spoken.type == EventType::hours_reported ||
                       ((spoken.type == EventType::employment_started || spoken.type == EventType::employment_changed ||
                         spoken.type == EventType::placement_started || spoken.type == EventType::education_started ||
                         spoken.type == EventType::job_search_started || spoken.type == EventType::status_observed ||
                         spoken.type == EventType::role_assigned) &&
                        percent(25));
    draft.in(spoken.programme).by(some<wire::Source>(4));
    draft.on(from, spell ? std::optional(from.plus_days(static_cast<std::int64_t>(1 + below(60)))) : std::nullopt);
    const bool at_work = spoken.type == EventType::placement_started || spoken.type == EventType::employment_started ||
                         spoken.type == EventType::employment_changed || spoken.type == EventType::hours_reported ||
                         spoken.type == EventType::match_proposed || spoken.type == EventType::match_accepted ||
                         spoken.type == EventType::role_assigned;
    if (at_work && percent(60)) {
      const std::vector<std::pair<wire::Role, StreamId>> there{
          {percent(20) && spoken.type == EventType::role_assigned ? wire::Role::MENTOR : wire::Role::ENTERPRISE, enterprise(1 + below(2))}};
      draft.refer(there);
    }
    auto any_facts = draft.type() == EventType::corrected ? draft.facts<wire::Corrected>().getBody() : draft.proposal().getFacts();
    say(spoken.type, any_facts);
  }

  void job(wire::Job::Builder job) {
    job.setEmployment(number());
    job.setKind(any<wire::EmploymentKind>(7));
    job.setContract(any<wire::Job::Contract>(2));
    job.setWeeklyMinutes(minutes(2220));
    job.setWantedMinutes(minutes(2220));
    if (percent(50)) job.setSkillLevel(static_cast<std::uint8_t>(2 + below(4)));
  }

  void say(EventType type, capnp::AnyPointer::Builder facts) {
    switch (type) {
      case EventType::screened:
        return facts.initAs<wire::Screened>().setResult(some<wire::Screened::Result>(3));
      case EventType::recruited:
        facts.initAs<wire::Recruited>();
        return;
      case EventType::enrolled: {
        auto said = facts.initAs<wire::Enrolled>();
        said.setLabourStatus(any<wire::LabourStatus>(6));
        said.setGender(any<wire::Gender>(3));
        said.setBirthYear(percent(80) ? static_cast<std::uint16_t>(1955 + below(50)) : 0);
        said.setWeight(percent(30) ? static_cast<std::uint32_t>(1 + below(3'000'000)) : 0);
        if (percent(50)) said.setCaseNumber("sag-" + std::to_string(below(90)));
        return;
      }
      case EventType::compared:
        return facts.initAs<wire::Compared>().setGender(any<wire::Gender>(3));
      case EventType::completed:
        facts.initAs<wire::Completed>();
        return;
      case EventType::left:
        return facts.initAs<wire::Left>().setReason(any<wire::Left::Reason>(8));
      case EventType::mentor_checked_in:
        facts.initAs<wire::MentorCheckedIn>();
        return;
      case EventType::followed_up: {
        auto said = facts.initAs<wire::FollowedUp>();
        said.setResult(some<wire::FollowedUp::Result>(3));
        said.setInEducation(any<wire::YesNo>(3));
        if (said.getResult() != wire::FollowedUp::Result::REACHED) return;
        said.setStatus(any<wire::LabourStatus>(6));
        said.setKind(any<wire::EmploymentKind>(7));
        said.setWeeklyMinutes(minutes(2220));
        return;
      }
      case EventType::plan_made:
        facts.initAs<wire::PlanMade>();
        return;
      case EventType::plan_revised:
        facts.initAs<wire::PlanRevised>();
        return;
      case EventType::aftercare_given:
        facts.initAs<wire::AftercareGiven>();
        return;
      case EventType::support_given:
        return facts.initAs<wire::SupportGiven>().setKind(some<wire::SupportGiven::Kind>(6));
      case EventType::course_started: {
        auto said = facts.initAs<wire::CourseStarted>();
        said.setCourse(number());
        said.setKind(some<wire::CourseKind>(5));
        return;
      }
      case EventType::course_attended: {
        auto said = facts.initAs<wire::CourseAttended>();
        said.setCourse(number());
        said.setPresent(any<wire::YesNo>(2));
        return;
      }
      case EventType::course_ended: {
        auto said = facts.initAs<wire::CourseEnded>();
        said.setCourse(number());
        said.setKind(some<wire::CourseKind>(5));
        said.setCompleted(some<wire::YesNo>(2));
        said.setQualification(any<wire::YesNo>(2));
        return;
      }
      case EventType::match_proposed:
        return facts.initAs<wire::MatchProposed>().setMatch(number());
      case EventType::match_accepted:
        return facts.initAs<wire::MatchAccepted>().setMatch(number());
      case EventType::match_declined:
        return facts.initAs<wire::MatchDeclined>().setMatch(number());
      case EventType::placement_started: {
        auto said = facts.initAs<wire::PlacementStarted>();
        said.setPlacement(number());
        said.setKind(some<wire::PlacementKind>(7));
        said.setOrdinaryMinutes(minutes(1200));
        said.setSubsidisedMinutes(minutes(1200));
        said.setUnpaidMinutes(minutes(1200));
        return;
      }
      case EventType::placement_ended: {
        auto said = facts.initAs<wire::PlacementEnded>();
        said.setPlacement(number());
        said.setReason(any<wire::PlacementEnded::Reason>(7));
        return;
      }
      case EventType::hours_reported: {
        auto said = facts.initAs<wire::HoursReported>();
        percent(50) ? said.setPlacement(number()) : said.setEmployment(number());
        said.setOrdinaryMinutes(minutes(400));
        said.setSubsidisedMinutes(minutes(400));
        said.setUnpaidMinutes(static_cast<std::uint32_t>(1 + below(400)));
        return;
      }
      case EventType::employment_started:
        return job(facts.initAs<wire::EmploymentStarted>().initJob());
      case EventType::employment_changed:
        return job(facts.initAs<wire::EmploymentChanged>().initJob());
      case EventType::employment_ended:
        return facts.initAs<wire::EmploymentEnded>().setEmployment(number());
      case EventType::education_started: {
        auto said = facts.initAs<wire::EducationStarted>();
        said.setEducation(number());
        if (percent(50)) said.setIsced(static_cast<std::uint8_t>(1 + below(9)));
        return;
      }
      case EventType::education_ended: {
        auto said = facts.initAs<wire::EducationEnded>();
        said.setEducation(number());
        said.setCompleted(any<wire::YesNo>(2));
        said.setQualification(any<wire::YesNo>(2));
        return;
      }
      case EventType::job_search_started:
        facts.initAs<wire::JobSearchStarted>();
        return;
      case EventType::job_search_ended:
        facts.initAs<wire::JobSearchEnded>();
        return;
      case EventType::status_observed: {
        auto said = facts.initAs<wire::StatusObserved>();
        said.setStatus(some<wire::LabourStatus>(6));
        said.setBenefit(any<wire::Benefit>(14));
        return;
      }
      case EventType::role_assigned: {
        auto said = facts.initAs<wire::RoleAssigned>();
        said.setRole(percent(50) ? wire::RoleKind::MENTOR : wire::RoleKind::JOB_BROKER);
        said.setAssignment(percent(50) ? 0 : number());
        return;
      }
      case EventType::role_ended: {
        auto said = facts.initAs<wire::RoleEnded>();
        said.setRole(percent(50) ? wire::RoleKind::MENTOR : wire::RoleKind::JOB_BROKER);
        said.setAssignment(percent(50) ? 0 : number());
        return;
      }
      case EventType::died:
        facts.initAs<wire::Died>();
        return;
      case EventType::emigrated:
        facts.initAs<wire::Emigrated>();
        return;
      case EventType::consent_withdrawn:
        return facts.initAs<wire::ConsentWithdrawn>().setPurpose("research");
      case EventType::referred:
        facts.initAs<wire::Referred>();
        return;
      default:
        FODSPOR_CHECK(!"a type that random histories do not tell");
    }
  }

  void speak_of_what_was_said() {
    Spoken& spoken = facts_[below(facts_.size())];
    const std::size_t about = spoken.index;
    const std::vector<std::size_t> after{spoken.last};
    const auto id = [&](std::size_t index) { return history_.story.proposals()[index].header.id; };
    spoken.last = next();
    const std::uint64_t what = below(10);
    if (what < 5) {
      Draft draft(EventType::corrected, spoken.who);
      Story::point(draft.facts<wire::Corrected>().initEvent(), id(about));
      draft.facts<wire::Corrected>().setType(static_cast<std::uint16_t>(spoken.type));
      fill(draft, spoken);
      spoken.corrections.push_back(next());
      return tell_checked(std::move(draft), after);
    }
    std::size_t target = about;
    if (what < 7 && !spoken.corrections.empty()) target = spoken.corrections[below(spoken.corrections.size())];
    if (what >= 7 && !spoken.retractions.empty()) target = spoken.retractions[below(spoken.retractions.size())];
    Draft draft(EventType::retracted, spoken.who);
    Story::point(draft.facts<wire::Retracted>().initEvent(), id(target));
    spoken.retractions.push_back(next());
    tell_checked(std::move(draft), after);
  }

  void merge() {
    const std::size_t one = below(history_.people.size());
    const std::size_t other = (one + 1 + below(history_.people.size() - 1)) % history_.people.size();
    const auto told = [&](const StreamId& who) {
      return std::any_of(facts_.begin(), facts_.end(), [&](const Spoken& spoken) { return spoken.who == who; });
    };
    if (!told(history_.people[one]) || !told(history_.people[other])) return;
    Draft draft(EventType::identity_merged, history_.people[one]);
    const std::vector<std::pair<wire::Role, StreamId>> merged{{wire::Role::MERGED, history_.people[other]}};
    draft.refer(merged);
    draft.facts<wire::IdentityMerged>();
    const std::size_t index = next();
    std::size_t first_of_other = 0;
    while (history_.story.proposals()[first_of_other].header.stream != history_.people[other]) ++first_of_other;
    tell_checked(std::move(draft), {first_of_other});
    if (!percent(40)) return;
    Draft back(EventType::retracted, history_.people[one]);
    Story::point(back.facts<wire::Retracted>().initEvent(), history_.story.proposals()[index].header.id);
    tell_checked(std::move(back), {index});
  }

  std::mt19937_64 random_;
  Chances chances_;
  RandomHistory history_;
  std::vector<Spoken> facts_;
  std::size_t scene_ = 0;
};

}  // namespace

RandomHistory random_history(std::uint64_t seed, const Chances& chances) {
  RandomHistory history = Teller(seed, chances).tell();
  // What belongs to the scene is told before everything else, in any order of telling.
  const std::size_t scene = 2 + enterprises;
  for (std::size_t i = scene; i < history.after.size(); ++i) {
    for (std::size_t j = 0; j < scene; ++j) history.after[i].push_back(j);
  }
  return history;
}

Story told_otherwise(const RandomHistory& history, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Story story(history.story.client());
  const std::size_t count = history.story.size();
  std::vector<bool> told(count, false);
  for (std::size_t done = 0; done < count; ++done) {
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < count; ++i) {
      const bool free = std::all_of(history.after[i].begin(), history.after[i].end(), [&](std::size_t before) { return told[before]; });
      if (!told[i] && free) ready.push_back(i);
    }
    const std::size_t chosen = ready[random() % ready.size()];
    told[chosen] = true;
    story.tell(history.story.proposals()[chosen], history.story.names()[chosen]);
  }
  return story;
}

}  // namespace fodspor::stories
