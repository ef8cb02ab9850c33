#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "events/event.h"
#include "server/intake/delivery.h"
#include "tests/server/intake_fixture.h"

using namespace fodspor::tests;

namespace {

// A row a person, as a programme keeps its participants.
constexpr std::string_view people = R"([import]
namespace = "participants"
programme = "roskilde"

[participant]
column = "Sagsnr"

[[event]]
type = "Enrolled"
on = "Startdato"
[event.fields]
case_number = "Sagsnr"
gender = { column = "Køn", values = { Kvinde = "female", Mand = "male" } }
birth_year = "Fødselsår"
labour_status = { column = "Status", values = { ledig = "unemployed", inaktiv = "inactive" } }
wanted_minutes = { column = "Ønskede timer", unit = "hours" }

[[event]]
type = "Left"
on = { column = "Slutdato" }
[event.fields]
reason = { column = "Årsag", values = { job = "job", andet = "other" } }
)";

constexpr std::string_view first_delivery =
    "Sagsnr;Køn;Fødselsår;Status;Ønskede timer;Startdato;Slutdato;Årsag;Bemærkning\r\n"
    "R-1;Kvinde;1984;inaktiv;7,5;01-02-2021;31-08-2021;job;\r\n"
    "R-2;Mand;1990;ledig;37;15-02-2021;;;\r\n"
    "R-3;Mand;;ledig;;01-03-2021;01-04-2021;andet;\r\n";

// R-1 left a month later, R-2 has left, R-3 has not, R-4 is new.
constexpr std::string_view second_delivery =
    "Sagsnr;Køn;Fødselsår;Status;Ønskede timer;Startdato;Slutdato;Årsag;Bemærkning\r\n"
    "R-1;Kvinde;1984;inaktiv;7,5;01-02-2021;30-09-2021;job;\r\n"
    "R-2;Mand;1991;ledig;37;15-02-2021;01-10-2021;andet;\r\n"
    "R-3;Mand;;ledig;;01-03-2021;;;\r\n"
    "R-4;Kvinde;1970;ledig;20;01-06-2021;;;\r\n";

// A row an event, with enterprises.
constexpr std::string_view journal = R"([import]
namespace = "journal"
programme = "roskilde"
key = ["Sagsnr", "Dato", "Hændelse", "Nr"]
delivery = "whole"

[participant]
column = "Sagsnr"

[[event]]
type = "EnterpriseRecruited"
once = true
stream = { kind = "enterprise", column = "CVR" }
when = { "Hændelse" = ["Praktik", "Job"] }
on = "Dato"
[event.fields]
cvr = "CVR"
kind = { column = "Type", values = { social = "social", alm = "commercial" } }

[[event]]
type = "Enrolled"
when = { "Hændelse" = "Start" }
on = "Dato"

[[event]]
type = "PlacementStarted"
when = { "Hændelse" = "Praktik" }
on = "Dato"
[event.fields]
placement = { number = ["Sagsnr", "Nr"] }
kind = { value = "virksomhedspraktik" }
ordinary_minutes = { column = "Timer", unit = "hours" }
[[event.reference]]
role = "enterprise"
column = "CVR"

[[event]]
type = "EmploymentStarted"
when = { "Hændelse" = "Job" }
on = "Dato"
[event.fields]
"job.employment" = { number = ["Sagsnr", "Nr"] }
"job.kind" = { value = "ordinary" }
"job.weekly_minutes" = { column = "Timer", unit = "hours" }
[[event.reference]]
role = "enterprise"
column = "CVR"

[[event]]
type = "MentorCheckedIn"
when = { "Hændelse" = "Samtale" }
on = "Dato"
)";

constexpr std::string_view journal_header = "Sagsnr;Nr;Hændelse;Dato;CVR;Type;Timer\n";

std::string journal_of(std::string_view rows) {
  return std::string(journal_header) + std::string(rows);
}

}  // namespace

SCENARIO("a spreadsheet of people delivered twice, revised, stands as the second alone, and the trail shows what changed") {
  IntakeLedger twice;
  const auto first = twice.delivered(first_delivery, people);
  CHECK(first.rows == 3);
  CHECK(first.added == 5);
  CHECK(first.corrected + first.retracted + first.unchanged == 0);

  const auto again = twice.delivered(first_delivery, people);
  CHECK(again.appended == 0);
  CHECK(again.unchanged == 5);

  const auto second = twice.delivered(second_delivery, people);
  CHECK(second.added == 2);      // R-2's leaving, R-4
  CHECK(second.corrected == 2);  // R-1's leaving, R-2's year of birth
  CHECK(second.retracted == 1);  // R-3's leaving
  CHECK(second.unchanged == 2);

  IntakeLedger alone;
  alone.delivered(second_delivery, people);
  CHECK(twice.stands() == alone.stands());
  CHECK_THAT(alone.stands(), Catch::Contains("2021-02-01 2021-09-30"));
  CHECK(twice.story("roskilde", "R-1") == "Enrolled Left Corrected");
  CHECK(twice.story("roskilde", "R-2") == "Enrolled Corrected Left");
  CHECK(twice.story("roskilde", "R-3") == "Enrolled Left Retracted");
  CHECK(twice.story("roskilde", "R-4") == "Enrolled");

  AND_WHEN("the first delivery comes once more") {
    twice.delivered(first_delivery, people);
    IntakeLedger first_alone;
    first_alone.delivered(first_delivery, people);
    // R-4 is not in it, and it is no whole delivery: nobody said that R-4 was wrong.
    CHECK_THAT(twice.stands(), Catch::Contains("case R-4"));
    CHECK(twice.story("roskilde", "R-3") == "Enrolled Left Retracted Left");
    CHECK_THAT(twice.stands(), Catch::Contains("2021-03-01 2021-04-01"));
  }
}

SCENARIO("a whole delivery retracts the rows that have vanished, and names what a correction replaced") {
  IntakeLedger twice;
  twice.delivered(journal_of("12;0;Start;01-02-2021;;;\n"
                             "12;1;Praktik;01-03-2021;90000015;social;4,5\n"
                             "12;0;Samtale;15-03-2021;;;\n"
                             "13;0;Start;01-02-2021;;;\n"
                             "13;1;Job;01-05-2021;90000023;alm;20\n"
                             "14;0;Start;05-02-2021;;;\n"),
                  journal);
  const std::string revised = journal_of(
      "12;0;Start;01-02-2021;;;\n"
      "12;1;Praktik;01-03-2021;90000023;alm;4,5\n"
      "13;0;Start;01-02-2021;;;\n"
      "13;1;Job;01-05-2021;90000023;alm;37\n"
      "13;2;Job;01-06-2021;90000015;social;5\n");
  const auto dry = twice.deliver(revised, journal, true);
  REQUIRE(dry);
  const std::uint64_t before = twice.events();
  CHECK(dry->appended == 0);

  const auto report = twice.delivered(revised, journal);
  CHECK(report.added == dry->added);
  CHECK(report.corrected == dry->corrected);
  CHECK(report.retracted == dry->retracted);
  CHECK(report.appended == twice.events() - before);
  CHECK(report.retracted == 2);  // the conversation, and participant 14

  IntakeLedger alone;
  alone.delivered(revised, journal);
  CHECK(twice.stands() == alone.stands());
  CHECK(twice.story("roskilde", "14") == "Enrolled Retracted");

  // The placement's correction is found from the enterprise that it no longer names, too.
  const auto subject = intake::stream_of(StreamKind::enterprise, "", "90000015");
  auto cursor = twice.ledger().read_subject(subject);
  REQUIRE(cursor);
  bool superseded = false;
  for (;;) {
    const auto event = cursor->next_event();
    REQUIRE(event);
    if (!*event) break;
    if ((*event)->type() != EventType::corrected) continue;
    for (const auto reference : (*event)->proposal().getReferences()) superseded = superseded || reference.getSuperseded();
  }
  CHECK(superseded);
}

SCENARIO("an enterprise that stands in many rows is recruited once, on the earliest day") {
  IntakeLedger at;
  at.delivered(journal_of("12;0;Start;01-02-2021;;;\n"
                          "12;2;Job;01-05-2021;90000015;social;10\n"
                          "12;1;Praktik;01-03-2021;90 00 00 15;social;4,5\n"),
               journal);
  auto cursor = at.ledger().read_stream(intake::stream_of(StreamKind::enterprise, "", "90000015"));
  REQUIRE(cursor);
  const auto event = cursor->next_event();
  REQUIRE((event && *event));
  CHECK((*event)->valid_from()->text() == "2021-03-01");
  const auto after = cursor->next_event();
  REQUIRE(after);
  CHECK_FALSE(*after);
}

SCENARIO("every mistake of a spreadsheet is named with line and column, and nothing of it is written") {
  IntakeLedger at;
  const auto refused = at.deliver(
      "Sagsnr;Køn;Fødselsår;Status;Ønskede timer;Startdato;Slutdato;Årsag;Bemærkning\n"
      "R-1;Kvinde;1984;inaktiv;7,5;01-02-2021;31-08-2021;job;\n"
      "R-2;Dreng;1990;ledig;37;15-02-2021;;;\n"
      "R-3;Mand;firs;ledig;;31-02-2021;;;\n"
      "R-3;Mand;1980;ledig;;01-03-2021;;;\n"
      "010150-1234;Mand;1980;ledig;;01-03-2021;;;\n"
      ";Mand;1980;ledig;;01-03-2021;;;\n"
      "R-7;Mand;1980;ledig;200;01-03-2021;;;\n",
      people);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == Fault::invalid);
  const std::string& message = refused.error().message;
  CHECK_THAT(message, Catch::Contains("table.csv:3: column 'Køn': 'Dreng' is not in the mapping's values; there are Kvinde, Mand"));
  CHECK_THAT(message, Catch::Contains("table.csv:4: column 'Startdato': '31-02-2021' is not a day"));
  CHECK_THAT(message, Catch::Contains("table.csv:5: line 4 has the same key (R-3)"));
  CHECK_THAT(message, Catch::Contains("table.csv:6: column 'Sagsnr': this looks like a CPR number"));
  CHECK_THAT(message, Catch::Contains("table.csv:7: column 'Sagsnr': this is empty"));
  CHECK_THAT(message, Catch::Contains("table.csv:8: facts.wanted_minutes"));
  CHECK(at.events() == 1);
}

SCENARIO("a file that lacks a column, refers to nobody, or is of an unknown programme is refused, and nothing is written") {
  IntakeLedger at;
  const auto no_column = at.deliver("Sagsnr;Startdato\nR-1;01-02-2021\n", people);
  REQUIRE_FALSE(no_column);
  CHECK_THAT(no_column.error().message, Catch::Contains("there is no column 'Køn', which mapping.toml names"));

  constexpr std::string_view referring = R"([import]
namespace = "work"
programme = "roskilde"
[participant]
column = "Sagsnr"
[[event]]
type = "PlacementStarted"
on = "Dato"
fields = { placement = { number = ["Sagsnr"] }, kind = { value = "loentilskud" } }
[[event.reference]]
role = "enterprise"
column = "CVR"
)";
  const auto nobody = at.deliver("Sagsnr;Dato;CVR\nR-1;01-02-2021;90000015\n", referring);
  REQUIRE_FALSE(nobody);
  CHECK_THAT(nobody.error().message, Catch::StartsWith("table.csv:2: references: enterprise/"));
  const auto no_number = at.deliver("Sagsnr;Dato;CVR\nR-1;01-02-2021;9000\n", referring);
  REQUIRE_FALSE(no_number);
  CHECK_THAT(no_number.error().message, Catch::Contains("table.csv:2: column 'CVR': '9000' is not a CVR number"));

  std::string elsewhere(people);
  elsewhere.replace(elsewhere.find("\"roskilde\""), 10, "\"nowhere\"");
  const auto unknown = at.deliver(first_delivery, elsewhere);
  REQUIRE_FALSE(unknown);
  CHECK_THAT(unknown.error().message, Catch::Contains("nowhere is not known"));
  const auto unmatched = at.deliver(journal_of("12;0;Ferie;01-02-2021;;;\n"), journal);
  REQUIRE_FALSE(unmatched);
  CHECK_THAT(unmatched.error().message, Catch::Contains("no [[event]] of mapping.toml speaks of this row"));
  CHECK(at.events() == 1);
}

SCENARIO("a correction made by hand stays until the file itself says something else") {
  IntakeLedger at;
  at.delivered(first_delivery, people);
  // Somebody corrects R-2's entry in the ledger.
  auto cursor = at.ledger().read_stream(intake::stream_of(StreamKind::participant, "roskilde", "R-2"));
  REQUIRE(cursor);
  const auto entry = cursor->next_event();
  REQUIRE((entry && *entry));
  auto lines =
      at.deliver_lines("{\"type\":\"Corrected\",\"stream\":\"" + (*entry)->stream().text() +
                       "\",\"programme\":\"roskilde\",\"valid_from\":\"2021-02-15\",\"facts\":{\"event\":\"" + (*entry)->id().text() +
                       "\",\"type\":\"Enrolled\",\"body\":{\"birth_year\":1966,\"case_number\":\"R-2\"}}}\n");
  if (!lines) FAIL(lines.error().message);
  CHECK_THAT(at.stands(), Catch::Contains("born 1966"));
  CHECK(at.delivered(first_delivery, people).appended == 0);
  CHECK_THAT(at.stands(), Catch::Contains("born 1966"));
  at.delivered(second_delivery, people);
  CHECK_THAT(at.stands(), Catch::Contains("born 1991"));
}

SCENARIO("JSON lines delivered again repeat nothing, and a line with a correlation id corrects the one before") {
  IntakeLedger at;
  const auto stream = intake::stream_of(StreamKind::participant, "roskilde", "9").text();
  const std::string common = "\"stream\":\"" + stream + "\",\"programme\":\"roskilde\",\"valid_from\":\"2021-02-15\"";
  const std::string keyed = "\"correlation\":\"000102030405060708090a0b0c0d0e0f\"";
  const std::string lines = "{\"type\":\"Enrolled\"," + common + ",\"facts\":{\"birth_year\":1980}}\n\n" + "{\"type\":\"Left\"," + common +
                            "," + keyed + ",\"facts\":{\"reason\":\"job\"}}\n";
  const auto first = at.deliver_lines(lines);
  if (!first) FAIL(first.error().message);
  CHECK(first->added == 2);
  const auto again = at.deliver_lines(lines);
  REQUIRE(again);
  CHECK(again->appended == 0);
  const auto revised = at.deliver_lines("{\"type\":\"Left\"," + common + "," + keyed + ",\"facts\":{\"reason\":\"education\"}}\n");
  REQUIRE(revised);
  CHECK(revised->corrected == 1);
  CHECK(at.story("roskilde", "9") == "Enrolled Left Corrected");

  const auto refused =
      at.deliver_lines(lines + "{\"type\":\"Enrolled\"," + common + ",\"facts\":{\"isced\":12}}\n{\"type\":\"Nothing\"}\n");
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::Contains("events.jsonl:4: facts.isced"));
  CHECK_THAT(refused.error().message, Catch::Contains("events.jsonl:5: "));
  CHECK(at.story("roskilde", "9") == "Enrolled Left Corrected");
}

SCENARIO("the example of a spreadsheet that ships can be followed") {
  std::ifstream file(std::filesystem::path(FODSPOR_SOURCE_DIR) / "server/intake/examples/participants.toml", std::ios::binary);
  REQUIRE(file.good());
  const std::string mapping{std::istreambuf_iterator<char>(file), {}};
  // The rows that it shows in its comment.
  std::string table;
  for (std::size_t at = mapping.find("#   "); at != std::string::npos; at = mapping.find("#   ", at + 1)) {
    const std::string line = mapping.substr(at + 4, mapping.find('\n', at) - at - 4);
    if (line.find(';') != std::string::npos) table += line + "\r\n";
  }
  IntakeLedger at;
  const auto report = at.delivered(table, mapping);
  CHECK(report.rows == 1);
  CHECK(report.added == 5);
  CHECK(at.story("roskilde", "R-17") == "Enrolled Completed Left EmploymentStarted");
  CHECK_THAT(at.stands(), Catch::Contains(" work 2021-09-01 - 750 at "));
}
