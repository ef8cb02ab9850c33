// Who may do what, over the socket: every operation that the socket has × role × programme against the rule (access_tests.cpp holds the
// rule itself against what is promised), and that nothing of others is in any answer.
#include <catch2/catch.hpp>
#include <functional>

#include "tests/server/asked_fixture.h"
#include "tests/server/socket_fixture.h"
#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

namespace {

constexpr std::array roles{Role::caseworker, Role::manager, Role::evaluator, Role::auditor, Role::admin, Role::witness};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string enrolled_as(const std::string& stream, const std::string& programme, const std::string& case_number) {
  return R"({"type":"Enrolled","stream":")" + stream + R"(","programme":")" + programme +
         R"(","valid_from":"2021-03-08","source":"staff","facts":{"labour_status":"unemployed","gender":"female","birth_year":1984,)"
         R"("isced":3,"case_number":")" +
         case_number + R"("}})";
}

std::string started(const std::string& stream, const std::string& programme) {
  return R"({"type":"EmploymentStarted","stream":")" + stream + R"(","programme":")" + programme +
         R"(","valid_from":"2021-06-01","source":"employer","facts":{"job":{"employment":1,"kind":"ordinary","weekly_minutes":1200}}})";
}

// Somebody of Roskilde, somebody of Esbjerg, and somebody of both; nobody else.
struct Planted {
  StreamId roskilde{StreamKind::participant, {0x1111222233334444, 0x5555666677778888}};
  StreamId esbjerg{StreamKind::participant, {0xaaaabbbbccccdddd, 0xeeeeffff00001111}};
  StreamId both{StreamKind::participant, {0x9999888877776666, 0x5555444433332222}};
  std::string of_roskilde = "R-4711", of_esbjerg = "E-4712", of_both = "B-4713", of_both_elsewhere = "B-4714";
};

class Desk {
 public:
  Desk() : served("") {
    served.program.must("programmes apply --shipped --quiet");
    const std::string token = served.token(Role::admin, {}, true);
    served.serve();
    const auto client = served.client(token);
    const auto told = must(append(
        *client, "planted",
        {enrolled_as(planted.roskilde.text(), "roskilde", planted.of_roskilde),
         enrolled_as(planted.esbjerg.text(), "esbjerg", planted.of_esbjerg), enrolled_as(planted.both.text(), "roskilde", planted.of_both),
         enrolled_as(planted.both.text(), "esbjerg", planted.of_both_elsewhere), completed(planted.esbjerg.text(), "esbjerg"),
         started(planted.both.text(), "esbjerg")}));
    last = told.last;
    // The esbjerg events of the batch; all have one half of their ids in common.
    foreign_events = {told.first + 1, told.first + 3, told.first + 4, told.first + 5};
    Question waiting = question("kpi");
    waiting.at_least = {last};
    must(ask(*client, waiting));
  }

  Planted planted;
  AskedLedger served;
  std::uint64_t last = 0;
  std::vector<std::uint64_t> foreign_events;
};

// One operation, as one asks for it: of a programme, or of none.
struct Way {
  Operation operation;
  std::function<Status(Client&, const std::optional<std::string>& programme)> ask;
  bool by_programme = true;  // whether a programme can be named
};

Status asked(Client& client, const std::string& line, const std::optional<std::string>& programme) {
  const auto answered = ask(client, line + (programme ? " --programme " + *programme : ""));
  return answered ? Status() : Status(tl::make_unexpected(answered.error()));
}

std::vector<Way> ways(const Desk& desk) {
  const auto line = [](Operation operation, const std::string& text, bool by_programme = true) {
    return Way{operation, [text](Client& client, const auto& programme) { return asked(client, text, programme); }, by_programme};
  };
  const Planted& planted = desk.planted;
  auto number = std::make_shared<std::uint64_t>(0);
  return {
      line(Operation::kpi, "kpi"),
      line(Operation::kpi, "programmes"),
      line(Operation::enterprises, "enterprises"),
      line(Operation::caseload, "caseload"),
      line(Operation::caseload, "find --case-number 1"),
      line(Operation::quality, "quality"),
      line(Operation::quality, "quality --list"),
      line(Operation::network, "network"),
      line(Operation::portfolio, "portfolio", false),
      line(Operation::evaluate, "evaluate esf.cr06"),
      line(Operation::evaluate, "definitions list", false),
      line(Operation::stats, "stat", false),
      line(Operation::read_log, "log"),
      line(Operation::read_type, "log --type Enrolled"),
      {Operation::read_stream,
       [](Client& client, const auto& programme) {
         return asked(client, "log --stream programme/" + programme.value_or("roskilde"), programme);
       }},
      // Whose story it is says of which programme it is.
      {Operation::trail,
       [&planted](Client& client, const auto& programme) {
         return asked(client, "trail " + (programme == "esbjerg" ? planted.esbjerg : planted.roskilde).id.hex(), {});
       }},
      {Operation::rows,
       [](Client& client, const auto& programme) {
         const auto answered = ask(client, "explain R1" + (programme ? " --programme " + *programme : std::string()));
         // R1 may be a target of several, or of none: that is another answer than a denial.
         const bool denied = !answered && answered.error().fault == Fault::denied;
         return denied ? Status(tl::make_unexpected(answered.error())) : Status();
       }},
      {Operation::append,
       [number](Client& client, const auto& programme) -> Status {
         const std::string event = enrolled(person(++*number), programme.value_or("kalundborg"));
         const auto told = append(client, "a" + std::to_string(*number), {event}, true);
         return told ? Status() : Status(tl::make_unexpected(told.error()));
       }},
      {Operation::read_log,
       [](Client& client, const auto&) {
         const auto page = read_log(client);
         return page ? Status() : Status(tl::make_unexpected(page.error()));
       },
       false},
      {Operation::ping,
       [](Client& client, const auto&) {
         return client.ask([](wire::Request::Builder request) { request.setPing(); }, [](wire::Answer::Reader) { return Status(); });
       },
       false},
      {Operation::stats,
       [](Client& client, const auto&) {
         return client.ask([](wire::Request::Builder request) { request.setStats(); }, [](wire::Answer::Reader) { return Status(); });
       },
       false},
  };
}

// All that can be asked, for what must not be in it.
std::vector<std::string> everything(const Planted& planted) {
  std::vector<std::string> lines{"stat",
                                 "definitions list",
                                 "programmes",
                                 "kpi",
                                 "enterprises",
                                 "network",
                                 "portfolio",
                                 "quality",
                                 "quality --list",
                                 "caseload",
                                 "caseload --valid-at 2021-04-01",
                                 "evaluate esf.cr06 base.completers --by gender",
                                 "log",
                                 "log --type Enrolled",
                                 "log --type EmploymentStarted",
                                 "explain R1",
                                 "explain R1",
                                 "find --case-number " + planted.of_both};
  for (const std::string programme : {"roskilde", "esbjerg"}) {
    for (const std::string line :
         {"kpi", "enterprises", "quality --list", "caseload --valid-at 2021-04-01", "log", "explain R1", "explain R1"}) {
      lines.push_back(line + " --programme " + programme);
    }
  }
  lines.push_back("trail " + planted.both.id.hex());
  for (std::uint64_t position = 1; position < 4; ++position) lines.push_back("show " + std::to_string(position));
  return lines;
}

}  // namespace

SCENARIO("over the socket every role may do with every programme what the rule says, and nothing else") {
  Desk desk;
  const std::vector<std::optional<std::string>> about{"roskilde", "esbjerg", std::nullopt};
  std::size_t checked = 0;
  for (const Role role : roles) {
    for (const bool microdata : {false, true}) {
      for (const bool all : {false, true}) {
        const bool names = role != Role::witness;
        const bool must_name = role == Role::caseworker || role == Role::manager;
        if ((all && must_name) || (!all && !names)) continue;  // no such token is made
        Grant grant{"", role, all ? Programmes::all() : Programmes::only({*ProgrammeId::parse("roskilde")}), microdata, ""};
        if (!check_grant(grant)) continue;
        const auto client =
            desk.served.client(desk.served.token(role, all ? std::vector<std::string>{} : std::vector<std::string>{"roskilde"}, microdata));
        for (const Way& way : ways(desk)) {
          for (const auto& programme : about) {
            if (programme && !way.by_programme) continue;
            // An append and a person's story are always about somebody's programme.
            std::optional<ProgrammeId> asked_about;
            if (programme) asked_about = *ProgrammeId::parse(*programme);
            if (!programme && way.operation == Operation::append) asked_about = *ProgrammeId::parse("kalundborg");
            if (!programme && way.operation == Operation::trail) asked_about = *ProgrammeId::parse("roskilde");
            const bool promised = may(grant, way.operation, asked_about).has_value();
            const Status answered = way.ask(*client, programme);
            CAPTURE(name(role), microdata, all, name(way.operation), programme.value_or("(none)"),
                    answered ? "" : answered.error().message);
            CHECK(answered.has_value() == promised);
            if (!answered) CHECK(answered.error().fault == Fault::denied);
            ++checked;
          }
        }
      }
    }
  }
  CHECK(checked > 500);
}

SCENARIO("nothing of another programme is in any answer to a token that does not speak for it") {
  Desk desk;
  const Planted& planted = desk.planted;
  const auto batch = must(desk.served.ledger().read({desk.last})).id();
  std::vector<std::string> foreign{planted.esbjerg.id.hex(), planted.esbjerg.id.hex().substr(0, 10), planted.of_esbjerg,
                                   planted.of_both_elsewhere};
  for (const std::uint64_t position : desk.foreign_events) foreign.push_back(must(desk.served.ledger().read({position})).id().text());
  REQUIRE(batch.text() == foreign.back());
  for (const Role role : {Role::caseworker, Role::manager, Role::evaluator, Role::auditor, Role::admin}) {
    for (const bool microdata : {false, true}) {
      const Grant grant{"", role, Programmes::only({*ProgrammeId::parse("roskilde")}), microdata, ""};
      if (!check_grant(grant)) continue;
      const auto client = desk.served.client(desk.served.token(role, {"roskilde"}, microdata));
      std::size_t answers = 0;
      for (const std::string& line : everything(planted)) {
        for (const Format form : {Format::json, Format::text, Format::csv}) {
          const auto answered = ask(*client, line, form);
          std::string all = answered ? answered->content : answered.error().message;
          if (answered) {
            for (const auto& remark : answered->remarks) all += remark;
            ++answers;
          }
          for (const std::string& value : foreign) {
            CAPTURE(name(role), microdata, line, value, all);
            CHECK_FALSE(has(all, value));
          }
        }
      }
      CHECK(answers > 20);
    }
  }
}

SCENARIO("who sees figures and no persons gets no person, and no count of few") {
  Desk desk;
  const Planted& planted = desk.planted;
  const std::vector<std::string> personal{planted.roskilde.id.hex().substr(0, 10),
                                          planted.esbjerg.id.hex().substr(0, 10),
                                          planted.both.id.hex().substr(0, 10),
                                          planted.of_roskilde,
                                          planted.of_esbjerg,
                                          planted.of_both};
  for (const Role role : {Role::evaluator, Role::admin}) {
    const auto client = desk.served.client(desk.served.token(role));
    for (const std::string& line : everything(planted)) {
      for (const Format form : {Format::json, Format::text, Format::csv}) {
        const auto answered = ask(*client, line, form);
        const std::string all = answered ? answered->content : answered.error().message;
        for (const std::string& value : personal) {
          CAPTURE(name(role), line, value, all);
          CHECK_FALSE(has(all, value));
        }
      }
    }
    // Three people in all: every count of people is one of few, and none is told.
    const std::string kpi = must(ask(*client, "kpi")).content,
                      figures = must(ask(*client, "evaluate base.participants --by gender")).content;
    for (const std::string count : {"numerator", "denominator", "unknown", "units", "persons", "population", "excluded"}) {
      for (const char digit : {'1', '2', '3', '4'}) {
        for (const char after : {',', '}'}) {
          CAPTURE(count, kpi, figures);
          CHECK_FALSE(has(kpi, '"' + count + "\":" + digit + after));
          CHECK_FALSE(has(figures, '"' + count + "\":" + digit + after));
        }
      }
    }
    CHECK(has(figures, R"("population":null)"));
    CHECK(has(must(ask(*client, "evaluate base.participants", Format::text)).content, "under 5"));
    const auto with_right = desk.served.client(desk.served.token(role, {}, true));
    CHECK(has(must(ask(*with_right, "evaluate base.participants")).content, R"("population":4)"));
  }
}

SCENARIO("an evaluation for some programmes is of their people alone, and says so") {
  Desk desk;
  const auto evaluated = [&](const std::vector<std::string>& programmes) {
    const auto client = desk.served.client(desk.served.token(Role::auditor, programmes));
    return must(ask(*client, "evaluate base.participants")).content;
  };
  CHECK(has(evaluated({"roskilde"}), R"("programmes":["roskilde"])"));
  CHECK(has(evaluated({"roskilde"}), R"("population":2)"));
  CHECK(has(evaluated({"roskilde", "esbjerg"}), R"("population":4)"));
  CHECK_FALSE(has(evaluated({}), R"("programmes":)"));
}

}  // namespace fodspor::server::tests
