// Tables, CSV, JSON and numbers: what people and programs see of the same cells.
#include <catch2/catch.hpp>

#include "server/cli/report.h"
#include "server/cli/table.h"

using namespace fodspor::server;

namespace {

Table example() {
  Table table({{"who", {"who", "hvem"}},
               {"what", {"what counts", "hvad der tæller"}, Column::Align::left, true},
               {"figure", {"figure", "tal"}, Column::Align::right},
               {"hash", {"hash", "hash"}, Column::Align::left, false, Column::For::programs}});
  table.add({Cell::text("Øst"), Cell::text("citizens who complete the course and stay in touch with a mentor"), Cell::number(13'940'281),
             Cell::text("ab,c")});
  table.add({Cell::text("Å"), Cell::text("x"), Cell::share(31, 120), Cell()});
  return table;
}

int widest_line(const std::string& text) {
  int widest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    widest = std::max(widest, width(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
  return widest;
}

}  // namespace

SCENARIO("numbers read as each language writes them") {
  REQUIRE(grouped(13'940'281, Language::english) == "13,940,281");
  REQUIRE(grouped(13'940'281, Language::danish) == "13.940.281");
  REQUIRE(grouped(-1'000, Language::english) == "-1,000");
  REQUIRE(grouped(999, Language::english) == "999");
  REQUIRE(percent(31, 120, Language::english) == "25.8 %");
  REQUIRE(percent(31, 120, Language::danish) == "25,8 %");
  REQUIRE(percent(1, 16, Language::english) == "6.3 %");
  REQUIRE(percent(0, 0, Language::english) == "–");
  REQUIRE(decimal(1'590'000, Language::danish) == "1,59");
  REQUIRE(decimal(-500'000, Language::english) == "-0.5");
  REQUIRE(decimal(120'000'000, Language::english) == "120");
}

SCENARIO("Danish letters take one column, so columns stay aligned") {
  REQUIRE(width("Øst") == 3);
  REQUIRE(width("ae\u0301") == 2);
  REQUIRE(width("漢字") == 4);
  const std::string text = example().text({Language::danish, 100, false});
  REQUIRE(text ==
          "hvem  hvad der tæller                                                          tal\n"
          "────  ────────────────────────────────────────────────────────────────  ──────────\n"
          "Øst   citizens who complete the course and stay in touch with a mentor  13.940.281\n"
          "Å     x                                                                     25,8 %\n");
}

SCENARIO("a table that is too wide breaks its longest text between words and fits the screen") {
  for (const int columns : {80, 60, 44}) {
    const std::string text = example().text({Language::english, columns, false});
    CAPTURE(columns, text);
    REQUIRE(widest_line(text) <= columns);
    REQUIRE(text.find("mentor") != std::string::npos);
  }
}

SCENARIO("text that cannot be broken between words is cut between characters") {
  REQUIRE(wrapped("ææææææ", 4) == std::vector<std::string>{"ææææ", "ææ"});
  REQUIRE(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  REQUIRE(wrapped("", 5) == std::vector<std::string>{""});
}

SCENARIO("CSV is RFC 4180, with numbers as programs write them") {
  REQUIRE(example().csv() ==
          "who,what,figure,hash\r\n"
          "Øst,citizens who complete the course and stay in touch with a mentor,13940281,\"ab,c\"\r\n"
          "Å,x,0.258333,\r\n");
  REQUIRE(csv_field("say \"no\"") == "\"say \"\"no\"\"\"");
  REQUIRE(csv_field("two\nlines") == "\"two\nlines\"");
}

SCENARIO("JSON is one canonical document with sorted keys and no fractions") {
  Report report("Title", "Titel");
  report.answered_at(fodspor::events::Position{7});
  report.fact("name", {"Name", "Navn"}, Cell::text("a \"quote\"\n"));
  Table& table = report.table("rows", Words{}, {{"b", {"b", "b"}}, {"a", {"a", "a"}}});
  table.add({Cell::share(1, 3), Cell()});
  REQUIRE(report.document().text() == R"({"name":"a \"quote\"\n","position":7,"rows":[{"a":null,"b":"0.333333"}]})");
}

SCENARIO("rows of one kind under several headings are one list for programs") {
  Report report;
  const std::vector<Column> columns{{"x", {"x", "x"}}};
  report.table("rows", {"First", "Første"}, columns).add({Cell::number(1)});
  report.table("rows", {"Second", "Anden"}, columns).add({Cell::number(2)});
  REQUIRE(report.csv() == "x\r\n1\r\n2\r\n");
  REQUIRE(report.document().text() == R"({"rows":[{"x":1},{"x":2}]})");
  REQUIRE(report.text({}) == "First\nx\n─\n1\n\nSecond\nx\n─\n2\n");
}

SCENARIO("CSV gives every table of an answer, each with its own head and an empty line before the next") {
  Report report;
  report.table("rows", {"First", "Første"}, {{"x", {"x", "x"}}}).add({Cell::number(1)});
  report.table("others", {"Others", "Andre"}, {{"y", {"y", "y"}}, {"z", {"z", "z"}}}).add({Cell::number(2), Cell::text("a,b")});
  report.table("rows", {"Third", "Tredje"}, {{"x", {"x", "x"}}}).add({Cell::number(3)});
  report.table("rows", {"Broken down", "Opdelt"}, {{"x", {"x", "x"}}, {"by", {"by", "ved"}}}).add({Cell::number(4), Cell::text("w")});
  report.table("none", {"None", "Ingen"}, {{"q", {"q", "q"}}});
  REQUIRE(report.csv() == "x\r\n1\r\n3\r\n\r\ny,z\r\n2,\"a,b\"\r\n\r\nx,by\r\n4,w\r\n\r\nq\r\n");
}

SCENARIO("a terminal gets colours, anything else does not") {
  REQUIRE(toned("met", Tone::good, true) == "\x1b[32mmet\x1b[0m");
  REQUIRE(toned("met", Tone::good, false) == "met");
}
