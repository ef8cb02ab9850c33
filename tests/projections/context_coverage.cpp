#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <random>

#include "projections/context.h"

namespace fodspor::projections {

namespace {

using Covers = wire::Covered::Fact;

Coverage random_coverage(std::mt19937_64& random) {
  constexpr std::array facts = {Covers::EMPLOYMENT, Covers::EDUCATION, Covers::HOURS};
  Coverage coverage;
  coverage.source = random() % 2 == 0 ? wire::Source::REGISTER : wire::Source::STAFF;
  for (const Covers fact : facts) {
    if (random() % 2 == 0) coverage.facts.push_back(fact);
  }
  const auto from = static_cast<std::int32_t>(random() % 100);
  coverage.when.from = Date::clamped(1'000 + from);
  // Open at times, and at times empty or turned round, as what is corrected may be.
  if (random() % 20 != 0) coverage.when.to = Date::clamped(998 + from + static_cast<std::int32_t>(random() % 20));
  if (random() % 4 == 0) coverage.participants = {{1, random() % 2 + 1}};
  return coverage;
}

}  // namespace

SCENARIO("what covers everybody in short covers the same days as what it was made of, in whatever order that came") {
  const auto seed = Catch::rngSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    Coverages coverages;
    for (auto left = random() % 12; left > 0; --left) coverages.add(random_coverage(random));

    for (const wire::Source source : {wire::Source::REGISTER, wire::Source::STAFF}) {
      for (const Covers fact : {Covers::EMPLOYMENT, Covers::EDUCATION, Covers::HOURS, Covers::BENEFIT}) {
        for (std::int32_t day = 995; day < 1'130; ++day) {
          const bool covered = std::any_of(coverages.all().begin(), coverages.all().end(), [&](const Coverage& one) {
            return one.source == source && one.participants.empty() && one.covers(fact, Date::clamped(day), {7, 7});
          });
          const bool in_short = std::any_of(coverages.of_everybody().begin(), coverages.of_everybody().end(), [&](const auto& stretch) {
            return stretch.source == source && stretch.fact == fact && stretch.from <= day && day < stretch.to;
          });
          REQUIRE(in_short == covered);
        }
      }
    }
    std::size_t listing = 0;
    for (std::size_t place = 0; place < coverages.all().size(); ++place) {
      if (coverages.all()[place].participants.empty()) continue;
      REQUIRE(listing < coverages.listing().size());
      CHECK(coverages.listing()[listing++] == place);
    }
    CHECK(listing == coverages.listing().size());
  }
}

SCENARIO("years of deliveries, one a month, are one stretch to whoever reads a person") {
  Coverages coverages;
  for (int month = 0; month < 60; ++month) {
    Coverage coverage;
    coverage.source = wire::Source::REGISTER;
    coverage.facts = {Covers::EMPLOYMENT};
    coverage.when = {Date::clamped(1'000).plus_months(month), Date::clamped(1'000).plus_months(month + 1)};
    coverages.add(std::move(coverage));
  }
  CHECK(coverages.all().size() == 60);
  REQUIRE(coverages.of_everybody().size() == 1);
  CHECK(coverages.of_everybody().front().from == 1'000);
  CHECK(coverages.of_everybody().front().to == Date::clamped(1'000).plus_months(60).days());
}

}  // namespace fodspor::projections
