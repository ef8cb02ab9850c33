// The compiled clauses against a slow model that asks every day by itself and shares no code with them; and what must hold of every verdict
// on any history.
#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

#include "tests/projections/measure_world.h"
#include "tests/support/random_history.h"

using namespace fodspor::tests;

namespace {

// Days from 2021-01-01, which is day 0 here.
constexpr int horizon = 500;
constexpr int exit_day = 100;

Date date(int n) {
  return day("2021-01-01").plus_days(n);
}
std::string iso(int n) {
  return date(n).text();
}

enum class Known : std::uint8_t { no, yes, unknown };

struct Job {
  int from, to;  // to = horizon: open
  int hours;     // -1: not said
};
struct Seen {
  int from, to;
  bool employed;
  bool point;
};

struct Life {
  std::vector<Job> jobs;
  std::vector<Seen> seen;
  std::vector<std::pair<int, int>> covered;
  int died = horizon * 2;
  int valid = horizon * 2;

  World world() const {
    World world;
    world.enrolled(iso(0)).left(iso(exit_day));
    std::uint32_t number = 0;
    for (const Job& job : jobs) {
      const std::string from = iso(job.from), to = iso(job.to);
      ++number;
      world.job(number, from, job.to == horizon ? std::nullopt : std::optional<std::string_view>(to), 100 + number,
                wire::EmploymentKind::ORDINARY, job.hours < 0 ? std::nullopt : std::optional(static_cast<std::uint32_t>(job.hours)));
    }
    for (const Seen& s : seen) {
      const auto status = s.employed ? wire::LabourStatus::EMPLOYED : wire::LabourStatus::INACTIVE;
      if (s.point) {
        world.observed(iso(s.from), status);
      } else {
        world.observed(iso(s.from), iso(s.to), status);
      }
    }
    for (const auto& [from, to] : covered) world.covered(iso(from), iso(to));
    if (died < horizon) world.died(iso(died));
    if (valid < horizon) world.as_of.valid = date(valid);
    return world;
  }
};

Life random_life(std::mt19937_64& random) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  Life life;
  for (int i = below(5); i > 0; --i) {
    const int from = below(horizon - 60);
    const int to = below(6) == 0 ? horizon : std::min(from + 1 + below(120), horizon - 1);
    life.jobs.push_back({from, to, below(5) == 0 ? -1 : below(30)});
  }
  for (int i = below(4); i > 0; --i) {
    const int from = below(horizon - 60);
    life.seen.push_back({from, from + 1 + below(50), below(2) == 0, below(2) == 0});
  }
  for (int i = below(4); i > 0; --i) {
    const int from = below(horizon);
    life.covered.push_back({from, from + 1 + below(300)});
  }
  if (below(8) == 0) life.died = exit_day + below(300);
  if (below(8) == 0) life.valid = exit_day + below(300);
  return life;
}

// One day, by the rules of evidence.h said again. `tolerance`: of single days, which must lie within [first, last].
Known on(const Life& life, int day, int wanted_hours, int tolerance, int first, int last) {
  if (day > life.valid) return Known::unknown;
  if (day >= life.died) return Known::no;
  int hours = 0;
  bool works = false, unsaid = false;
  for (const Job& job : life.jobs) {
    if (day < job.from || (day >= job.to && job.to != horizon)) continue;
    works = true;
    unsaid = unsaid || job.hours < 0;
    hours += std::max(job.hours, 0);
  }
  bool open = false;
  if (works) {
    if (wanted_hours == 0 || hours >= wanted_hours) return Known::yes;
    if (unsaid && wanted_hours <= 1) return Known::yes;
    open = unsaid;
  }
  // Who is seen employed works an hour; of more, nothing is said.
  const auto says = [&](const Seen& seen) { return !seen.employed ? Known::no : wanted_hours <= 1 ? Known::yes : Known::unknown; };
  bool otherwise = false;
  for (const Seen& seen : life.seen) {
    if (seen.point || day < seen.from || day >= seen.to || seen.from > life.valid) continue;
    if (says(seen) == Known::yes) return Known::yes;
    if (says(seen) == Known::no) otherwise = true;
    if (says(seen) == Known::unknown) open = true;
  }
  int nearest = tolerance + 1;
  std::set<Known> at_nearest;
  for (const Seen& seen : life.seen) {
    if (!seen.point || seen.from < first || seen.from > last || seen.from > life.valid) continue;
    const int distance = std::abs(seen.from - day);
    if (distance > tolerance || distance > nearest) continue;
    if (distance < nearest) at_nearest.clear();
    nearest = distance;
    at_nearest.insert(says(seen));
  }
  if (nearest == 0 && at_nearest.contains(Known::yes)) return Known::yes;
  if (open) return Known::unknown;
  if (otherwise) return Known::no;
  if (!at_nearest.empty()) {
    if (at_nearest.contains(Known::yes)) return Known::yes;
    // Of equally near days that say other things than yes, either may stand first: both are "not yes".
    return at_nearest.size() == 1 ? *at_nearest.begin() : Known::unknown;
  }
  for (const auto& [from, to] : life.covered) {
    if (from <= day && day < to) return Known::no;
  }
  return Known::unknown;
}

enum class Ask : std::uint8_t { at, any_time, throughout, at_least, unbroken };

// Whether it is met if every unknown day is answered with `unknown_is`.
bool met(const std::vector<Known>& days, Ask ask, int length, int gap, Known unknown_is) {
  std::vector<bool> yes;
  for (const Known known : days) yes.push_back((known == Known::unknown ? unknown_is : known) == Known::yes);
  const auto count = std::count(yes.begin(), yes.end(), true);
  switch (ask) {
    case Ask::at:
    case Ask::any_time:
      return count > 0;
    case Ask::throughout:
      return count == static_cast<std::ptrdiff_t>(yes.size());
    case Ask::at_least:
      return count >= length;
    case Ask::unbroken:
      break;
  }
  // Gaps between two yes days of at most `gap` days belong to the spell.
  int longest = 0, from = -1, last_yes = -1;
  for (int i = 0; i < static_cast<int>(yes.size()); ++i) {
    if (!yes[static_cast<std::size_t>(i)]) continue;
    if (from < 0 || i - last_yes - 1 > gap) from = i;
    last_yes = i;
    longest = std::max(longest, last_yes - from + 1);
  }
  return longest >= length;
}

std::string expected(const Life& life, Ask ask, int first, int last, int length, int gap, int hours, int tolerance) {
  std::vector<Known> days;
  // At a point, single days count as far off as the tolerance; in a window, those within it.
  const int points_first = ask == Ask::at ? first - tolerance : first, points_last = ask == Ask::at ? last + tolerance : last;
  for (int day = first; day <= last; ++day) days.push_back(on(life, day, hours, tolerance, points_first, points_last));
  if (met(days, ask, length, gap, Known::no)) return "met";
  return met(days, ask, length, gap, Known::yes) ? "unknown" : "not met";
}

std::string clause(Ask ask, int first, int last, int length) {
  const std::string from = "exit + " + std::to_string(first - exit_day) + " days",
                    to = "exit + " + std::to_string(last - exit_day) + " days";
  const std::string window = "[\"" + from + "\", \"" + to + "\"]\n";
  switch (ask) {
    case Ask::at:
      return "at = \"" + from + "\"\n";
    case Ask::any_time:
      return "any_time_in = " + window;
    case Ask::throughout:
      return "throughout = " + window;
    case Ask::at_least:
      return "at_least = \"" + std::to_string(length) + " days\"\nin = " + window;
    case Ask::unbroken:
      return "unbroken = \"" + std::to_string(length) + " days\"\nin = " + window;
  }
  return {};
}

}  // namespace

SCENARIO("clauses over spells say what a day-by-day count says, whatever is unknown") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::map<std::string, int> answers;
  for (int definition_number = 0; definition_number < 60; ++definition_number) {
    const Ask ask = static_cast<Ask>(definition_number % 5);
    const int first = exit_day + below(100);
    const int last = ask == Ask::at ? first : first + 1 + below(150);
    const int length = 1 + below(last - first + 1);
    const int gap = below(3) == 0 ? below(20) : 0;
    const int hours = std::array{0, 1, 10, 25}[static_cast<std::size_t>(below(4))];
    const int tolerance = below(2) == 0 ? 0 : below(30);
    std::string text = "[state.working]\nfrom = \"employment\"\njoin = { max_gap = \"" + std::to_string(gap) +
                       " days\" }\npoint_holds = \"" + std::to_string(tolerance) + " days\"\n";
    if (hours > 0) text += "hours = { min = " + std::to_string(hours) + ", measure = \"contracted\" }\n";
    text += "[outcome]\nstate = \"working\"\n" + clause(ask, first, last, length);
    // What competes is another scenario's.
    text += "[evidence]\ncompeting = { death = \"no\", emigration = \"no\" }\n";
    INFO(text);
    const auto measure = Measure::compile(definition_of(text));
    REQUIRE(measure);
    for (int i = 0; i < 25; ++i) {
      const Life life = random_life(random);
      std::string wanted = expected(life, ask, first, last, length, gap, hours, tolerance);
      if (life.died <= last && wanted != "met" && life.died <= life.valid) wanted = "not met";
      const World world = life.world();
      // Who has not left by the day asked for is not asked about.
      const auto verdicts = world.verdicts(*measure);
      REQUIRE(verdicts.size() == 1);
      INFO("jobs " << life.jobs.size() << ", seen " << life.seen.size() << ", died " << life.died << ", valid " << life.valid);
      CHECK(said(verdicts.front(), *measure) == wanted);
      ++answers[wanted];
    }
  }
  // All three answers must have been put to the test.
  for (const char* answer_in_words : {"met", "not met", "unknown"}) CHECK(answers[answer_in_words] > 50);
}

SCENARIO("on any history the numerator is within the denominator, and that within the population") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::vector<Measure> measures;
  for (const Definition& definition : shipped().all()) measures.push_back(*Measure::compile(definition, {}, {"gender"}));
  for (std::uint64_t i = 0; i < 150; ++i) {
    fodspor::stories::Chances chances;
    chances.events = 60;
    const auto random = fodspor::stories::random_history(seed + i, chances);
    World world("kalundborg");
    if (i % 2 == 0) world.covered("2000-01-01");
    if (i % 5 == 0) world.as_of.valid = day("2021-06-01");
    const StreamId subject = random.people.front();
    const History history = History::fold(subject, random.story.events_of({subject}), world.as_of);
    const Person person = Person::fold(history, world.context);
    std::set<EventId> events;
    for (const Event& event : history.events()) events.insert(event.id());
    std::vector<Verdict> verdicts;
    for (const Measure& measure : measures) {
      INFO(measure.definition().id() << " on history " << i);
      measure.apply({history, &person, world.context}, std::nullopt, verdicts);
      Figure figure;
      figure.add(verdicts, measure.steps().size());
      REQUIRE(figure.numerator + figure.unknown <= figure.denominator);
      REQUIRE(figure.denominator + figure.excluded <= figure.population);
      for (const Verdict& verdict : verdicts) {
        REQUIRE(verdict.in_population == (verdict.steps_passed == measure.steps().size()));
        REQUIRE((verdict.in_population || verdict.in_denominator == Truth::no));
        REQUIRE((verdict.in_denominator != Truth::no || verdict.met == Truth::no));
        REQUIRE((verdict.in_denominator == Truth::yes || verdict.met != Truth::yes));
        REQUIRE((!verdict.excluded || verdict.in_denominator == Truth::no));
        REQUIRE(verdict.strata.size() == 1);
        for (const Reason& reason : verdict.reasons) {
          REQUIRE(reason.clause < measure.clauses().size());
          REQUIRE((!reason.because || events.contains(reason.because)));
        }
      }
    }
  }
}
