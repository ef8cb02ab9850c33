#include "replay/simulation/telling.h"

#include <array>
#include <string_view>

#include "events/control.capnp.h"

namespace fodspor::replay::simulation {
namespace {

// DB07 codes of the trades that the documents name: retail, cleaning, care, transport, logistics, industry, construction, tourism.
constexpr std::array<const char*, industries_count> industries{"471120", "812100", "873010", "494100",
                                                               "521000", "251100", "412000", "551010"};
constexpr std::array<const char*, 6> goals{"retail", "cleaning", "care", "warehouse", "production", "kitchen"};
constexpr std::uint32_t millionths = 1'000'000;

// The schema's way of storing a number whose 0 would be ambiguous.
template <class Number>
std::uint32_t shifted(Number value) {
  return value < 0 ? 0U : static_cast<std::uint32_t>(value) + 1U;
}
template <class Number>
std::uint8_t shifted_byte(Number value) {
  return static_cast<std::uint8_t>(shifted(value));
}

// Writes facts into the body of an event, or of the correction of one.
struct Writer {
  capnp::AnyPointer::Builder at;
  const World& world;
  const Happening& h;

  void operator()(const ProgrammeRegistered&) {
    const ProgrammeRates& rates = world.rates(h.subject.programme);
    auto frame = at.initAs<wire::ProgrammeRegistered>().initFrame();
    frame.initTitle().setEn(rates.id.slug());
    frame.setStarts(rates.starts.stored());
    frame.setEnds(rates.ends.stored());
    frame.setCheckInDays(42);
    frame.setZone("Europe/Copenhagen");
  }
  void operator()(const Covered& f) {
    auto body = at.initAs<wire::Covered>();
    body.setSource(f.source);
    body.setFrom(f.from);
    body.setTo(f.to);
    constexpr std::array facts{wire::Covered::Fact::EMPLOYMENT, wire::Covered::Fact::EDUCATION, wire::Covered::Fact::JOB_SEARCH,
                               wire::Covered::Fact::STATUS,     wire::Covered::Fact::HOURS,     wire::Covered::Fact::BENEFIT};
    auto list = body.initFacts(facts.size());
    for (unsigned i = 0; i < facts.size(); ++i) list.set(i, facts[i]);
  }
  void operator()(const Screened& f) {
    auto body = at.initAs<wire::Screened>();
    body.setResult(f.result);
    body.setBenefit(f.benefit);
    body.setReadiness(f.readiness);
    if (f.need != wire::Screened::Need::UNSPECIFIED) body.initNeeds(1).set(0, f.need);
  }
  void operator()(const Recruited&) { at.initAs<wire::Recruited>().setChannel("jobcentre"); }
  void operator()(const ConsentGiven&) {
    auto body = at.initAs<wire::ConsentGiven>();
    body.setPurpose("evaluation");
    body.setVersion("1");
  }
  void operator()(const ConsentWithdrawn&) {
    auto body = at.initAs<wire::ConsentWithdrawn>();
    body.setPurpose("evaluation");
    body.setVersion("1");
  }
  void operator()(const Enrolled& f) {
    auto body = at.initAs<wire::Enrolled>();
    body.setLabourStatus(f.labour_status);
    body.setUnemployedSince(f.unemployed_since);
    body.setInEducation(f.in_education);
    body.setIsced(shifted_byte(f.isced));
    body.setGender(f.gender);
    body.setBirthYear(f.birth_year);
    body.setMigrantOrMinority(f.migrant);
    body.setDisability(f.disability);
    body.setOtherDisadvantage(f.disadvantage);
    body.setHomeless(f.homeless);
    body.setRural(f.rural);
    body.setMunicipality(f.municipality);
    body.setBenefit(f.benefit);
    body.setReadiness(f.readiness);
    body.setCaseNumber(world.rates(h.subject.programme).id.slug().substr(0, 1) + std::to_string(f.case_number));
    body.setContract(f.contract);
    body.setWeeklyMinutes(shifted(f.weekly_minutes));
    body.setWantedMinutes(shifted(f.wanted_minutes));
    body.setSkillLevel(shifted_byte(f.skill_level));
  }
  void operator()(const StatusObserved& f) {
    auto body = at.initAs<wire::StatusObserved>();
    body.setStatus(f.status);
    body.setBenefit(f.benefit);
    body.setPaidMinutes(shifted(f.paid_minutes));
  }
  void operator()(const Died&) { at.initAs<wire::Died>(); }
  void operator()(const Emigrated&) { at.initAs<wire::Emigrated>(); }
  void operator()(const PlanMade& f) { at.initAs<wire::PlanMade>().setGoal(goals[f.goal % goals.size()]); }
  void operator()(const PlanRevised& f) { at.initAs<wire::PlanRevised>().setGoal(goals[f.goal % goals.size()]); }
  void operator()(const ProgressMeasured& f) {
    auto body = at.initAs<wire::ProgressMeasured>();
    body.setInstrument("progression");
    body.setItem("own-belief");
    body.setScore(f.score * millionths);
    body.setRespondent(f.respondent);
  }
  void operator()(const SupportGiven& f) { at.initAs<wire::SupportGiven>().setKind(f.kind); }
  void operator()(const CourseStarted& f) {
    auto body = at.initAs<wire::CourseStarted>();
    body.setCourse(f.course);
    body.setKind(f.kind);
  }
  void operator()(const CourseAttended& f) {
    auto body = at.initAs<wire::CourseAttended>();
    body.setCourse(f.course);
    body.setMinutes(shifted(f.minutes));
    body.setPresent(f.present);
  }
  void operator()(const CourseEnded& f) {
    auto body = at.initAs<wire::CourseEnded>();
    body.setCourse(f.course);
    body.setKind(f.kind);
    body.setCompleted(f.completed);
    body.setQualification(f.qualification);
  }
  void operator()(const EnterpriseRecruited& f) {
    auto body = at.initAs<wire::EnterpriseRecruited>();
    body.setCvr(f.cvr);
    body.setKind(f.kind);
    body.setIndustry(industries[f.industry % industries.size()]);
  }
  void operator()(const CommitmentGiven& f) { at.initAs<wire::CommitmentGiven>().setPlaces(f.places); }
  void operator()(const EnterpriseWithdrew&) { at.initAs<wire::EnterpriseWithdrew>().setReason("no-capacity"); }
  void operator()(const OpeningOffered& f) {
    auto body = at.initAs<wire::OpeningOffered>();
    body.setKind(f.kind);
    body.setPlaces(f.places);
    body.setWeeklyMinutes(shifted(f.weekly_minutes));
  }
  void operator()(const RoleTrained& f) { at.initAs<wire::RoleTrained>().setRole(f.role); }
  void operator()(const RoleAssigned& f) {
    auto body = at.initAs<wire::RoleAssigned>();
    body.setRole(f.role);
    body.setEmployer(f.employer);
    body.setChosenByCitizen(f.chosen);
    body.setAssignment(f.assignment);
  }
  void operator()(const RoleEnded& f) {
    auto body = at.initAs<wire::RoleEnded>();
    body.setRole(f.role);
    body.setAssignment(f.assignment);
  }
  void operator()(const MentorCheckedIn& f) {
    auto body = at.initAs<wire::MentorCheckedIn>();
    body.setChannel(f.channel);
    body.setWellbeing(shifted_byte(f.wellbeing));
  }
  void operator()(const MatchProposed& f) {
    auto body = at.initAs<wire::MatchProposed>();
    body.setMatch(f.match);
    body.setKind(f.kind);
  }
  void operator()(const MatchAccepted& f) { at.initAs<wire::MatchAccepted>().setMatch(f.match); }
  void operator()(const MatchDeclined& f) {
    auto body = at.initAs<wire::MatchDeclined>();
    body.setMatch(f.match);
    body.setBy(f.by);
  }
  void operator()(const PlacementStarted& f) {
    auto body = at.initAs<wire::PlacementStarted>();
    body.setPlacement(f.placement);
    body.setKind(f.kind);
    body.setOrdinaryMinutes(shifted(f.ordinary));
    body.setSubsidisedMinutes(shifted(f.subsidised));
    body.setUnpaidMinutes(shifted(f.unpaid));
  }
  void operator()(const HoursReported& f) {
    auto body = at.initAs<wire::HoursReported>();
    body.setPlacement(f.placement);
    body.setEmployment(f.employment);
    body.setOrdinaryMinutes(shifted(f.ordinary));
    body.setSubsidisedMinutes(shifted(f.subsidised));
    body.setUnpaidMinutes(shifted(f.unpaid));
  }
  void operator()(const PlacementEnded& f) {
    auto body = at.initAs<wire::PlacementEnded>();
    body.setPlacement(f.placement);
    body.setReason(f.reason);
    body.setCompleted(f.completed);
  }
  void operator()(const NetworkFormed& f) {
    auto body = at.initAs<wire::NetworkFormed>();
    body.setTitle(world.rates(h.subject.programme).id.slug() + " " + std::to_string(f.number));
    body.setKind(f.kind);
  }
  void operator()(const NetworkJoined&) { at.initAs<wire::NetworkJoined>(); }
  void operator()(const NetworkEventHeld& f) { at.initAs<wire::NetworkEventHeld>().setGathering(f.gathering); }
  void operator()(const NetworkEventAttended& f) { at.initAs<wire::NetworkEventAttended>().setGathering(f.gathering); }
  static void job(wire::Job::Builder body, const Job& f) {
    body.setEmployment(f.employment);
    body.setKind(f.kind);
    body.setContract(f.contract);
    body.setWeeklyMinutes(shifted(f.weekly_minutes));
    body.setWantedMinutes(shifted(f.wanted_minutes));
    body.setSkillLevel(shifted_byte(f.skill_level));
  }
  void operator()(const EmploymentStarted& f) { job(at.initAs<wire::EmploymentStarted>().initJob(), f.job); }
  void operator()(const EmploymentChanged& f) { job(at.initAs<wire::EmploymentChanged>().initJob(), f.job); }
  void operator()(const EmploymentEnded& f) { at.initAs<wire::EmploymentEnded>().setEmployment(f.employment); }
  void operator()(const EducationStarted& f) {
    auto body = at.initAs<wire::EducationStarted>();
    body.setEducation(f.education);
    body.setIsced(shifted_byte(f.isced));
  }
  void operator()(const EducationEnded& f) {
    auto body = at.initAs<wire::EducationEnded>();
    body.setEducation(f.education);
    body.setCompleted(f.completed);
  }
  void operator()(const JobSearchStarted&) { at.initAs<wire::JobSearchStarted>(); }
  void operator()(const JobSearchEnded&) { at.initAs<wire::JobSearchEnded>(); }
  void operator()(const Completed&) { at.initAs<wire::Completed>(); }
  void operator()(const Left& f) { at.initAs<wire::Left>().setReason(f.reason); }
  void operator()(const AftercareGiven& f) { at.initAs<wire::AftercareGiven>().setKind(f.kind); }
  void operator()(const FollowedUp& f) {
    auto body = at.initAs<wire::FollowedUp>();
    body.setResult(f.result);
    body.setStatus(f.status);
    body.setKind(f.kind);
    body.setWeeklyMinutes(shifted(f.weekly_minutes));
    body.setInEducation(f.in_education);
  }
  void operator()(const Referred&) { at.initAs<wire::Referred>().setTo("another-course"); }
  void operator()(const IdentityMerged&) { at.initAs<wire::IdentityMerged>().setReason("same-person"); }
};

void refer_to(wire::Proposal::Builder proposal, const Happening& h) {
  if (h.references == 0) return;
  auto list = proposal.initReferences(h.references);
  for (unsigned i = 0; i < h.references; ++i) {
    list[i].setRole(h.named[i].role);
    list[i].setKind(static_cast<std::uint8_t>(h.named[i].stream.kind));
    list[i].setSuperseded(h.named[i].superseded);
    list[i].setHi(h.named[i].stream.id.hi);
    list[i].setLo(h.named[i].stream.id.lo);
  }
}

void point_to(wire::EventRef::Builder ref, const EventId& about) {
  ref.setHi(about.request.id.hi);
  ref.setLo(about.request.id.lo);
  ref.setIndex(about.index);
}

}  // namespace

Draft tell(const World& world, const Happening& h, const EventId& about) {
  const EventType own = type_of(h.facts);
  const EventType type = h.act == Happening::Act::tell      ? own
                         : h.act == Happening::Act::correct ? EventType::corrected
                                                            : EventType::retracted;
  Draft draft(type, h.stream);
  draft.in(world.rates(h.subject.programme).id).by(h.source);
  auto proposal = draft.proposal();
  proposal.setValidFrom(h.from);
  proposal.setValidTo(h.to);
  if (h.registered != 0) proposal.setRegisteredAt(moment_of(static_cast<std::int32_t>(h.registered)) + day_us / 2);
  refer_to(proposal, h);
  switch (h.act) {
    case Happening::Act::tell:
      std::visit(Writer{proposal.getFacts(), world, h}, h.facts);
      break;
    case Happening::Act::correct: {
      auto body = draft.facts<wire::Corrected>();
      point_to(body.initEvent(), about);
      body.setType(static_cast<std::uint16_t>(own));
      body.setReason("mistyped");
      std::visit(Writer{body.getBody(), world, h}, h.facts);
      break;
    }
    case Happening::Act::retract: {
      auto body = draft.facts<wire::Retracted>();
      point_to(body.initEvent(), about);
      body.setReason("never-happened");
      break;
    }
  }
  return draft;
}

}  // namespace fodspor::replay::simulation
