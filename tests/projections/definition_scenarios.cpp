#include <fmt/core.h>
#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <set>

#include "projections/definition_tree.h"
#include "tests/projections/measure_world.h"

using namespace fodspor::tests;

namespace {

std::string hex(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return out;
}

constexpr std::string_view plain = R"([definition]
id = "test.plain"
version = "1.0.0"
unit = "participation"

[[population.step]]
id = "has_left"
anchor = "exit"

[outcome]
anchor = "exit"
in = ["entry", "entry + 6 months"]
)";

}  // namespace

SCENARIO("every definition that ships can be read, compiled and named in both languages") {
  std::size_t count = 0;
  for (const auto& [file, toml] : shipped_definitions()) {
    INFO(file);
    ++count;
    const std::string_view id = file.substr(0, file.size() - std::string_view(".toml").size());
    const auto definition = shipped().find(id);
    REQUIRE(definition);
    CHECK(definition->toml() == toml);
    CHECK_FALSE(definition->title().en.empty());
    CHECK_FALSE(definition->title().da.empty());
    CHECK(definition->hash().size() == 32);
    CHECK(Measure::compile(*definition));
  }
  CHECK(count == shipped().all().size());
}

SCENARIO("every target of the four programmes is read by a definition, in each of its readings") {
  for (const std::string_view id : {"roskilde.r1",
                                    "roskilde.r1.after",
                                    "roskilde.r2",
                                    "roskilde.r3",
                                    "roskilde.r4",
                                    "roskilde.r4.after",
                                    "roskilde.r5",
                                    "roskilde.r6",
                                    "roskilde.r7",
                                    "roskilde.r8",
                                    "roskilde.r9",
                                    "roskilde.84.additional",
                                    "roskilde.84.from_seekers",
                                    "roskilde.84.retained",
                                    "roskilde.84.programme_clock",
                                    "roskilde.r10",
                                    "roskilde.r10.before_grant",
                                    "roskilde.mentor_kept",
                                    "kalundborg.k1",
                                    "kalundborg.k2",
                                    "kalundborg.k3",
                                    "kalundborg.k4",
                                    "kalundborg.30pct",
                                    "kalundborg.31",
                                    "kalundborg.own_broker",
                                    "esbjerg.e1",
                                    "esbjerg.e2",
                                    "esbjerg.e3",
                                    "esbjerg.e4",
                                    "esbjerg.40_6m.retained",
                                    "lf.l1",
                                    "lf.l2",
                                    "lf.l3",
                                    "lf.l4",
                                    "lf.l4.any",
                                    "lf.850.took_part",
                                    "lf.850.placed",
                                    "lf.850.outcome",
                                    "lf.550",
                                    "vive.attachment",
                                    "jobindsats.m1",
                                    "jobindsats.m3",
                                    "jobindsats.m6",
                                    "jobindsats.m12",
                                    "esf.cr01",
                                    "esf.cr02",
                                    "esf.cr03",
                                    "esf.cr04",
                                    "esf.cr05",
                                    "esf.cr06",
                                    "esf.cr07",
                                    "esf.cr08",
                                    "esf.cr09",
                                    "base.completers",
                                    "alt.sustained_ordinary",
                                    "alt.stepping_stone",
                                    "alt.all_enrolled",
                                    "alt.bounds",
                                    "alt.hours_growth",
                                    "example.mvad_6m"}) {
    INFO(id);
    CHECK(shipped().find(id));
  }
}

SCENARIO("a definition's hash is of what it means, and never changes") {
  Library library;
  const auto definition = library.add(plain, "plain.toml");
  REQUIRE(definition);
  // Golden: figures that were signed with this hash must be found again by it.
  CHECK(hex(definition->hash()) == "56e02f701af66b1a3d8263af265deff76e1a9d75dd838bedbfdf72a9aeff31c6");

  GIVEN("the same with comments, other spacing and another order of keys") {
    const auto again = Library().add(
        "# a comment\n[outcome]\nin = [ \"entry\",\n  \"entry + 6 months\" ]\nanchor = 'exit'\n[definition]\nunit = \"participation\"\n"
        "version = \"1.0.0\"\nid = \"test.plain\"\n[[population.step]]\nanchor = \"exit\"\nid = \"has_left\"\n",
        "other.toml");
    REQUIRE(again);
    THEN("it is the same definition") {
      CHECK(again->hash() == definition->hash());
    }
  }
  GIVEN("another length") {
    std::string other(plain);
    other.replace(other.find("6 months"), 8, "7 months");
    THEN("it is another, and the version that stands is not overwritten") {
      CHECK(Library().add(other, "other.toml")->hash() != definition->hash());
      const auto refused = library.add(other, "other.toml");
      REQUIRE_FALSE(refused);
      CHECK(refused.error().fault == Fault::invalid);
      CHECK(
          refused.error().message.starts_with("other.toml:3:11: definition.version: test.plain@1.0.0 is already there with other content"));
      CHECK(library.find("test.plain")->hash() == definition->hash());
    }
  }
  THEN("adding it again changes nothing") {
    CHECK(library.add(plain, "again.toml")->hash() == definition->hash());
    CHECK(library.all().size() == 1);
  }
}

SCENARIO("a definition that extends another builds on that one's content, by hash") {
  const auto with_parent = [](std::string_view months) {
    std::string parent(plain);
    parent.replace(parent.find("6 months"), 8, months);
    Library library;
    REQUIRE(library.add(parent, "parent.toml"));
    const auto child = library.add(
        "[definition]\nid = \"test.child\"\nversion = \"1.0.0\"\nextends = \"test.plain@1.0.0\"\n"
        "[[population.step]]\nid = \"women\"\nattribute = { at = \"entry\", field = \"gender\", in = [\"female\"] }\n",
        "child.toml");
    REQUIRE(child);
    return *child;
  };
  const Definition child = with_parent("6 months");
  CHECK(child.hash() != with_parent("7 months").hash());
  const auto measure = Measure::compile(child);
  REQUIRE(measure);
  CHECK(measure->steps() == std::vector<std::string>{"has_left", "women"});
  CHECK(child.title().en.empty());
  CHECK(child.unit() == Unit::participation);

  THEN("what it says itself replaces the parent's of the same name") {
    Library library;
    REQUIRE(library.add(plain, "parent.toml"));
    const auto replaced = library.add(
        "[definition]\nid = \"test.child\"\nversion = \"1.0.0\"\nextends = \"test.plain@1.0.0\"\n"
        "[[population.step]]\nid = \"has_left\"\nanchor = \"completion\"\n",
        "child.toml");
    REQUIRE(replaced);
    REQUIRE(replaced->tree().steps.size() == 1);
    CHECK(replaced->tree().anchors[replaced->tree().steps[0].anchor].name == "completion");
  }
}

SCENARIO("definitions are added in whatever order they refer to each other, and never in a circle") {
  const std::string a = "[definition]\nid = \"a\"\nversion = \"1.0.0\"\nunit = \"participation\"\n[outcome]\ndefinition = \"b@1.0.0\"\n";
  const std::string b = "[definition]\nid = \"b\"\nversion = \"1.0.0\"\nunit = \"participation\"\n[outcome]\nanchor = \"exit\"\n";
  Library library;
  const std::pair<std::string_view, std::string_view> files[] = {{"a.toml", a}, {"b.toml", b}};
  REQUIRE(library.add_all(files));
  CHECK(library.all().size() == 2);

  const std::string circular =
      "[definition]\nid = \"b\"\nversion = \"1.0.0\"\nunit = \"participation\"\n[outcome]\ndefinition = \"a@1.0.0\"\n";
  const std::pair<std::string_view, std::string_view> circle[] = {{"a.toml", a}, {"b.toml", circular}};
  Library other;
  const auto refused = other.add_all(circle);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "a.toml:1:1: definition: these refer to each other in a circle: a@1.0.0, b@1.0.0");
  CHECK(other.all().empty());
}

SCENARIO("without a version the highest is found, by number and not by letter") {
  Library library;
  for (const std::string_view version : {"1.9.0", "1.10.0", "1.2.0"}) {
    std::string text(plain);
    text.replace(text.find("1.0.0"), 5, version);
    REQUIRE(library.add(text, "plain.toml"));
  }
  CHECK(library.find("test.plain")->version() == "1.10.0");
  CHECK(library.find("test.plain", "1.2.0")->version() == "1.2.0");
  CHECK(library.all().back().version() == "1.10.0");
  CHECK(library.find("test.plan").error().fault == Fault::not_found);
}

SCENARIO("a parameter takes what its default is, and forbidden combinations are refused") {
  const auto definition = shipped().find("alt.sustained_ordinary");
  REQUIRE(definition);
  CHECK(definition->breakdown() == std::vector<std::string>{"programme", "benefit_at_entry", "gender"});
  CHECK(definition->min_cell() == 5);
  REQUIRE(definition->tree().parameters.size() == 5);
  CHECK(definition->tree().parameters[0].name == "clock");
  CHECK(definition->tree().parameters[0].sweep.size() == 3);
  CHECK(Measure::compile(*definition, {{"hours", "37"}, {"clock", "programme_end"}, {"hold", "26 weeks"}}));
  const auto refusal = [&](const Measure::Parameters& parameters) {
    const auto measure = Measure::compile(*definition, parameters);
    REQUIRE_FALSE(measure);
    CHECK(measure.error().fault == Fault::invalid);
    return measure.error().message;
  };
  CHECK(refusal({{"hous", "10"}}) == "there is no parameter 'hous'; did you mean 'hours'?");
  CHECK(refusal({{"hours", "ten"}}) == "parameter hours: 'ten' is not a number, as its default '10' is");
  CHECK(refusal({{"hold", "13"}}) == "parameter hold: '13' is not a length of time such as '13 weeks', as its default '13 weeks' is");
  CHECK(refusal({{"hold", "52 weeks"}}).find("this combination is forbidden: hold > within") != std::string::npos);
  CHECK(refusal({{"clock", "exits"}}).find("did you mean 'exit'?") != std::string::npos);
  CHECK(refusal({{"hours", "200"}}).find("a week has 168 hours") != std::string::npos);
}

SCENARIO("definitions approved in a ledger are found there, and a text that is not what was approved is refused") {
  Context context;
  Library library;
  const auto hash = library.add(plain, "plain.toml")->hash();
  context.definitions[{"test.plain", "1.0.0"}] = {"test.plain", "1.0.0", std::string(plain), hash, {}};
  Library empty;
  REQUIRE(empty.add_approved(context));
  CHECK(empty.find("test.plain")->hash() == hash);

  context.definitions[{"test.plain", "1.0.0"}].hash = std::string(32, 'x');
  Library other;
  const auto refused = other.add_approved(context);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == Fault::corrupt);
}

SCENARIO("what the README of the definitions shows can be read") {
  std::ifstream file(FODSPOR_SOURCE_DIR "/projections/definitions/README.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::string> blocks;
  for (std::size_t at = text.find("```toml\n"); at != std::string::npos; at = text.find("```toml\n", at)) {
    at += 8;
    blocks.push_back(text.substr(at, text.find("```", at) - at));
  }
  REQUIRE(blocks.size() == 2);
  Library library;
  const auto whole = library.add(blocks[0], "README.md");
  INFO((whole ? std::string() : whole.error().message));
  REQUIRE(whole);
  // The second shows anchors, over the state of the first.
  const auto anchors = library.add(
      "[definition]\nid = \"mine.anchors\"\nversion = \"1.0.0\"\nextends = \"mine.after_three_months@1.0.0\"\n" + blocks[1], "README.md");
  INFO((anchors ? std::string() : anchors.error().message));
  REQUIRE(anchors);
}
