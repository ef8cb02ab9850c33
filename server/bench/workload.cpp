#include "server/bench/workload.h"

#include <array>
#include <string>

#include "events/course.capnp.h"
#include "events/outcome.capnp.h"

namespace fodspor::server::bench {

namespace {

constexpr std::uint64_t people = 200'000;
constexpr std::uint64_t enterprises = 2'000;
constexpr std::array<std::string_view, 4> programmes{"roskilde", "kalundborg", "esbjerg", "lf"};

// SplitMix64: a stream of numbers from any seed, the same on every machine.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t bound) {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % bound;
  }

 private:
  std::uint64_t state_;
};

// The id of the n-th of something: spread over all bytes, as derived ids are.
Id nth(std::uint64_t n, std::uint64_t salt) {
  Numbers numbers(n * 2 + salt);
  const std::uint64_t hi = numbers.below(UINT64_MAX);
  return {hi, numbers.below(UINT64_MAX)};
}

}  // namespace

Result<engine::Batch> batch_of(std::uint64_t producer, std::uint64_t number, std::uint32_t events) {
  Numbers numbers(producer << 40 | number << 1 | 1);
  std::vector<Draft> drafts;
  drafts.reserve(events);
  for (std::uint32_t i = 0; i < events; ++i) {
    const std::uint64_t person = numbers.below(people);
    Draft& draft = drafts.emplace_back(EventType::employment_started, StreamId{StreamKind::participant, nth(person, 1)});
    FODSPOR_TRY(const Date from, Date::from_ymd(2021, 1 + static_cast<int>(numbers.below(12)), 1 + static_cast<int>(numbers.below(28))));
    FODSPOR_TRY(const ProgrammeId programme, ProgrammeId::parse(programmes.at(person % programmes.size())));
    draft.on(from).by(wire::Source::STAFF).in(programme);
    const std::array<std::pair<wire::Role, StreamId>, 1> references{
        {{wire::Role::ENTERPRISE, {StreamKind::enterprise, nth(numbers.below(enterprises), 0)}}}};
    draft.refer(references);
    auto job = draft.facts<wire::EmploymentStarted>().initJob();
    job.setEmployment(1 + static_cast<std::uint32_t>(numbers.below(5)));
    job.setKind(wire::EmploymentKind::ORDINARY);
    job.setWeeklyMinutes(60 * static_cast<std::uint32_t>(1 + numbers.below(37)));
  }
  engine::Batch batch;
  batch.request = {"bench", std::to_string(producer) + "-" + std::to_string(number)};
  FODSPOR_TRY(batch.proposals, encode_batch(batch.request, drafts));
  return batch;
}

}  // namespace fodspor::server::bench
