#include "events/json.h"

#include <catch2/catch.hpp>
#include <functional>
#include <vector>

#include "events/course.capnp.h"
#include "events/json_text.h"
#include "events/limits.h"
#include "events/plan.capnp.h"
#include "events/rules.h"
#include "tests/events/samples.h"

namespace fodspor::events::tests {

namespace {

const std::string someone = "participant/00000000000000000000000000000007";

// An event of that type and body, with what else is said behind it.
std::string object(std::string_view type, std::string_view facts, std::string_view more = "") {
  return R"({"type":")" + std::string(type) + R"(","stream":")" + someone +
         R"(","programme":"roskilde","valid_from":"2021-05-28","facts":)" + std::string(facts) + std::string(more) + "}";
}

struct Refused {
  std::string json;
  std::vector<std::string> parts;  // of the message
  Fault fault = Fault::invalid;
};

void check_refused(const std::vector<Refused>& table, bool exported = false) {
  for (const Refused& row : table) {
    CAPTURE(row.json);
    const auto draft = draft_from_json(row.json, exported);
    REQUIRE_FALSE(draft);
    CHECK(draft.error().fault == row.fault);
    for (const std::string& part : row.parts) CHECK_THAT(draft.error().message, Catch::Contains(part));
    CHECK_THAT(draft.error().message, Catch::Contains("byte "));
  }
}

}  // namespace

SCENARIO("an event written as people would write it is read") {
  GIVEN("the example of json.h") {
    const auto draft =
        draft_from_json("{ \"type\": \"CourseEnded\", \"stream\": \"" + someone +
                        "\", \"programme\": \"roskilde\",\n \"valid_from\": \"2021-05-28\", \"source\": \"staff\",\n"
                        " \"references\": [{\"role\": \"enterprise\", \"stream\": \"enterprise/00000000-0000-0000-0000-0000000000ff\"}],\n"
                        " \"facts\": {\"course\": 1, \"kind\": \"indslusning\", \"completed\": \"yes\"} }\n");
    REQUIRE(draft);
    THEN("each part is where it belongs") {
      const auto proposal = draft->proposal();
      CHECK(draft->type() == EventType::course_ended);
      CHECK(draft->stream().text() == someone);
      CHECK(proposal.getSource() == wire::Source::STAFF);
      CHECK(proposal.getValidFrom() == Date::parse("2021-05-28")->stored());
      REQUIRE(proposal.getReferences().size() == 1);
      CHECK(proposal.getReferences()[0].getRole() == wire::Role::ENTERPRISE);
      CHECK(proposal.getReferences()[0].getLo() == 0xff);
      const auto facts = proposal.getFacts().getAs<wire::CourseEnded>();
      CHECK(facts.getCourse() == 1);
      CHECK(facts.getKind() == wire::CourseKind::INDSLUSNING);
      CHECK(facts.getCompleted() == wire::YesNo::YES);
      CHECK(check_draft(*draft));
    }
  }
  GIVEN("decimals, and numbers whose 0 means something") {
    const auto score = [](std::string_view text) {
      const auto draft = draft_from_json(object("ProgressMeasured", R"({"instrument":"i","score":")" + std::string(text) + "\"}"));
      REQUIRE(draft);
      return draft->proposal().getFacts().getAs<wire::ProgressMeasured>().getScore();
    };
    THEN("they are read exactly") {
      CHECK(score("0") == 1);
      CHECK(score("1.59") == 1'590'001);
      CHECK(score("0.000001") == 2);
      CHECK(score("12.50") == 12'500'001);
    }
  }
  GIVEN("text with escapes") {
    auto draft = draft_from_json(
        R"({"type":"MilestoneReached","stream":"programme/roskilde","valid_from":"2021-01-01","facts":{"kind":"learning","title":"a\"\\\/\n\u00e6\ud834\udd1e€"}})");
    REQUIRE(draft);
    THEN("it is read as what it means, and written as RFC 8785 has it") {
      CHECK_THAT(to_json(decoded(packed(*draft))), Catch::Contains(R"("title":"a\"\\/\næ𝄞€")"));
    }
  }
}

SCENARIO("text that is not strict JSON is refused with the byte where it goes wrong") {
  check_refused({
      {"", {"byte 0", "ends where a value"}},
      {"  ", {"byte 2"}},
      {"[]", {"a list stands here", "an object"}},
      {"\"x\"", {"a string stands here"}},
      {"{\"type\":\"Died\",}", {"byte 15", "a key in quotes"}},
      {"{\"type\":\"Died\"}}", {"byte 15", "more follows"}},
      {"{\"type\" \"Died\"}", {"byte 8", "colon"}},
      {"{\"type\":\"Died\" \"x\":1}", {"byte 15", "comma"}},
      {"{type:1}", {"byte 1", "a key in quotes"}},
      {"{\"a\":NaN}", {"byte 5", "not JSON"}},
      {"{\"a\":1.5}", {"byte 5", "decimals", "\"1.59\""}},
      {"{\"a\":1e2}", {"byte 5", "exponent"}},
      {"{\"a\":1e999}", {"byte 5", "exponent"}},
      {"{\"a\":01}", {"byte 5", "does not begin with 0"}},
      {"{\"a\":-}", {"byte 5", "minus"}},
      {"{\"a\":18446744073709551616}", {"byte 5", "too large"}},
      {"{\"a\":\"\\ud834\"}", {"byte 6", "surrogate"}},
      {"{\"a\":\"\\udd1e\"}", {"byte 6", "surrogate"}},
      {"{\"a\":\"\\ud834\\u0041\"}", {"byte 6", "surrogate"}},
      {"{\"a\":\"\\u12g4\"}", {"byte 6", "hexadecimal"}},
      {"{\"a\":\"\\x\"}", {"byte 6"}},
      {"{\"a\":\"\x01\"}", {"byte 6", "control"}},
      {"{\"a\":\"\xc3\x28\"}", {"byte 6", "UTF-8"}},
      {"{\"a\":\"\xed\xa0\x80\"}", {"byte 6", "UTF-8"}},
      {"{\"a\":\"\xc0\xaf\"}", {"byte 6", "UTF-8"}},
      {"{\"a\":\"x", {"byte 5", "no end"}},
      {"{\"a\":\"x\\", {"byte 7"}},
      {"{\"a\":1,\"b\":2,\"a\":3}", {"byte 13", "\"a\"", "twice"}},
      {"{\"a\":1,\"\\u0061\":3}", {"byte 7", "twice"}},
      {std::string(40, '[') + std::string(40, ']'), {"byte 32", "nested"}},
  });
}

SCENARIO("a wrong field is refused with its path, its byte and what to write instead") {
  check_refused({
      {"{}", {"type: it is missing"}},
      {R"({"type":"CourseEnd"})", {"type: ", "CourseEnd", "not an event type", "byte 8"}},
      {R"({"type":1299,"stream":"x"})", {"type: a number stands here"}},
      {R"({"type":"Died"})", {"stream: it is missing"}},
      {R"({"type":"Died","stream":"participant/12"})", {"stream: ", "32 hexadecimal digits", "byte 24"}},
      {R"({"type":"Died","stream":"person/00000000000000000000000000000007"})", {"stream: ", "not a stream"}},
      {object("Died", "{}", R"(,"colour":"red")"), {"colour: there is no such field", "valid_from"}},
      {object("Died", "{}", R"(,"position":12)"), {"position: only the ledger says this"}},
      {object("Died", "{}", R"(,"facts_bytes":"AA==")"), {"facts_bytes: only the ledger"}},
      {object("Died", "{}", R"(,"valid_to":"2021-02-30")"), {"valid_to: ", "is not a day"}},
      {object("Died", "{}", R"(,"valid_to":"31-03-2021")"), {"valid_to: ", "2021-03-31"}},
      {object("Died", "{}", R"(,"valid_to":null)"), {"valid_to: null stands here"}},
      {object("Died", "{}", R"(,"registered_at":"2021-03-31 12:00")"), {"registered_at: ", "UTC"}},
      {object("Died", "{}", R"(,"source":"rumour")"), {"source: ", "self, staff, employer, register, import"}},
      {object("Died", "{}", R"(,"references":[])"), {"references: an empty list"}},
      {object("Died", "{}", R"(,"references":[{"role":"staff"}])"), {"references[0].stream: it is missing"}},
      {object("Died", "{}", R"(,"references":[{"role":"boss","stream":"staff/00000000000000000000000000000007"}])"),
       {"references[0].role: ", "boss"}},
      {object("Died", "{}", R"(,"evidence":{"hash":"abc"})"), {"evidence.hash: ", "64 hexadecimal"}},
      {object("Died", "{}", R"(,"causation":"7")"), {"causation: ", "event id"}},
      {object("Died", R"({"of":"age"})"), {"facts.of: there is no such field"}},
      {object("CourseEnded", R"({"kind":"indslusning","completed":"yes"})"), {"facts.course: it is missing", "CourseEnded"}},
      {object("CourseEnded", R"({"course":"1","kind":"indslusning","completed":"yes"})"),
       {"facts.course: a string stands here", "an integer"}},
      {object("CourseEnded", R"({"course":-1,"kind":"indslusning","completed":"yes"})"), {"facts.course: ", "below 0"}},
      {object("CourseEnded", R"({"course":4294967296,"kind":"indslusning","completed":"yes"})"),
       {"facts.course: ", "4294967296 is too large", "4294967295"}},
      {object("CourseEnded", R"({"course":1,"kind":"unspecified","completed":"yes"})"), {"facts.kind: ", "indslusning, fastholdelse"}},
      {object("CourseEnded", R"({"course":1,"kind":"indslusning","completed":true})"), {"facts.completed: true or false stands here"}},
      {object("CourseEnded", R"({"course":1,"kind":"indslusning","completed":"yes","reason":""})"), {"facts.reason: an empty string"}},
      {object("EmploymentStarted", R"({"job":{"employment":1,"kind":"ordinary","weekly_minutes":37.5}})"), {"decimals"}},
      {object("EmploymentStarted", R"({"job":{"employment":1,"kind":"ordinary","weekly_hours":37}})"),
       {"facts.job.weekly_hours: there is no such field", "weekly_minutes"}},
      {object("ProgressMeasured", R"({"instrument":"i","score":1})"), {"facts.score: a number stands here", "\"1.59\""}},
      {object("ProgressMeasured", R"({"instrument":"i","score":"1,5"})"), {"facts.score: ", "not a decimal"}},
      {object("ProgressMeasured", R"({"instrument":"i","score":"1.2345678"})"), {"facts.score: ", "at most 6 decimals"}},
      {object("ProgressMeasured", R"({"instrument":"i","score":"5000"})"), {"facts.score: ", "too large"}},
      {object("HoursReported", R"({"placement":1,"tasks":["a",2]})"), {"facts.tasks[1]: a number stands here"}},
      {object("Screened", R"({"result":"suitable","needs":[]})"), {"facts.needs: an empty list"}},
      {object("Corrected", R"({"event":"00000000000000000000000000000001/0","body":{}})"), {"facts.body: ", "\"type\" beside it"}},
      {object("Corrected", R"({"event":"00000000000000000000000000000001/0","type":"Retracted","body":{}})"),
       {"facts.body: ", "cannot be corrected"}},
      {object("Corrected", R"({"event":"00000000000000000000000000000001/0","type":"Enrolled","body":{"isced":"nine"}})"),
       {"facts.body.isced: "}},
  });
}

SCENARIO("personal data are refused before there is a place to seal them") {
  check_refused({
      {object("CitizenIdentified", "{}", R"(,"personal":{"name":"x"})"),
       {"personal: ", "sealed", "leave the field out"},
       Fault::unsupported},
      {object("CitizenIdentified", R"({"cpr":"0101901234"})"), {"facts.cpr: ", "sealed"}, Fault::unsupported},
      {object("MentorCheckedIn", R"({"note":"went well"})"), {"facts.note: ", "sealed"}, Fault::unsupported},
  });
}

SCENARIO("what is written as JSON and read again is the same event, byte for byte") {
  const unsigned seed = Catch::rngSeed();
  Random random(seed);
  CAPTURE(seed);
  for (const TypeInfo& type : all_types()) {
    for (int round = 0; round < 30; ++round) {
      CAPTURE(type.name, round);
      Draft draft = sample(type, random, Fill::some);
      const Bytes bytes = packed(draft);
      const Placement placement{{9}, {1'600'000'000'000'001}, {3}, {4}, 5, {6}};
      const std::string json = to_json(decoded(bytes, placement));
      auto back = draft_from_json(json, true);
      if (!back) FAIL(back.error().message << " in " << json);
      REQUIRE(hex(packed(*back)) == hex(bytes));
      REQUIRE(to_json(decoded(packed(*back), placement)) == json);
      REQUIRE_FALSE(draft_from_json(json));  // as input, it says what only the ledger may say
    }
  }
}

SCENARIO("written JSON is canonical: keys sorted, no white space") {
  const unsigned seed = Catch::rngSeed();
  Random random(seed);
  CAPTURE(seed);
  const std::function<void(const JsonValue&)> sorted = [&](const JsonValue& value) {
    for (std::size_t i = 1; i < value.members.size(); ++i) REQUIRE(value.members[i - 1].key < value.members[i].key);
    for (const auto& member : value.members) sorted(member.value);
    for (const auto& item : value.items) sorted(item);
  };
  for (const TypeInfo& type : all_types()) {
    Draft draft = sample(type, random, Fill::all);
    const std::string json = to_json(decoded(packed(draft)));
    const auto value = parse_json(json);
    REQUIRE(value);
    sorted(*value);
    CHECK(json.find("\": ") == std::string::npos);
    CHECK(json.find("\",\n") == std::string::npos);
  }
}

SCENARIO("text that is not UTF-8 in stored bytes is written as valid JSON all the same") {
  std::string out;
  append_quoted(out, "a\xff\xc3(\x01\"");
  CHECK(out == "\"a\xef\xbf\xbd\xef\xbf\xbd(\\u0001\\\"\"");
  CHECK(parse_json(out));
}

}  // namespace fodspor::events::tests
