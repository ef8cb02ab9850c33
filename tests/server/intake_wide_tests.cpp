// Generated register tables, weekly benefits and monthly hours, delivered twice; and real input, where it is there.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>

#include "projections/measure.h"
#include "projections/subjects.h"
#include "tests/server/intake_fixture.h"

using namespace fodspor::tests;
namespace projections = fodspor::projections;

namespace {

constexpr std::string_view register_mapping = R"([import]
namespace = "register"
format = "wide"
programme = "roskilde"
source = "register"

[participant]
column = "id"

[[series]]
name = "benefit"
first = "w1"
last = "w26"
starts = 2021-01-04
every = "1 week"
covers = ["status", "benefit"]
[series.codes]
111 = { status = "unemployed", benefit = "dagpenge" }
130 = { status = "unemployed", benefit = "kontanthjaelp_job_ready" }
870 = { participation = true, benefit = "ressourceforloeb" }
0 = { status = "employed", benefit = "none" }
"-" = { missing = true }

[[series]]
name = "hours"
cells = "hours"
first = "m1"
last = "m6"
starts = 2021-01-01
every = "1 month"
covers = ["hours", "employment"]

[enrolled]
case_number = "id"
)";

struct Register {
  std::vector<std::vector<std::string>> rows;  // id, 26 weeks, 6 months

  std::string text() const {
    std::string csv = "id";
    for (int week = 1; week <= 26; ++week) csv += ";w" + std::to_string(week);
    for (int month = 1; month <= 6; ++month) csv += ";m" + std::to_string(month);
    csv += "\r\n";
    for (const auto& row : rows) {
      for (std::size_t i = 0; i < row.size(); ++i) csv += (i == 0 ? "" : ";") + row[i];
      csv += "\r\n";
    }
    return csv;
  }
};

std::string random_code(std::mt19937& random) {
  constexpr const char* codes[] = {"111", "130", "870", "0", "-", ""};
  return codes[random() % std::size(codes)];
}
std::string random_hours(std::mt19937& random) {
  if (random() % 5 == 0) return "";
  return std::to_string(random() % 150) + (random() % 2 == 0 ? ",5" : "");
}

Register random_register(std::mt19937& random, int people) {
  Register table;
  for (int person = 0; person < people; ++person) {
    std::vector<std::string> row{"p" + std::to_string(person)};
    std::string code = random_code(random);
    for (int week = 0; week < 26; ++week) {
      if (random() % 5 == 0) code = random_code(random);
      row.push_back(code);
    }
    for (int month = 0; month < 6; ++month) row.push_back(random_hours(random));
    table.rows.push_back(std::move(row));
  }
  return table;
}

// What a register does to its own past: some cells are other ones now, and somebody has come in.
Register revised(Register table, std::mt19937& random) {
  for (auto& row : table.rows) {
    for (std::size_t i = 1; i < row.size(); ++i) {
      if (random() % 12 == 0) row[i] = i <= 26 ? random_code(random) : random_hours(random);
    }
  }
  table.rows.push_back(random_register(random, 1).rows[0]);
  table.rows.back()[0] = "new";
  return table;
}

std::filesystem::path mvad_file() {
  if (const char* named = std::getenv("FODSPOR_MVAD")) return named;
  return std::filesystem::path(FODSPOR_SOURCE_DIR) / ".." / "shared" / "data" / "mvad.csv";
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

SCENARIO("a register table delivered twice, revised, stands as the second alone, whatever it changed") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  for (unsigned round = 0; round < 8; ++round) {
    std::mt19937 random(seed + round);
    CAPTURE(round);
    const Register first = random_register(random, 6);
    const Register second = revised(first, random);
    IntakeLedger twice;
    const auto loaded = twice.delivered(first.text(), register_mapping);
    CHECK(loaded.rows == 6);
    CHECK(twice.delivered(first.text(), register_mapping).appended == 0);
    const auto changed = twice.delivered(second.text(), register_mapping);
    CHECK(changed.corrected + changed.retracted > 0);
    IntakeLedger alone;
    alone.delivered(second.text(), register_mapping);
    REQUIRE(twice.stands() == alone.stands());
    // Back and forth: what was retracted comes again as new events, and nothing is taken for a repetition.
    twice.delivered(first.text(), register_mapping);
    const auto once_more = twice.delivered(second.text(), register_mapping);
    REQUIRE(twice.stands() == alone.stands());
    CHECK(once_more.rows == 7);
  }
}

SCENARIO("runs of equal codes are spells, a gap is not an end, and only what was observed is covered") {
  Register table;
  std::vector<std::string> row{"7"};
  for (int week = 1; week <= 26; ++week)
    row.push_back(week <= 4 ? "111" : week <= 10 ? "870" : week <= 12 ? "0" : week <= 20 ? "-" : "870");
  for (const char* hours : {"", "10", "37,5", "0", "", ""}) row.emplace_back(hours);
  table.rows.push_back(row);
  IntakeLedger at;
  at.delivered(table.text(), register_mapping);
  const std::string stands = at.stands();
  CAPTURE(stands);
  // Four weeks from 4 January; the resource course for six, then work for two; from week 21 again, without an end.
  CHECK_THAT(stands, Catch::Contains(" saw 2021-01-04 2021-02-01 1 2 - 111"));
  CHECK_THAT(stands, Catch::Contains(" saw 2021-02-01 2021-03-15 - 9 - 870"));
  CHECK_THAT(stands, Catch::Contains(" saw 2021-03-15 2021-03-29 3 1 - 0"));
  CHECK_THAT(stands, Catch::Contains(" saw 2021-02-01 2021-03-01 - - 600 "));
  CHECK_THAT(stands, Catch::Contains(" saw 2021-03-01 2021-04-01 - - 2250 "));
  CHECK_THAT(stands, Catch::Contains(" saw 2021-04-01 2021-05-01 - - 0 "));
  CHECK_THAT(stands, Catch::Contains(" covered 2021-01-04 2021-03-29 2 "));
  CHECK_THAT(stands, Catch::Contains(" covered 2021-05-24 2021-07-05 2 "));
  CHECK_THAT(stands, Catch::Contains(" covered 2021-02-01 2021-05-01 2 "));
  CHECK(at.story("roskilde", "7") ==
        "Enrolled Left Enrolled StatusObserved StatusObserved StatusObserved StatusObserved "
        "StatusObserved StatusObserved StatusObserved");
}

SCENARIO("an unknown code is named with its line and column, and nothing is written") {
  Register table;
  std::vector<std::string> row{"7"};
  for (int week = 1; week <= 26; ++week) row.push_back(week == 3 ? "999" : "111");
  for (int month = 1; month <= 6; ++month) row.push_back(month == 2 ? "ti" : "10");
  table.rows.push_back(row);
  table.rows.push_back(row);
  IntakeLedger at;
  const auto refused = at.deliver(table.text(), register_mapping);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message,
             Catch::Contains("table.csv:2: column 'w3': '999' is not a code of series benefit; there are -, 0, 111, 130, 870"));
  CHECK_THAT(refused.error().message, Catch::Contains("table.csv:2: column 'm2': 'ti' is not a number with a decimal comma"));
  CHECK_THAT(refused.error().message, Catch::Contains("table.csv:3: column 'id': line 2 is of the same person (7)"));
  CHECK(at.events() == 1);
}

SCENARIO("the mvad register gives the figures that a few lines over its cells give") {
  const auto file = mvad_file();
  if (!std::filesystem::exists(file)) {
    WARN("skipped: " << file << " is not there; FODSPOR_MVAD=FILE names it");
    return;
  }
  const std::string table = content_of(file);
  const std::string mapping = content_of(std::filesystem::path(FODSPOR_SOURCE_DIR) / "server/intake/examples/mvad.toml");
  IntakeLedger at("mvad");
  const auto report = at.delivered(table, mapping);
  CHECK(report.rows == 712);

  // By hand: of those whose first training spell ended, how many are employed six months after; past June 1999 nobody knows.
  std::uint64_t denominator = 0, numerator = 0, unknown = 0, spells = 0;
  std::istringstream lines(table);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::vector<std::string> states;
    std::istringstream cells(line);
    std::string cell;
    for (int column = 1; std::getline(cells, cell, ','); ++column) {
      if (column >= 15) states.push_back(cell.substr(1, cell.find('"', 1) - 1));
    }
    REQUIRE(states.size() == 72);
    for (std::size_t month = 0; month < 72; ++month)
      spells += states[month] == "training" && (month == 0 || states[month - 1] != "training");
    std::size_t month = 0;
    while (month < 72 && states[month] != "training") ++month;
    while (month < 72 && states[month] == "training") ++month;
    if (month == 72) continue;
    ++denominator;
    if (month + 6 >= 72) {
      ++unknown;
    } else if (states[month + 6] == "employment") {
      ++numerator;
    }
  }
  // What anybody gets from the file: awk, R, or these lines.
  REQUIRE(denominator == 251);
  REQUIRE(numerator == 177);
  REQUIRE(unknown == 3);
  REQUIRE(spells == 299);

  const auto definition = projections::Library::shipped().find("example.mvad_6m");
  REQUIRE(definition);
  const auto measure = projections::Measure::compile(*definition);
  if (!measure) FAIL(measure.error().message);
  projections::Figure figure;
  projections::ScanOptions options;
  options.scratch = std::filesystem::temp_directory_path();
  const auto programme = ProgrammeId::parse("mvad");
  REQUIRE(programme);
  std::vector<projections::Verdict> verdicts;
  const auto scanned = projections::for_each_subject(at.ledger(), options, [&](const projections::Subject& subject) -> Status {
    verdicts.clear();
    measure->apply(subject, *programme, verdicts);
    figure.add(verdicts, measure->steps().size());
    return {};
  });
  if (!scanned) FAIL(scanned.error().message);
  CHECK(figure.denominator == denominator);
  CHECK(figure.numerator == numerator);
  CHECK(figure.unknown == unknown);

  CHECK(at.delivered(table, mapping).appended == 0);
}
