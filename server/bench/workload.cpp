#include "server/bench/workload.h"

#include <array>
#include <string>

#include "events/course.capnp.h"
#include "events/enterprise.capnp.h"
#include "events/outcome.capnp.h"
#include "events/programme.capnp.h"

namespace fodspor::server::bench {

namespace {

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

Draft standing_draft(EventType type, StreamId stream, Date from, ProgrammeId programme) {
  Draft draft(type, stream);
  draft.on(from).by(wire::Source::STAFF).in(programme);
  return draft;
}

}  // namespace

StreamId person(std::uint64_t number) {
  return {StreamKind::participant, nth(number, 1)};
}

StreamId enterprise(std::uint64_t number) {
  return {StreamKind::enterprise, nth(number, 0)};
}

std::uint64_t drawn(std::uint64_t seed, std::uint64_t bound) {
  return Numbers(seed).below(bound);
}

Result<engine::Batch> standing_batch() {
  FODSPOR_TRY(const Date from, Date::from_ymd(2020, 10, 20));
  FODSPOR_TRY(const Date to, Date::from_ymd(2023, 3, 31));
  std::vector<Draft> drafts;
  drafts.reserve(programmes.size() + enterprises);
  for (const std::string_view slug : programmes) {
    FODSPOR_TRY(const ProgrammeId programme, ProgrammeId::parse(slug));
    auto frame = drafts.emplace_back(standing_draft(EventType::programme_registered, programme.stream(), from, programme))
                     .facts<wire::ProgrammeRegistered>()
                     .initFrame();
    frame.initTitle().setEn(std::string(slug));
    frame.setStarts(from.stored());
    frame.setEnds(to.stored());
    frame.setDocument("bench");
  }
  FODSPOR_TRY(const ProgrammeId first, ProgrammeId::parse(programmes.front()));
  for (std::uint64_t i = 0; i < enterprises; ++i) {
    Draft& draft = drafts.emplace_back(standing_draft(EventType::enterprise_recruited, enterprise(i), from, first));
    draft.facts<wire::EnterpriseRecruited>().setKind(wire::EnterpriseKind::COMMERCIAL);
  }
  engine::Batch batch;
  batch.request = {"bench", "standing"};
  FODSPOR_TRY(batch.proposals, encode_batch(batch.request, drafts));
  return batch;
}

Result<std::vector<Draft>> drafts_of(std::uint64_t producer, std::uint64_t number, std::uint32_t events) {
  Numbers numbers(producer << 40 | number << 1 | 1);
  std::vector<Draft> drafts;
  drafts.reserve(events);
  for (std::uint32_t i = 0; i < events; ++i) {
    const std::uint64_t who = numbers.below(people);
    Draft& draft = drafts.emplace_back(EventType::employment_started, person(who));
    FODSPOR_TRY(const Date from, Date::from_ymd(2021, 1 + static_cast<int>(numbers.below(12)), 1 + static_cast<int>(numbers.below(28))));
    FODSPOR_TRY(const ProgrammeId programme, ProgrammeId::parse(programmes.at(who % programmes.size())));
    draft.on(from).by(wire::Source::STAFF).in(programme);
    const std::array<std::pair<wire::Role, StreamId>, 1> references{{{wire::Role::ENTERPRISE, enterprise(numbers.below(enterprises))}}};
    draft.refer(references);
    auto job = draft.facts<wire::EmploymentStarted>().initJob();
    job.setEmployment(1 + static_cast<std::uint32_t>(numbers.below(5)));
    job.setKind(wire::EmploymentKind::ORDINARY);
    job.setWeeklyMinutes(60 * static_cast<std::uint32_t>(1 + numbers.below(37)));
  }
  return drafts;
}

Result<engine::Batch> batch_of(std::uint64_t producer, std::uint64_t number, std::uint32_t events) {
  FODSPOR_TRY(auto drafts, drafts_of(producer, number, events));
  engine::Batch batch;
  batch.request = {"bench", std::to_string(producer) + "-" + std::to_string(number)};
  FODSPOR_TRY(batch.proposals, encode_batch(batch.request, drafts));
  return batch;
}

}  // namespace fodspor::server::bench
