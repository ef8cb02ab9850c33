#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <set>

#include "projections/portfolio.h"
#include "tests/support/view_world.h"

using namespace fodspor::projections;
using namespace fodspor::stories;

namespace {

const std::vector<std::string> all_files{"esbjerg.toml", "kalundborg.toml", "kanten.toml", "lf.toml", "roskilde.toml"};

const Target& target(const Context& context, std::string_view slug, std::string_view id, std::string_view reading = {}) {
  const Programme* found = context.find(programme(slug));
  REQUIRE(found != nullptr);
  for (const Target& one : found->targets) {
    if (one.id == id && one.reading == reading) return one;
  }
  FAIL("no target " << id);
  return found->targets.front();
}

std::string refused(const std::string& toml) {
  const std::vector<ProgrammeFile> files{{"mine.toml", toml}};
  const auto plan = plan_programmes(files, Context(), Library::shipped());
  REQUIRE_FALSE(plan.has_value());
  CHECK(plan.error().fault == Fault::invalid);
  return plan.error().message;
}

const std::string frame = "[programme]\nid = \"mine\"\n[[frame]]\nstarts = 2021-01-01\nends = 2021-12-31\n";

}  // namespace

SCENARIO("the four programmes and the pool stand in the ledger as their documents say") {
  ViewWorld world;
  world.apply("programmes", all_files);
  const Context context = world.context();
  THEN("every target is there, with its figure, its comparison and its document") {
    CHECK(target(context, "roskilde", "R1").value_millionths == 120'000'000);
    CHECK(target(context, "roskilde", "R3").value_millionths == 5'000'000);
    CHECK(target(context, "roskilde", "R9").comparator == wire::TargetPinned::Comparator::UP_TO);
    CHECK(target(context, "roskilde", "R10").comparator == wire::TargetPinned::Comparator::MORE_THAN);
    CHECK(target(context, "kalundborg", "K1").comparator == wire::TargetPinned::Comparator::ABOUT);
    CHECK(target(context, "kalundborg", "K3").value_millionths == 31'000'000);
    CHECK(target(context, "kalundborg", "K4").share);
    CHECK(target(context, "kalundborg", "K4").value_millionths == 300'000);
    CHECK(target(context, "esbjerg", "E3", "retained").definition == "esbjerg.40_6m.retained");
    CHECK(target(context, "lf", "L1").value_millionths == 850'000'000);
    std::set<std::string> ids;
    for (const auto& [id, one] : context.programmes) {
      for (const Target& pinned : one.targets) {
        ids.insert(pinned.id);
        CHECK_FALSE(pinned.document.empty());
        CHECK(context.definitions.contains({pinned.definition, pinned.definition_version}));
      }
    }
    CHECK(ids.size() == 10 + 4 + 4 + 4);
  }
  THEN("Roskilde's end is first 2022, then March 2023, and its money stands twice") {
    const Programme& roskilde = *context.find(programme("roskilde"));
    REQUIRE(roskilde.frames.size() == 2);
    CHECK(roskilde.frames[0].ends == day("2022-12-31"));
    CHECK(roskilde.frames[1].ends == day("2023-03-31"));
    std::uint64_t eu_and_decentralised = 0, granted = 0;
    for (const Funding& one : roskilde.funding) {
      const bool grant = one.kind == wire::FundingGranted::Kind::GRANT;
      const bool part = one.kind == wire::FundingGranted::Kind::EU || one.kind == wire::FundingGranted::Kind::DECENTRALISED;
      if (grant) granted += one.oere;
      if (part) eu_and_decentralised += one.oere;
    }
    CHECK(eu_and_decentralised == 1'175'795'600);
    CHECK(granted == 770'000'000);
  }
  THEN("as of a day before the amendment, the earlier frame holds") {
    const Context then = world.context({{std::numeric_limits<std::uint64_t>::max()}, day("2022-06-30")});
    CHECK(then.find(programme("roskilde"))->frame->ends == day("2022-12-31"));
  }
  THEN("the pool has eight members, whose grants sum to 47.5 million") {
    auto runner = world.runner();
    catch_up(*runner);
    const auto rows = runner->rows("portfolio");
    REQUIRE(rows.has_value());
    const auto portfolios = read_portfolios(**rows, context);
    REQUIRE(portfolios.has_value());
    REQUIRE(portfolios->size() == 1);
    CHECK(portfolios->front().slug == "kanten");
    CHECK(portfolios->front().members.size() == 8);
    CHECK(portfolios->front().oere == 4'750'000'000);
    const auto earlier = read_portfolios(**rows, context, day("2021-02-02"));
    REQUIRE(earlier.has_value());
    CHECK(earlier->empty());
  }
}

SCENARIO("applying programmes twice changes nothing the second time") {
  ViewWorld world;
  world.apply("once", all_files);
  const ProgrammePlan again = world.planned(all_files);
  CHECK(again.changes.empty());
  CHECK(again.drafts.empty());
}

SCENARIO("a file that says otherwise corrects the ledger, and then no more") {
  ViewWorld world;
  world.apply("once", {"kalundborg.toml"});
  std::string toml;
  for (const auto& [name, text] : shipped_programmes()) {
    if (name == "kalundborg.toml") toml = text;
  }
  const auto replace = [&](const std::string& from, const std::string& to) {
    const auto at = toml.find(from);
    REQUIRE(at != std::string::npos);
    toml.replace(at, from.size(), to);
  };
  replace("at_least = 31", "at_least = 33");
  replace("ends = 2022-12-31", "ends = 2023-02-05");
  const std::vector<ProgrammeFile> files{{"kalundborg.toml", toml}};
  auto plan = plan_programmes(files, world.context(), Library::shipped());
  REQUIRE(plan.has_value());
  THEN("it says first what would change") {
    REQUIRE(plan->changes.size() == 1 + 3);  // the frame, and K3 in three readings
    CHECK(plan->changes[0].kind == PlannedChange::Kind::frame_amended);
    CHECK(plan->changes[0].before.find("2022-12-31") != std::string::npos);
    CHECK(plan->changes[0].after.find("2023-02-05") != std::string::npos);
    CHECK(plan->changes[1].kind == PlannedChange::Kind::target_changed);
    CHECK(plan->changes[1].what == "K3");
  }
  WHEN("it is applied") {
    const auto known = fodspor::engine::known_to(world.ledger());
    const auto acceptable = check_batch(plan->drafts, *known);
    REQUIRE(acceptable.has_value());
    world.tell("changed", std::move(plan->drafts));
    const Context context = world.context();
    CHECK(target(context, "kalundborg", "K3").value_millionths == 33'000'000);
    CHECK(context.find(programme("kalundborg"))->frame->ends == day("2023-02-05"));
    CHECK(context.find(programme("kalundborg"))->frames.size() == 1);
    const auto again = plan_programmes(files, context, Library::shipped());
    REQUIRE(again.has_value());
    CHECK(again->drafts.empty());
  }
}

SCENARIO("a target is withdrawn from the day that its file names") {
  ViewWorld world;
  world.apply("once", {"lf.toml"});
  std::string toml;
  for (const auto& [name, text] : shipped_programmes()) {
    if (name == "lf.toml") toml = text;
  }
  const std::string at_least = "at_least = 400\n";
  toml.replace(toml.find(at_least), at_least.size(), at_least + "withdrawn = 2020-01-01\n");
  const std::vector<ProgrammeFile> files{{"lf.toml", toml}};
  auto plan = plan_programmes(files, world.context(), Library::shipped());
  REQUIRE(plan.has_value());
  REQUIRE(plan->changes.size() == 1);
  CHECK(plan->changes[0].kind == PlannedChange::Kind::target_withdrawn);
  world.tell("withdrawn", std::move(plan->drafts));
  const auto pins_l3 = [&](const Context& context) {
    const auto& targets = context.find(programme("lf"))->targets;
    return std::any_of(targets.begin(), targets.end(), [](const Target& one) { return one.id == "L3"; });
  };
  CHECK_FALSE(pins_l3(world.context()));
  CHECK(pins_l3(world.context({{std::numeric_limits<std::uint64_t>::max()}, day("2019-12-31")})));
  const auto again = plan_programmes(files, world.context(), Library::shipped());
  REQUIRE(again.has_value());
  CHECK(again->drafts.empty());
}

SCENARIO("a file that cannot be meant is refused with its line and column") {
  CHECK(refused("[programme]\nid = \"mine\"\n").find("frame") != std::string::npos);
  CHECK(refused(frame + "surprise = 1\n").find("mine.toml:6:12") != std::string::npos);
  CHECK(refused("[programme]\nid = \"Mine!\"\n[[frame]]\nstarts = 2021-01-01\nends = 2021-12-31\n").find("mine.toml:2:6") !=
        std::string::npos);
  CHECK(refused("[programme]\nid = \"mine\"\n[[frame]]\nstarts = 2021-01-01\nends = 2020-12-31\n").find("before starts") !=
        std::string::npos);
  const std::string target = frame + "[[target]]\nid = \"M1\"\ndocument = \"d\"\nfrom = 2021-01-01\n";
  CHECK(refused(target).find("at_least") != std::string::npos);
  CHECK(refused(target + "at_least = 0\n").find("mine.toml:10:12") != std::string::npos);
  CHECK(refused(target + "at_least = 5\nat_most = 7\n").find("one way only") != std::string::npos);
  CHECK(refused(target + "about = 5\n").find("tolerance") != std::string::npos);
  CHECK(refused(target + "at_least = 5\n").find("reading") != std::string::npos);
  CHECK(refused(target + "at_least = 5\n[[target.reading]]\ndefinition = \"no.such@1.0.0\"\n").find("mine.toml:11") != std::string::npos);
  CHECK(refused("[portfolio]\nid = \"pool\"\n[[frame]]\nstarts = 2021-01-01\nends = 2021-12-31\n[[member]]\nprogramme = \"gone\"\nfrom = "
                "2021-01-01\n")
            .find("not registered") != std::string::npos);
}
