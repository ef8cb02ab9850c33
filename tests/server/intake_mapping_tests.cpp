#include <catch2/catch.hpp>

#include "server/intake/mapping.h"

using namespace fodspor::events;
using namespace fodspor::server::intake;

namespace {

std::string refusal_of(std::string_view toml) {
  const auto mapping = Mapping::read(toml, "m.toml");
  REQUIRE_FALSE(mapping);
  CHECK(mapping.error().fault == Fault::invalid);
  return mapping.error().message;
}

constexpr std::string_view head = R"([import]
namespace = "people"
programme = "roskilde"
[participant]
column = "Sagsnr"
)";

std::string with_head(std::string_view rest) {
  return std::string(head) + std::string(rest);
}

}  // namespace

SCENARIO("a mapping's mistakes are named with line, column and key, all at once") {
  const std::string message = refusal_of(with_head(R"([[event]]
type = "Enroled"
on = "Start"

[[event]]
type = "Enrolled"
on = "Start"
[event.fields]
gendre = "Køn"
gender = { column = "Køn", values = { K = "woman" } }
isced = { column = "Udd", unit = "hours" }
)"));
  CHECK_THAT(message, Catch::Contains("m.toml:7:8: event[1].type: there is no event 'Enroled'"));
  CHECK_THAT(message, Catch::Contains("m.toml:14:10: event[2].fields.gendre: Enrolled has no field 'gendre'; it has"));
  CHECK_THAT(message, Catch::Contains("event[2].fields.gender.values.K: 'woman' is none of female, male, other"));
  CHECK_THAT(message, Catch::Contains("event[2].fields.isced.unit: only fields in minutes have a unit"));
  CHECK(std::count(message.begin(), message.end(), '\n') == 3);
}

SCENARIO("a mapping that leaves something out, or says too much, is refused") {
  CHECK_THAT(refusal_of(""), Catch::Contains("write [import]"));
  CHECK_THAT(refusal_of("[import\n"), Catch::StartsWith("m.toml:1:"));
  CHECK_THAT(refusal_of("[import]\nnøgle = 1\n"), Catch::Contains("m.toml:2:") && Catch::Contains("stands in quotes"));
  CHECK_THAT(refusal_of(head), Catch::Contains("no [[event]] says what a row means"));
  CHECK_THAT(refusal_of(with_head("[[event]]\ntype = \"Enrolled\"\n")), Catch::Contains("event[1].on: this is missing"));
  CHECK_THAT(refusal_of(with_head("[[event]]\ntype = \"Corrected\"\non = \"Start\"\n")), Catch::Contains("is the ledger's own"));
  CHECK_THAT(refusal_of(with_head("[[event]]\ntype = \"EnterpriseRecruited\"\non = \"Start\"\n")),
             Catch::Contains("does not stand in the history of a participant"));
  CHECK_THAT(refusal_of(with_head("[[event]]\ntype = \"Left\"\non = \"Slut\"\nwhen = \"x\"\n")),
             Catch::Contains("event[1].when: a table should stand here"));
  CHECK_THAT(refusal_of(with_head("[[event]]\ntype = \"Left\"\non = \"Slut\"\nfield = { }\n")),
             Catch::Contains("m.toml:9:1: event[1].field: there is no such key here"));
  CHECK_THAT(refusal_of(with_head("[[event]]\ntype = \"EmploymentStarted\"\non = \"Start\"\nfields = { job = \"Job\" }\n")),
             Catch::Contains("\"job.kind\""));
}

SCENARIO("a mapping with personal columns is refused in a sentence that says why") {
  const std::string event = "[[event]]\ntype = \"Enrolled\"\non = \"Start\"\n";
  CHECK_THAT(refusal_of(with_head(event + "[personal]\nname = \"Borger\"\n")),
             Catch::Contains("nothing personal may enter the log in the clear"));
  CHECK_THAT(refusal_of(with_head(event + "[event.fields]\ncase_number = \"CPR-nr\"\n")), Catch::Contains("column 'CPR-nr' is a person's"));
}

SCENARIO("a wide mapping says what each series of columns is") {
  constexpr std::string_view wide = R"([import]
namespace = "register"
format = "wide"
programme = "roskilde"
[participant]
column = "id"
[[series]]
name = "weeks"
first = "u1"
last = "u9"
starts = 2021-01-04
every = "1 week"
[series.codes]
111 = { status = "unemployed", benefit = "dagpenge" }
)";
  REQUIRE(Mapping::read(wide, "m.toml"));
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string text(wide);
    text.replace(text.find(from), from.size(), to);
    return refusal_of(text);
  };
  CHECK_THAT(changed("2021-01-04", "\"2021-01-04\""), Catch::Contains("series[1].starts: a day should stand here"));
  CHECK_THAT(changed("1 week", "weekly"), Catch::Contains("series[1].every: write how long"));
  CHECK_THAT(changed("unemployed", "jobless"), Catch::Contains("m.toml:14:18: series[1].codes.111.status: 'jobless' is none of"));
  CHECK_THAT(changed("status = \"unemployed\", benefit = \"dagpenge\"", ""), Catch::Contains("write status, benefit or participation"));
  CHECK_THAT(changed("[participant]\ncolumn = \"id\"\n", ""), Catch::Contains("[participant]"));
}
