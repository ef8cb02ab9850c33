#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "replay/clocks.h"
#include "replay/export.h"
#include "tests/support/random_history.h"
#include "tests/support/view_world.h"

using namespace fodspor::replay;
using namespace fodspor::stories;

namespace {

std::string exported(fodspor::engine::Ledger& ledger, std::optional<Position> to = {}) {
  std::ostringstream out;
  const auto copied = export_log(ledger, out, to);
  REQUIRE(copied.has_value());
  return out.str();
}

Failure import_refused(const std::string& lines) {
  ViewWorld world;
  std::istringstream in(lines);
  const auto copied = import_log(world.ledger(), in, "log.jsonl");
  REQUIRE_FALSE(copied.has_value());
  REQUIRE(world.ledger().durable() == Position{});
  return copied.error();
}

std::string without_line(const std::string& lines, std::size_t number) {
  std::istringstream in(lines);
  std::string kept, line;
  for (std::size_t i = 1; std::getline(in, line); ++i) {
    if (i != number) kept += line + "\n";
  }
  return kept;
}

std::size_t count_lines(const std::string& lines) {
  return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n'));
}

}  // namespace

SCENARIO("a log that goes out as JSON lines and comes back is the same log, and its views are the same") {
  const std::uint64_t seed = 31;
  Chances chances;
  chances.events = 150;
  chances.people = 8;
  chances.merge_percent = 3;
  const RandomHistory history = random_history(seed, chances);
  ViewWorld first;
  first.apply("programmes", {"esbjerg.toml", "lf.toml"});  // one request of many events
  first.tell(history.story);
  first.apply("targets", {"roskilde.toml", "kalundborg.toml"});
  const std::string lines = exported(first.ledger());
  CHECK(count_lines(lines) == first.end().value);

  ViewWorld second;
  std::istringstream in(lines);
  const auto copied = import_log(second.ledger(), in, "log.jsonl");
  INFO("seed " << seed << (copied ? "" : ": " + copied.error().message));
  REQUIRE(copied.has_value());
  CHECK(copied->events == first.end().value);
  CHECK(copied->requests == history.story.size() + 2);
  CHECK(copied->last == first.end());
  CHECK(exported(second.ledger()) == lines);
  auto one = first.runner();
  auto other = second.runner();
  catch_up(*one);
  catch_up(*other);
  CHECK(differing(digests(*one), digests(*other)) == "");
}

SCENARIO("an export that was cut, changed or put out of order is refused with its line") {
  ViewWorld world;
  world.apply("programmes", {"esbjerg.toml"});
  const std::string lines = exported(world.ledger());
  const std::size_t count = count_lines(lines);
  REQUIRE(count > 4);

  CHECK(import_refused(without_line(lines, count)).message.find("ends after") != std::string::npos);
  CHECK(import_refused(without_line(lines, 2)).message.find("log.jsonl:2") != std::string::npos);
  CHECK(import_refused("{\"type\": 3").message.find("log.jsonl:1") != std::string::npos);
  CHECK(import_refused("[]\n").fault == Fault::invalid);
  std::string changed = lines;
  const std::string title = "\"batch_size\":";
  changed.replace(changed.find(title), title.size(), "\"batch_size\":9");
  CHECK(import_refused(changed).fault == Fault::invalid);
}

SCENARIO("a log with a mistake far down is refused whole, and nothing of what stands before it is written") {
  const std::uint64_t seed = 47;
  INFO("seed " << seed);
  const RandomHistory history = random_history(seed);
  ViewWorld world;
  world.apply("programmes", {"esbjerg.toml"});
  world.apply("more", {"lf.toml"});
  world.tell(history.story);
  const std::string lines = exported(world.ledger());

  // Cut inside the second request.
  const std::size_t first = count_lines(exported(world.ledger(), Position{1}));
  REQUIRE(first == 1);
  std::istringstream all(lines);
  std::string line, cut, retracted;
  std::size_t number = 0, second_begins = 0;
  while (std::getline(all, line)) {
    ++number;
    if (second_begins == 0 && number > 1 && line.find("/0\"") != std::string::npos) second_begins = number;
    cut += line + "\n";
    if (second_begins != 0 && number == second_begins + 1) break;
  }
  REQUIRE(second_begins > 1);
  const std::string told = import_refused(cut).message;
  CAPTURE(told);
  CHECK(told.find("log.jsonl:" + std::to_string(second_begins + 1)) == 0);
  CHECK(told.find("the file ends after 2 of the ") != std::string::npos);
  CHECK(told.find("begins in line " + std::to_string(second_begins)) != std::string::npos);

  // A retraction of an event that there is not: only what stands before it can tell.
  const std::size_t at = lines.find("\"type\":\"Retracted\"");
  REQUIRE(at != std::string::npos);
  const std::size_t begin = lines.rfind('\n', at) + 1;
  const std::size_t event = lines.find("\"event\":\"", begin) + 9;
  REQUIRE(event < lines.find('\n', begin));
  std::string changed = lines;
  changed.replace(event, 8, changed.compare(event, 8, "00000000") == 0 ? "11111111" : "00000000");
  std::istringstream whole(lines);
  const auto checked = check_log(whole, "log.jsonl");
  INFO((checked ? "" : checked.error().message));
  REQUIRE(checked.has_value());
  const std::string unfounded = import_refused(changed).message;
  CAPTURE(unfounded);
  CHECK(unfounded.find("there is no event") != std::string::npos);
  CHECK(checked->last == world.end());
}

SCENARIO("an exported log goes into an empty ledger only") {
  ViewWorld world;
  world.apply("programmes", {"esbjerg.toml"});
  std::istringstream in(exported(world.ledger()));
  const auto copied = import_log(world.ledger(), in, "log.jsonl");
  REQUIRE_FALSE(copied.has_value());
  CHECK(copied.error().fault == Fault::conflict);
}

SCENARIO("known at a position, a moment or a day is the log as it was recorded by then") {
  ViewWorld world;
  const auto at = [&](std::string_view name, std::string_view file, std::string_view moment) {
    fodspor::engine::Batch batch;
    auto plan = world.planned({std::string(file)});
    batch.request = {"clock", std::string(name)};
    auto proposals = encode_batch(batch.request, plan.drafts);
    REQUIRE(proposals.has_value());
    batch.proposals = std::move(*proposals);
    const auto time = parse_timestamp(moment);
    REQUIRE(time.has_value());
    batch.time = *time;
    const auto appended = world.ledger().append(std::move(batch));
    REQUIRE(appended.has_value());
    return appended->last;
  };
  // The world's clock stands at 2021-03-31T12:00:00Z; the times of recording lie within the hour.
  const Position first = at("a", "esbjerg.toml", "2021-03-31T12:10:00Z");
  const Position second = at("b", "lf.toml", "2021-03-31T12:20:00Z");
  const auto known = [&](std::string_view text, std::string_view zone = default_zone) {
    const auto resolved = resolve_known_at(world.ledger(), text, zone);
    if (!resolved) FAIL(resolved.error().message);
    return *resolved;
  };
  CHECK(known("2021-03-31T12:09:59Z") == Position{0});
  CHECK(known("2021-03-31T12:10:00Z") == first);
  CHECK(known("2021-03-31T12:19:59.999999Z") == first);
  CHECK(known("2021-03-31T12:20:00Z") == second);
  CHECK(known("2021-03-30") == Position{0});
  CHECK(known("2021-03-31") == second);
  CHECK(known("3") == Position{3});
  // At 12:10Z it is the first of April already, east of the date line.
  CHECK(known("2021-03-31", "Pacific/Kiritimati") == Position{0});
  CHECK_FALSE(resolve_known_at(world.ledger(), "99999").has_value());
  CHECK_FALSE(resolve_known_at(world.ledger(), "yesterday").has_value());
  const auto both = resolve_as_of(world.ledger(), "2021-03-31T12:10:00Z", "2020-12-31");
  REQUIRE(both.has_value());
  CHECK(both->known == first);
  CHECK(both->valid == day("2020-12-31"));
  CHECK_FALSE(resolve_as_of(world.ledger(), "", "31-12-2020").has_value());
}
