#include <catch2/catch.hpp>

#include "server/intake/cells.h"
#include "server/intake/personal.h"
#include "server/intake/table.h"

using namespace fodspor::events;
using namespace fodspor::server::intake;

namespace {

Table table_of(std::string_view bytes, const TableOptions& options = {}) {
  auto table = read_table(bytes, "t.csv", options);
  if (!table) FAIL(table.error().message);
  return *std::move(table);
}

std::string refusal_of(std::string_view bytes, const TableOptions& options = {}) {
  const auto table = read_table(bytes, "t.csv", options);
  REQUIRE_FALSE(table);
  CHECK(table.error().fault == Fault::invalid);
  return table.error().message;
}

}  // namespace

SCENARIO("a spreadsheet is read the same, however it was saved") {
  const std::vector<std::string> header{"Sagsnr", "Sted", "Timer"};
  const std::vector<std::string> first{"12", "Køge; havnen", "7,5"};
  for (const std::string& bytes :
       {std::string("Sagsnr;Sted;Timer\n12;\"Køge; havnen\";7,5\n"), std::string("Sagsnr;Sted;Timer\r\n12;\"Køge; havnen\";7,5\r\n"),
        std::string("\xef\xbb\xbfSagsnr;Sted;Timer\r\n12;\"Køge; havnen\";7,5"),
        std::string("Sagsnr;Sted;Timer\r\n12;\"K\xf8ge; havnen\";7,5\r\n"), std::string("Sagsnr\tSted\tTimer\n12\tKøge; havnen\t7,5\n"),
        std::string("Sagsnr,Sted,Timer\n12,Køge; havnen,\"7,5\"\n"),
        std::string("\n Sagsnr ;Sted;Timer;;\n\n12;\"Køge; havnen\";7,5;;\n;;;;\n")}) {
    CAPTURE(bytes);
    const Table table = table_of(bytes);
    CHECK(table.header == header);
    REQUIRE(table.rows.size() == 1);
    CHECK(table.rows[0].cells == first);
  }
}

SCENARIO("quoted cells keep quotes, separators and line ends, and lines are counted through them") {
  const Table table = table_of("a;b\n\"x\"\"y\";\"two\nlines\"\n1;2\n");
  REQUIRE(table.rows.size() == 2);
  CHECK(table.rows[0].cells == std::vector<std::string>{"x\"y", "two\nlines"});
  CHECK(table.rows[0].line == 2);
  CHECK(table.rows[1].line == 4);
}

SCENARIO("what is no table is refused with its line") {
  CHECK_THAT(refusal_of(""), Catch::Contains("t.csv:1: the file is empty"));
  CHECK_THAT(refusal_of("a;b\n1;2\n3\n"), Catch::StartsWith("t.csv:3: this row has 1 cells"));
  CHECK_THAT(refusal_of("a;b\n1;\"2\n3;4\n"), Catch::StartsWith("t.csv:2: a quote is opened"));
  CHECK_THAT(refusal_of("a;b\n1;\"2\"x\n"), Catch::StartsWith("t.csv:2: something stands between"));
  CHECK_THAT(refusal_of("a;a\n"), Catch::Contains("two columns are named 'a'"));
  CHECK_THAT(refusal_of("a;;b\n"), Catch::Contains("column 2 has no name"));
  CHECK_THAT(refusal_of(std::string("a;b\n1;\0\n", 8)), Catch::StartsWith("t.csv:2: a zero byte"));
  CHECK_THAT(refusal_of("\xff\xfe"
                        "a"),
             Catch::Contains("UTF-16"));
  CHECK_THAT(refusal_of("a;b\n1;\x81\n"), Catch::StartsWith("t.csv:2: this line is neither"));
  CHECK_THAT(refusal_of("a;b\n1;K\xf8ge\n", {Encoding::utf8, ';'}), Catch::StartsWith("t.csv:2: this line is not UTF-8"));
}

SCENARIO("days are read as people write them, and never guessed") {
  for (const char* text : {"31-03-2021", "31.03.2021", "31/3/2021", "2021-03-31", " 31-03-2021 00:00 ", "2021-03-31T00:00:00"}) {
    CAPTURE(text);
    const auto day = parse_day(text);
    REQUIRE(day);
    CHECK(day->text() == "2021-03-31");
  }
  for (const char* text :
       {"31-02-2021", "03-31-2021", "31-03-21", "31-03.2021", "2021-3-31", "20210331", "44286", "31-03-2021 12:30", "", "x"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_day(text));
  }
}

SCENARIO("numbers follow the decimal sign that was said") {
  CHECK(parse_decimal("0,33", ',').value() == 330'000);
  CHECK(parse_decimal("1.234,5", ',').value() == 1'234'500'000);
  CHECK(parse_decimal("1,234.5", '.').value() == 1'234'500'000);
  CHECK(parse_decimal("37", ',').value() == 37'000'000);
  CHECK(parse_hours("7,5", ',').value() == 450);
  CHECK(parse_hours("0,33", ',').value() == 20);
  for (const char* text : {"", "1,2,3", "1.2", "12.34,5", "-1", "1e3", ",5", "5,", "1.2345", "0,1234567", "x"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_decimal(text, ','));
  }
}

SCENARIO("what looks like a CPR number is recognised, replacement numbers too, and other numbers are not") {
  for (const char* text : {"0101501234", "010150-1234", "311299 1234", "6101501234", "9112991234"}) {
    CAPTURE(text);
    CHECK(looks_like_cpr(text));
  }
  for (const char* text : {"12345678", "0001501234", "0113501234", "3201501234", "01015012345", "010150123", "A-010150", "1001-50-1234"}) {
    CAPTURE(text);
    CHECK_FALSE(looks_like_cpr(text));
  }
  CHECK(names_something_personal("CPR-nr."));
  CHECK(names_something_personal("Navn"));
  CHECK_FALSE(names_something_personal("Forløbsnavn"));
}
