#include <fmt/core.h>
#include <catch2/catch.hpp>

#include "tests/projections/measure_world.h"

using namespace fodspor::tests;

namespace {

// Line 1 to 4 are the head, so a body begins on line 5.
std::string refusal(std::string_view body, std::string_view head = "id = \"test.wrong\"\nversion = \"1.0.0\"\nunit = \"participation\"\n") {
  Library library = shipped();
  const auto added = library.add(fmt::format("[definition]\n{}{}", head, body), "wrong.toml");
  if (added) return "accepted";
  return added.error().message;
}

struct Row {
  std::string_view what;
  std::string_view body;
  std::string_view place;  // how the message begins
  std::string_view says;   // and what stands in it
};

const Row rows[] = {
    {"text that is no TOML", "[outcome\n", "wrong.toml:5:9: ", "not TOML"},
    {"a part that does not exist", "[outcom]\nanchor = \"exit\"\n", "wrong.toml:5:1: outcom: ", "did you mean 'outcome'?"},
    {"a state that was not declared", "[outcome]\nstate = \"employd\"\nat = \"exit\"\n[state.employed]\nfrom = \"employment\"\n",
     "wrong.toml:6:9: outcome.state: ", "did you mean 'employed'?"},
    {"an anchor that was not declared", "[outcome]\nanchor = \"exist\"\n", "wrong.toml:6:10: outcome.anchor: ", "did you mean 'exit'?"},
    {"an anchor within a point", "[state.s]\nfrom = \"seeking\"\n[outcome]\nstate = \"s\"\nat = \"exitt + 6 months\"\n",
     "wrong.toml:9:6: outcome.at: ", "did you mean 'exit'?"},
    {"a unit of time that does not exist", "[state.s]\nfrom = \"seeking\"\n[outcome]\nstate = \"s\"\nat = \"exit + 6 moons\"\n",
     "wrong.toml:9:6: outcome.at: ", "'6 moons' is no length of time"},
    {"a misspelt field of a state", "[state.s]\nfrom = \"employment\"\nkinds = [\"ordinary\"]\n",
     "wrong.toml:7:9: state.s.kinds: ", "did you mean 'kind'?"},
    {"a kind of employment that does not exist", "[state.s]\nfrom = \"employment\"\nkind = [\"ordinary\", \"ordinery\"]\n",
     "wrong.toml:7:21: state.s.kind[1]: ", "did you mean 'ordinary'?"},
    {"a source of states that does not exist", "[state.s]\nfrom = \"employments\"\n",
     "wrong.toml:6:8: state.s.from: ", "did you mean 'employment'?"},
    {"a number where a word is meant", "[state.s]\nfrom = \"employment\"\nkind = 3\n",
     "wrong.toml:7:8: state.s.kind: ", "a number stands here; a string is meant"},
    {"more hours than a week has", "[state.s]\nfrom = \"employment\"\nmin_hours_per_week = 169\n",
     "wrong.toml:7:22: state.s.min_hours_per_week: ", "a week has 168 hours, so 169 can never be met"},
    {"more hours than the days have",
     "[state.s]\nfrom = \"employment\"\nhours = { min = 200, measure = \"reported\", over = \"1 week\", aggregate = \"sum\" }\n",
     "wrong.toml:7:17: state.s.hours.min: ", "7 days have 168 hours"},
    {"an empty list", "[state.s]\nfrom = \"employment\"\nkind = []\n", "wrong.toml:7:8: state.s.kind: ", "nothing can be in an empty list"},
    {"a window that ends before it begins",
     "[state.s]\nfrom = \"seeking\"\n[outcome]\nstate = \"s\"\nany_time_in = [\"exit + 6 months\", \"exit\"]\n",
     "wrong.toml:9:15: outcome.any_time_in: ", "it ends before it begins, so it can never be met"},
    {"a window with both ends open and no day between",
     "[state.s]\nfrom = \"seeking\"\n[outcome]\nstate = \"s\"\nany_time_in = { after = \"exit\", before = \"exit + 1 day\" }\n",
     "wrong.toml:9:15: outcome.any_time_in: ", "no day in it"},
    {"dates the wrong way round", "[outcome]\nanchor = \"exit\"\nin = [\"2021-03-01\", \"2021-02-01\"]\n",
     "wrong.toml:7:6: outcome.in: ", "no day in it"},
    {"a length that does not fit the window",
     "[state.s]\nfrom = \"seeking\"\n[outcome]\nstate = \"s\"\nunbroken = \"26 weeks\"\nin = [\"exit\", \"exit + 13 weeks\"]\n",
     "wrong.toml:9:12: outcome.unbroken: ", "do not fit into this window of at most 92 days"},
    {"an attribute that does not exist", "[outcome]\nattribute = { at = \"entry\", field = \"labor_status\", in = [\"inactive\"] }\n",
     "wrong.toml:6:37: outcome.attribute.field: ", "did you mean 'labour_status'?"},
    {"an attribute compared with another's words", "[outcome]\nattribute = { at = \"entry\", field = \"gender\", in = [\"inactive\"] }\n",
     "wrong.toml:6:53: outcome.attribute.in[0]: ", "there is no 'inactive' here"},
    {"a word compared as a number", "[outcome]\nattribute = { at = \"entry\", field = \"gender\", min = 3 }\n",
     "wrong.toml:6:53: outcome.attribute.min: ", "there is no field 'min' here"},
    {"a level that does not exist", "[outcome]\nattribute = { at = \"entry\", field = \"isced\", in = [9] }\n",
     "wrong.toml:6:52: outcome.attribute.in[0]: ", "9 cannot be; it is from 0 to 8"},
    {"ages that exclude each other", "[outcome]\nattribute = { at = \"entry\", field = \"age\", under = 25, over = 54 }\n",
     "wrong.toml:6:13: outcome.attribute: ", "can never be met"},
    {"an entry field asked for later", "[outcome]\nattribute = { at = \"exit\", field = \"gender\", in = [\"female\"] }\n",
     "wrong.toml:6:20: outcome.attribute.at: ", "is known from the entry record only"},
    {"an event that does not exist", "[outcome]\nevent = \"CourseFinished\"\n",
     "wrong.toml:6:9: outcome.event: ", "there is no event 'CourseFinished'"},
    {"an event that never stands in such a stream", "[outcome]\nevent = \"CommitmentGiven\"\n",
     "wrong.toml:6:9: outcome.event: ", "never stands in the stream of a participant"},
    {"a field that the event has not", "[outcome]\nevent = \"CourseEnded\"\nwhere = { finished = \"yes\" }\n",
     "wrong.toml:7:22: outcome.where.finished: ", "CourseEnded has no field 'finished'"},
    {"a word that the event's field has not", "[outcome]\nevent = \"CourseEnded\"\nwhere = { kind = \"indslusnin\" }\n",
     "wrong.toml:7:18: outcome.where.kind: ", "did you mean 'indslusning'?"},
    {"a clause that asks nothing", "[outcome]\nstatus = \"employed\"\n", "wrong.toml:5:1: outcome: ", "did you mean 'state'?"},
    {"a clause that asks two things", "[outcome]\nanchor = \"exit\"\nevent = \"Completed\"\n",
     "wrong.toml:5:1: outcome: ", "asks two things"},
    {"a state without a time", "[state.s]\nfrom = \"seeking\"\n[outcome]\nstate = \"s\"\n", "wrong.toml:7:1: outcome: ", "when?"},
    {"a step without an id", "[[population.step]]\nanchor = \"exit\"\n", "wrong.toml:5:1: population.step[0]: ", "needs an `id`"},
    {"two steps of one id", "[[population.step]]\nid = \"a\"\nanchor = \"exit\"\n[[population.step]]\nid = \"a\"\nanchor = \"entry\"\n",
     "wrong.toml:9:6: population.step[1].id: ", "there is a step 'a' already"},
    {"an anchor counted from itself", "[anchor]\na = \"b + 1 day\"\nb = \"a\"\n[outcome]\nanchor = \"a\"\n",
     "wrong.toml:6:5: anchor.a: ", "counted from itself"},
    {"a parameter that was not declared",
     "[parameter]\nlater = { default = \"6 months\" }\n[outcome]\nanchor = \"exit\"\nin = [\"entry\", \"entry + $latter\"]\n",
     "wrong.toml:9:16: outcome.in[1]: ", "there is no parameter '$latter'; did you mean 'later'?"},
    {"a parameter without a default", "[parameter]\nlater = { sweep = [1] }\n", "wrong.toml:6:9: parameter.later: ", "needs a `default`"},
    {"a sweep over unlike things", "[parameter]\nlater = { default = \"6 months\", sweep = [\"3 months\", 12] }\n",
     "wrong.toml:6:54: parameter.later.sweep[1]: ", "not a length of time"},
    {"a comparison of unlike things",
     "[parameter]\nhold = { default = \"6 months\" }\nhours = { default = 3 }\n[[sweep.forbid]]\nwhen = \"hold > hours\"\n",
     "wrong.toml:9:8: sweep.forbid[0].when: ", "compares unlike things: a length of time such as '13 weeks' and a number"},
    {"a default that is forbidden",
     "[parameter]\nhold = { default = \"6 months\" }\nwithin = { default = \"5 weeks\" }\n[[sweep.forbid]]\nwhen = \"hold > within\"\n",
     "wrong.toml:9:8: sweep.forbid: ", "this combination is forbidden: hold > within"},
    {"a definition without a version", "[outcome]\ndefinition = \"roskilde.r5\"\n",
     "wrong.toml:6:14: outcome.definition: ", "does not say which version"},
    {"a definition that does not exist", "[outcome]\ndefinition = \"roskilde.r55@1.0.0\"\n",
     "wrong.toml:6:14: outcome.definition: ", "did you mean 'roskilde.r5'?"},
    {"a version that does not exist", "[outcome]\ndefinition = \"roskilde.r5@9.0.0\"\n",
     "wrong.toml:6:14: outcome.definition: ", "there is no version '9.0.0' of 'roskilde.r5'"},
    {"a definition of another unit", "[outcome]\ndefinition = \"lf.l3@1.0.0\"\n",
     "wrong.toml:6:14: outcome.definition: ", "counts another unit"},
    {"itself", "[outcome]\ndefinition = \"test.wrong@1.0.0\"\n", "wrong.toml:1:1: definition: ", "refers to itself"},
    {"a breakdown that does not exist", "[breakdown]\nby = [\"gendre\"]\n",
     "wrong.toml:6:7: breakdown.by[0]: ", "there is no breakdown by 'gendre'"},
    {"a time of day", "[anchor]\nx = { date = 2021-02-03T12:00:00Z }\n", "wrong.toml:6:14: anchor.x.date: ", "dates are whole days"},
    {"a day that does not exist", "[anchor]\nx = { date = \"2021-02-30\" }\n", "wrong.toml:6:14: anchor.x.date: ", "is no day"},
    {"a competing event without a rule", "[evidence]\ncompeting = { death = \"ignore\" }\n",
     "wrong.toml:6:23: evidence.competing.death: ", "there is no 'ignore' here"},
};

}  // namespace

SCENARIO("what is wrong with a definition is said with its file, line, column, and what was meant") {
  for (const Row& row : rows) {
    DYNAMIC_SECTION(row.what) {
      const std::string message = refusal(row.body);
      INFO(message);
      CHECK(message.substr(0, row.place.size()) == row.place);
      CHECK(message.find(row.says) != std::string::npos);
    }
  }
}

SCENARIO("a definition without its head is refused at the head") {
  CHECK(refusal("", "version = \"1.0.0\"\nunit = \"participation\"\n").starts_with("wrong.toml:1:1: definition: needs an `id`"));
  CHECK(refusal("", "id = \"a\"\nversion = \"one\"\nunit = \"participation\"\n").starts_with("wrong.toml:3:11: definition.version: "));
  CHECK(refusal("", "id = \"A b\"\nversion = \"1.0.0\"\nunit = \"participation\"\n").starts_with("wrong.toml:2:6: definition.id: "));
  CHECK(refusal("", "id = \"a\"\nversion = \"1.0.0\"\nunit = \"household\"\n").starts_with("wrong.toml:4:8: definition.unit: "));
  CHECK(refusal("", "id = \"a\"\nversion = \"1.0.0\"\n").starts_with("wrong.toml:1:1: definition.unit: what is counted?"));
  CHECK(
      refusal("", "id = \"a\"\nversion = \"1.0.0\"\nextends = \"base.completers\"\n").starts_with("wrong.toml:4:11: definition.extends: "));
}

SCENARIO("a definition that is too large is refused before it is read") {
  const auto added = shipped().find("esf.cr06");
  REQUIRE(added);
  Library library;
  const auto refused = library.add(std::string(100'000, '#'), "large.toml");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == Fault::too_large);
}
