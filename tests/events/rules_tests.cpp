#include "events/rules.h"

#include <catch2/catch.hpp>
#include <functional>
#include <vector>

#include "events/control.capnp.h"
#include "events/course.capnp.h"
#include "events/intake.capnp.h"
#include "events/json.h"
#include "events/limits.h"
#include "events/people.capnp.h"
#include "events/programme.capnp.h"
#include "tests/events/said.h"
#include "tests/events/samples.h"

namespace fodspor::events::tests {

namespace {

const std::string hash64 = std::string(64, 'a');

struct Refused {
  Said said;
  std::vector<std::string> parts;
  Fault fault = Fault::invalid;
};

void check_refused(const std::vector<Refused>& table) {
  for (const Refused& row : table) {
    CAPTURE(row.said.type, row.said.facts, row.said.envelope, row.said.stream);
    const auto checked = check_draft(draft_of(row.said));
    REQUIRE_FALSE(checked);
    CHECK(checked.error().fault == row.fault);
    for (const std::string& part : row.parts) CHECK_THAT(checked.error().message, Catch::Contains(part));
  }
}

void check_accepted(const std::vector<Said>& table) {
  for (const Said& said : table) {
    CAPTURE(said.type, said.facts, said.envelope);
    const auto checked = check_draft(draft_of(said));
    if (!checked) FAIL(checked.error().message);
  }
}

}  // namespace

SCENARIO("samples of every type are acceptable") {
  const unsigned seed = Catch::rngSeed();
  Random random(seed);
  CAPTURE(seed);
  for (const TypeInfo& type : all_types()) {
    for (int round = 0; round < 20; ++round) {
      CAPTURE(type.name, round);
      const auto checked = check_draft(sample(type, random, round == 0 ? Fill::all : Fill::some));
      if (!checked) FAIL(checked.error().message);
    }
  }
}

SCENARIO("what an event says beside its body is checked, field by field") {
  const std::string dated = R"("programme":"roskilde","valid_from":"2021-03-01")";
  check_refused({
      {{.type = "CourseEnded", .facts = R"({"course":1,"kind":"jobklub","completed":"yes"})", .stream = firm},
       {"stream: a CourseEnded stands in a participant's stream, not in an enterprise's stream"}},
      {{.type = "EnterpriseRecruited", .facts = R"({"kind":"social"})"}, {"stands in an enterprise's stream"}},
      {{.type = "Died", .stream = "participant/00000000000000000000000000000000"}, {"stream: the id is all zeros"}},
      {{.type = "Recruited", .envelope = R"("valid_from":"2021-03-01")"}, {"programme: it is missing", "Recruited"}},
      {{.type = "PortfolioLeft", .stream = "programme/kalundborg", .envelope = dated},
       {"programme: roskilde is another", "programme/kalundborg"}},
      {{.type = "Recruited", .envelope = R"("programme":"roskilde")"}, {"valid_from: it is missing", "Recruited"}},
      {{.type = "CitizenIdentified", .envelope = R"("valid_to":"2021-03-01")"}, {"valid_from: it is missing, and valid_to"}},
      {{.type = "Died", .envelope = R"("valid_from":"2021-03-01","valid_to":"2021-03-01")"},
       {"valid_to: 2021-03-01 is not after valid_from"}},
      {{.type = "Died", .envelope = R"("valid_from":"2021-03-02","valid_to":"2021-03-01")"},
       {"valid_to: 2021-03-01 is not after valid_from, 2021-03-02"}},
      {{.type = "Died", .envelope = dated + R"(,"actor":"a b")"}, {"actor: character 2 may not stand in a code"}},
      {{.type = "Died", .envelope = dated + R"(,"organisation":"x\ny")"}, {"organisation: character 2"}},
      {{.type = "Died", .envelope = dated + R"(,"actor":"010190-1234")"}, {"actor: this looks like a CPR number"}, Fault::unsupported},
      {{.type = "Died", .envelope = dated + R"(,"evidence":{"place":"a b"})"}, {"evidence: place: character 2"}},
      {{.type = "Died", .envelope = dated + R"(,"causation":"00000000000000000000000000000000/0")"}, {"causation: the id is all zeros"}},
      {{.type = "Died", .envelope = dated + R"(,"references":[{"role":"staff","stream":")" + firm + "\"}]"},
       {"references[0]: a reference with role staff does not lead to an enterprise's stream"}},
      {{.type = "Died",
        .envelope =
            dated + R"(,"references":[{"role":"enterprise","stream":")" + firm + R"("},{"role":"enterprise","stream":")" + firm + "\"}]"},
       {"references[1]: it stands twice"}},
      {{.type = "Died", .envelope = dated + R"(,"references":[{"role":"enterprise","superseded":true,"stream":")" + firm + "\"}]"},
       {"references[0]: only a Corrected"}},
      {{.type = "Died", .envelope = dated + R"(,"references":[{"role":"merged","stream":"participant/00000000000000000000000000000008"}])"},
       {"references[0]: only an IdentityMerged"}},
      {{.type = "IdentityMerged"}, {"references: an IdentityMerged needs one with role merged"}},
      {{.type = "IdentityMerged", .envelope = R"("references":[{"role":"merged","stream":")" + someone + "\"}]"},
       {"cannot be merged with itself"}},
      {{.type = "IdentityMerged", .envelope = R"("references":[{"role":"merged","stream":")" + firm + "\"}]"},
       {"only streams of one kind"}},
      {{.type = "IdentityMerged",
        .stream = firm,
        .envelope = R"("references":[{"role":"merged","stream":"enterprise/0000000000000000000000000000000f"}])"},
       {"stream: only participants can be merged. If an enterprise came in twice", "correct the events that refer to the other",
        "retract"}},
      {{.type = "IdentityMerged",
        .stream = "staff/0000000000000000000000000000000a",
        .envelope = R"("references":[{"role":"merged","stream":"staff/0000000000000000000000000000000b"}])"},
       {"stream: only participants can be merged"}},
      {{.type = "PortfolioJoined", .stream = "programme/roskilde"}, {"references: a PortfolioJoined needs one with role portfolio"}},
      {{.type = "NetworkJoined", .stream = "network/0000000000000000000000000000000c"}, {"references: who it was is missing"}},
  });
}

SCENARIO("each body is checked, and the refusal names field and reason") {
  check_refused({
      {{.type = "Enrolled", .facts = R"({"isced":9})"}, {"facts.isced: 9 is not an ISCED level (0 to 8)"}},
      {{.type = "Enrolled", .facts = R"({"birth_year":1899})"}, {"facts.birth_year: 1899", "1900 to 2100"}},
      {{.type = "Enrolled", .facts = R"({"municipality":100})"}, {"facts.municipality: 100", "101 to 860"}},
      {{.type = "Enrolled", .facts = R"({"municipality":861})"}, {"facts.municipality: 861"}},
      {{.type = "Enrolled", .facts = R"({"skill_level":5})"}, {"facts.skill_level: 5"}},
      {{.type = "Enrolled", .facts = R"({"skill_level":0})"}, {"facts.skill_level: 0"}},
      {{.type = "Enrolled", .facts = R"({"weekly_minutes":10081})"}, {"facts.weekly_minutes: 10081", "0 to 10080"}},
      {{.type = "Enrolled", .facts = R"({"unemployed_since":"2021-03-02"})"},
       {"facts.unemployed_since: 2021-03-02 is after the enrolment"}},
      {{.type = "Enrolled", .facts = R"({"case_number":"sag 7"})"},
       {"facts.case_number: character 4 may not stand in a code", "free text"}},
      {{.type = "Enrolled", .facts = R"({"case_number":"0101901234"})"},
       {"facts.case_number: this looks like a CPR number"},
       Fault::unsupported},
      {{.type = "Enrolled", .facts = R"({"case_number":"6101901234"})"}, {"CPR"}, Fault::unsupported},  // a replacement number
      {{.type = "Compared", .facts = R"({"birth_year":2101})"}, {"facts.birth_year: 2101"}},
      {{.type = "StatusObserved"}, {"facts.status: nothing was observed"}},
      {{.type = "StatusObserved", .facts = R"({"paid_minutes":1})", .envelope = R"("valid_from":"2021-03-01")"},
       {"facts.valid_to: it is missing"}},
      {{.type = "StatusObserved", .facts = R"({"paid_minutes":40321})"},
       {"facts.paid_minutes: 40321 minutes do not fit into 28 days", "168 hours"}},
      {{.type = "CourseAttended",
        .facts = R"({"course":1,"minutes":1441})",
        .envelope = R"("programme":"roskilde","valid_from":"2021-03-01")"},
       {"facts.minutes: 1441 minutes do not fit into 1 day:"}},
      {{.type = "CourseEnded", .facts = R"({"course":0,"kind":"jobklub","completed":"yes"})"}, {"facts.course: it is missing"}},
      {{.type = "PlacementStarted", .facts = R"({"placement":1,"kind":"fleksjob","ordinary_minutes":5041,"unpaid_minutes":5040})"},
       {"together", "10081"}},
      {{.type = "PlacementStarted", .facts = R"({"placement":1,"kind":"fleksjob","ordinary_minutes":10081})"},
       {"facts.ordinary_minutes: 10081"}},
      {{.type = "HoursReported", .facts = R"({"ordinary_minutes":60})"}, {"facts.placement: ", "exactly one"}},
      {{.type = "HoursReported", .facts = R"({"placement":1,"employment":1,"ordinary_minutes":60})"}, {"facts.placement: ", "exactly one"}},
      {{.type = "HoursReported", .facts = R"({"placement":1})"}, {"facts.ordinary_minutes: no hours are reported"}},
      {{.type = "HoursReported", .facts = R"({"placement":1,"ordinary_minutes":20161,"unpaid_minutes":20160})"},
       {"together: 40321 minutes do not fit into 28 days"}},
      {{.type = "HoursReported", .facts = R"({"placement":1,"unpaid_minutes":60,"tasks":["ok","not ok"]})"},
       {"facts.tasks: item 1: character 4"}},
      {{.type = "EnterpriseRecruited", .facts = R"({"kind":"social","cvr":1234567})", .stream = firm},
       {"facts.cvr: 1234567 is not a CVR number of 8 digits"}},
      {{.type = "EnterpriseRecruited", .facts = R"({"kind":"social","cvr":123456789})", .stream = firm}, {"facts.cvr: 123456789"}},
      {{.type = "EnterpriseRecruited", .facts = R"({"kind":"social","p_number":123456789})", .stream = firm},
       {"facts.p_number: 123456789 is not a P-number"}},
      {{.type = "OpeningOffered", .facts = R"({"weekly_minutes":10081})", .stream = firm}, {"facts.weekly_minutes: 10081"}},
      {{.type = "RoleAssigned", .facts = R"({"role":"ambassador_enterprise"})"}, {"facts.role: ", "ambassador_person"}},
      {{.type = "MentorCheckedIn", .facts = R"({"wellbeing":11})"}, {"facts.wellbeing: 11", "0 to 10"}},
      {{.type = "MentorCheckedIn", .facts = R"({"next_step":"call her on Monday"})"}, {"facts.next_step: character 5"}},
      {{.type = "EmploymentStarted", .facts = R"({"job":{"employment":1,"kind":"flex","weekly_minutes":10081}})"},
       {"facts.job.weekly_minutes: 10081"}},
      {{.type = "EmploymentChanged", .facts = R"({"job":{"employment":1,"kind":"flex","skill_level":5}})"}, {"facts.job.skill_level: 5"}},
      {{.type = "EmploymentStarted", .facts = R"({"job":{"employment":0,"kind":"flex"}})"},
       {"facts.job.employment: it is missing, and a Job needs it"}},
      {{.type = "EducationStarted", .facts = R"({"education":1,"isced":9})"}, {"facts.isced: 9"}},
      {{.type = "FollowedUp", .facts = R"({"result":"unreachable","status":"employed"})"}, {"facts.status: ", "not reached"}},
      {{.type = "ProgrammeRegistered", .facts = R"({"frame":{"starts":"2021-03-02","ends":"2021-03-01"}})", .stream = "programme/roskilde"},
       {"facts.frame.ends: the last day, 2021-03-01, is before the first"}},
      {{.type = "ProgrammeRegistered",
        .facts = R"({"frame":{"starts":"2021-03-01","ends":"2021-03-01","zone":"Europe/Roskilde"}})",
        .stream = "programme/roskilde"},
       {"facts.frame.zone: ", "IANA"}},
      {{.type = "ProgrammeRegistered",
        .facts = R"({"frame":{"starts":"2021-03-01","ends":"2021-03-01","title":{"da":"ring 010190-1234"}}})",
        .stream = "programme/roskilde"},
       {"facts.frame.title.da: ", "CPR"},
       Fault::unsupported},
      {{.type = "TargetPinned",
        .facts =
            R"({"id":"K4","comparator":"at_least","value":"1.1","share":true,"definition":"d","definition_version":"1","document":"S2"})",
        .stream = "programme/roskilde"},
       {"facts.value: a share is at most 1"}},
      {{.type = "TargetPinned",
        .facts = R"({"id":"K4","comparator":"at_least","value":"1.5","definition":"d","definition_version":"1","document":"S2"})",
        .stream = "programme/roskilde"},
       {"facts.value: a count of persons is whole"}},
      {{.type = "TargetPinned",
        .facts =
            R"({"id":"K4","comparator":"at_least","value":"1","tolerance":"0.1","definition":"d","definition_version":"1","document":"S2"})",
        .stream = "programme/roskilde"},
       {"facts.tolerance: only \"about\""}},
      {{.type = "TargetPinned",
        .facts = R"({"id":"K 4","comparator":"about","value":"1","definition":"d","definition_version":"1","document":"S2"})",
        .stream = "programme/roskilde"},
       {"facts.id: character 2"}},
      {{.type = "ReportSubmitted",
        .facts = R"({"period_from":"2021-03-02","period_to":"2021-03-01","position":1,"hash":")" + hash64 + "\"}",
        .stream = "programme/roskilde"},
       {"facts.period_to: the period ends before it begins"}},
      {{.type = "ReportSubmitted",
        .facts =
            R"({"period_from":"2021-03-01","period_to":"2021-03-01","position":1,"hash":")" + hash64 + R"(","figures":[{"target":"a b"}]})",
        .stream = "programme/roskilde"},
       {"facts.figures: item 0: target: character 2"}},
      {{.type = "Covered",
        .facts = R"({"source":"register","from":"2021-03-02","to":"2021-03-02","facts":["hours"]})",
        .stream = "programme/roskilde"},
       {"facts.to: "}},
      {{.type = "Covered", .facts = R"({"source":"register","from":"2021-03-02"})", .stream = "programme/roskilde"},
       {"facts.facts: it is missing"}},
  });
}

SCENARIO("what lies just within the limits is accepted") {
  check_accepted({
      {.type = "Enrolled",
       .facts =
           R"({"isced":0,"birth_year":1900,"municipality":101,"skill_level":1,"weekly_minutes":10080,"unemployed_since":"2021-03-01"})"},
      {.type = "Enrolled", .facts = R"({"isced":8,"birth_year":2100,"municipality":860,"skill_level":4,"case_number":"Sag-7/2021:å_Æ.+"})"},
      {.type = "Enrolled", .facts = R"({"case_number":"4113901234"})"},  // a 41st of a 13th month is nobody's
      {.type = "StatusObserved", .facts = R"({"paid_minutes":40320})"},
      {.type = "StatusObserved", .facts = R"({"paid_minutes":0})"},
      {.type = "CourseAttended",
       .facts = R"({"course":1,"minutes":1440})",
       .envelope = R"("programme":"roskilde","valid_from":"2021-03-01")"},
      {.type = "HoursReported", .facts = R"({"employment":1,"ordinary_minutes":40320})"},
      {.type = "HoursReported", .facts = R"({"employment":1,"ordinary_minutes":0})"},
      {.type = "EnterpriseRecruited", .facts = R"({"kind":"social","cvr":10000000,"p_number":9999999999})", .stream = firm},
      {.type = "MentorCheckedIn", .facts = R"({"wellbeing":10,"next_step":"visit/workplace"})"},
      {.type = "MentorCheckedIn", .facts = R"({"wellbeing":0})"},
      {.type = "Died", .envelope = R"("valid_from":"2021-03-01")"},
      {.type = "TargetPinned",
       .facts =
           R"({"id":"K4","comparator":"about","value":"1","share":true,"tolerance":"0.1","definition":"d","definition_version":"1","document":"S2, side 4"})",
       .stream = "programme/roskilde"},
      {.type = "ProgrammeRegistered",
       .facts = R"({"frame":{"starts":"2021-03-01","ends":"2021-03-01"}})",
       .stream = "portfolio/flere-i-job",
       .envelope = R"("valid_from":"2021-03-01")"},
  });
}

SCENARIO("drafts made in code are held to the same rules as JSON") {
  GIVEN("drafts that JSON could not say") {
    const auto refused = [](EventType type, const StreamId& stream, const std::function<void(Draft&)>& fill) {
      Draft draft(type, stream);
      draft.in(*ProgrammeId::parse("roskilde")).on(*Date::parse("2021-03-01"));
      fill(draft);
      const auto checked = check_draft(draft);
      return checked ? std::string() : checked.error().message;
    };
    const StreamId person{StreamKind::participant, {0, 7}};
    const StreamId programme = ProgrammeId::parse("roskilde")->stream();
    THEN("each is refused by its field") {
      CHECK(refused(static_cast<EventType>(1299), person, [](Draft&) {}) == "type: 1299 is not an event type that this version knows");
      CHECK_THAT(refused(EventType::died, {StreamKind::participant, {}}, [](Draft&) {}), Catch::Contains("stream: the id is all zeros"));
      CHECK_THAT(refused(EventType::portfolio_left, {StreamKind::programme, {1, 1}}, [](Draft& d) { d.in({}); }),
                 Catch::Contains("short name"));
      CHECK_THAT(refused(EventType::died, person,
                         [](Draft& d) {
                           d.in({{1, 1}});
                         }),
                 Catch::Contains("programme: this is not a programme's short name"));
      CHECK_THAT(refused(EventType::died, person, [](Draft& d) { d.proposal().setValidFrom(999'999); }),
                 Catch::Contains("valid_from: the day is outside"));
      CHECK_THAT(refused(EventType::died, person, [](Draft& d) { d.proposal().setSource(static_cast<wire::Source>(99)); }),
                 Catch::Contains("source: "));
      CHECK_THAT(refused(EventType::died, person, [](Draft& d) { d.proposal().initReferences(1); }),
                 Catch::Contains("references[0].role: "));
      CHECK_THAT(refused(EventType::died, person, [](Draft& d) { d.proposal().initReferences(257); }),
                 Catch::Contains("references: 257 are too many"));
      CHECK_THAT(refused(EventType::died, person, [](Draft& d) { d.proposal().initSealed(1); }),
                 Catch::Contains("sealed: personal parts are refused"));
      CHECK_THAT(
          refused(EventType::emigrated, person, [](Draft& d) { d.facts<wire::Emigrated>().setCountry(std::string(81, 'x').c_str()); }),
          Catch::Contains("facts.country: a code has at most 80 bytes"));
      CHECK_THAT(refused(EventType::screened, person,
                         [](Draft& d) { d.facts<wire::Screened>().setResult(static_cast<wire::Screened::Result>(9)); }),
                 Catch::Contains("facts.result: 9 is none of the choices"));
      CHECK_THAT(refused(EventType::screened, person,
                         [](Draft& d) {
                           d.facts<wire::Screened>().setResult(wire::Screened::Result::LATER);
                           d.facts<wire::Screened>().initNeeds(2);
                         }),
                 Catch::Contains("facts.needs: item 0: it is not specified"));
      CHECK_THAT(refused(EventType::screened, person,
                         [](Draft& d) {
                           d.facts<wire::Screened>().setResult(wire::Screened::Result::LATER);
                           d.facts<wire::Screened>().initNeeds(4097);
                         }),
                 Catch::Contains("facts.needs: the list has 4097 items"));
      CHECK_THAT(refused(EventType::funding_granted, programme, [](Draft& d) { d.facts<wire::FundingGranted>().setOere(1ull << 53); }),
                 Catch::Contains("facts.oere: the number is larger than 9007199254740991"));
      CHECK_THAT(refused(EventType::key_committed, person,
                         [](Draft& d) { d.facts<wire::KeyCommitted>().setCommitment(kj::heapArray<kj::byte>(31)); }),
                 Catch::Contains("facts.commitment: a SHA-256 hash has 32 bytes, not 31"));
      CHECK_THAT(refused(EventType::milestone_reached, programme,
                         [](Draft& d) {
                           d.facts<wire::MilestoneReached>().setKind(wire::MilestoneReached::Kind::LEARNING);
                           d.facts<wire::MilestoneReached>().setTitle("a\x01");
                         }),
                 Catch::Contains("facts.title: the text holds a control character"));
    }
  }
}

SCENARIO("a correction is held to the rules of what it corrects") {
  const std::string event = R"("event":"00000000000000000000000000000001/0")";
  check_refused({
      {{.type = "Corrected", .facts = "{" + event + R"(,"type":"Enrolled","body":{"isced":9}})"},
       {"facts.body.isced: 9 is not an ISCED level"}},
      {{.type = "Corrected", .facts = "{" + event + R"(,"type":"Enrolled","body":{"case_number":"a b"}})"},
       {"facts.body.case_number: character 2"}},
      {{.type = "Corrected", .facts = "{" + event + R"(,"type":"CourseEnded"})"}, {"facts.body.completed: it is missing"}},
      {{.type = "Corrected", .facts = "{" + event + R"(,"type":"Enrolled","body":{}})", .envelope = R"("valid_from":"2021-03-01")"},
       {"programme: it is missing, and an Enrolled"}},
      {{.type = "Corrected", .facts = "{" + event + R"(,"type":"Enrolled","body":{}})", .envelope = R"("programme":"roskilde")"},
       {"valid_from: it is missing"}},
      {{.type = "Corrected", .facts = "{" + event + R"(,"type":"CommitmentGiven","body":{}})"},
       {"stream: a CommitmentGiven stands in an enterprise's stream"}},
      {{.type = "Corrected", .facts = "{" + event + R"(,"type":"Retracted"})"}, {"facts.type: a Retracted cannot be corrected"}},
      {{.type = "Corrected", .facts = R"({"event":"00000000000000000000000000000000/0","type":"Died"})"},
       {"facts.event: the id is all zeros"}},
  });
  check_accepted({{.type = "Corrected", .facts = "{" + event + R"(,"type":"Died","reason":"typo"})"}});
}

}  // namespace fodspor::events::tests
