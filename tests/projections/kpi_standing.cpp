#include <catch2/catch.hpp>

#include "projections/kpi.h"

using namespace fodspor::projections;

namespace {

using Comparator = wire::TargetPinned::Comparator;

constexpr std::int64_t million = 1'000'000;

Target target(Comparator comparator, std::int64_t value, bool share = false, std::int64_t tolerance = 0) {
  Target made;
  made.comparator = comparator;
  made.value_millionths = share ? value * million / 100 : value * million;
  made.share = share;
  made.tolerance_millionths = tolerance;
  return made;
}

TargetStanding over(const Target& target, std::uint64_t yes, std::uint64_t unknown = 0, std::uint64_t of = 1'000) {
  return standing(target, yes, unknown, of, true);
}
TargetStanding running(const Target& target, std::uint64_t yes, std::uint64_t unknown = 0, std::uint64_t of = 1'000) {
  return standing(target, yes, unknown, of, false);
}

constexpr auto met = TargetStanding::met;
constexpr auto missed = TargetStanding::missed;
constexpr auto not_yet = TargetStanding::not_yet;
constexpr auto unknown_decides = TargetStanding::unknown_decides;

}  // namespace

SCENARIO("31 of 103 is thirty per cent, and 31 of 104 is not") {
  const Target k4 = target(Comparator::AT_LEAST, 30, true);
  CHECK(over(k4, 31, 0, 103) == met);
  CHECK(over(k4, 31, 0, 104) == missed);
  CHECK(over(k4, 36, 0, 120) == met);
  CHECK(over(k4, 35, 0, 120) == missed);
  CHECK(running(k4, 31, 0, 104) == not_yet);
}

SCENARIO("a share of nobody meets nothing") {
  CHECK(over(target(Comparator::AT_LEAST, 30, true), 0, 0, 0) == missed);
  CHECK(running(target(Comparator::AT_LEAST, 30, true), 0, 0, 0) == not_yet);
  CHECK(over(target(Comparator::UP_TO, 30, true), 0, 0, 0) == missed);
}

SCENARIO("at least and more than part at the very value") {
  CHECK(over(target(Comparator::AT_LEAST, 10), 10) == met);
  CHECK(over(target(Comparator::AT_LEAST, 10), 9) == missed);
  CHECK(over(target(Comparator::MORE_THAN, 10), 10) == missed);
  CHECK(over(target(Comparator::MORE_THAN, 10), 11) == met);
}

SCENARIO("at most is broken for good once it is passed, and kept only in the end") {
  const Target ceiling = target(Comparator::AT_MOST, 10);
  CHECK(running(ceiling, 10) == not_yet);
  CHECK(over(ceiling, 10) == met);
  CHECK(running(ceiling, 11) == missed);
  CHECK(over(ceiling, 8, 3) == unknown_decides);
}

SCENARIO("up to 84 is no miss when overshot, nor when fewer come in the end") {
  const Target r9 = target(Comparator::UP_TO, 84);
  CHECK(over(r9, 84) == met);
  CHECK(over(r9, 120) == met);
  CHECK(running(r9, 60) == not_yet);
  CHECK(over(r9, 60) == met);
  CHECK(over(r9, 0) == missed);
  CHECK(over(r9, 0, 5) == unknown_decides);
}

SCENARIO("about 50 within a tenth is 45 to 55") {
  const Target k1 = target(Comparator::ABOUT, 50, false, 100'000);
  CHECK(over(k1, 44) == missed);
  CHECK(running(k1, 44) == not_yet);
  CHECK(over(k1, 45) == met);
  CHECK(over(k1, 55) == met);
  CHECK(over(k1, 56) == missed);
  CHECK(over(k1, 44, 1) == unknown_decides);
  CHECK(over(k1, 50, 6) == unknown_decides);
}

SCENARIO("people about whom nothing is known decide only where they can") {
  const Target r8 = target(Comparator::AT_LEAST, 36);
  CHECK(over(r8, 30, 5) == missed);
  CHECK(over(r8, 30, 6) == unknown_decides);
  CHECK(over(r8, 36, 50) == met);
}

SCENARIO("the largest counts and shares are compared exactly") {
  const std::uint64_t people = 3'000'000'000'000;
  const Target third = [] {
    Target made = target(Comparator::AT_LEAST, 0, true);
    made.value_millionths = 333'333;
    return made;
  }();
  CHECK(over(third, 999'999'000'000, 0, people) == met);
  CHECK(over(third, 999'998'999'999, 0, people) == missed);
}
