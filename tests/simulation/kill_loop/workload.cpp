#include "tests/simulation/kill_loop/workload.h"

#include <atomic>
#include <thread>

#include "events/course.capnp.h"

namespace fodspor::tests {
namespace {

constexpr unsigned threads = 6;
constexpr std::uint64_t streams = 60;

}  // namespace

engine::Batch batch_of(const std::string& request_id) {
  std::mt19937_64 random(std::hash<Id>{}(Id::derived({request_id})));
  const std::size_t count = random() % 4 == 0 ? 1 + random() % 200 : 1 + random() % 3;
  std::vector<Draft> drafts;
  for (std::size_t i = 0; i < count; ++i) {
    const StreamId stream{StreamKind::participant, Id{0x5eed, random() % streams}};
    Draft& draft = drafts.emplace_back(EventType::course_started, stream);
    draft.on(*Date::from_ymd(2021, 3, 1)).by(wire::Source::STAFF).in(*ProgrammeId::parse("esbjerg"));
    const std::pair<wire::Role, StreamId> about[] = {{wire::Role::ENTERPRISE, {StreamKind::enterprise, Id{0xe, random() % 9}}}};
    draft.refer(about);
    auto body = draft.facts<wire::CourseStarted>();
    body.setCourse(static_cast<std::uint32_t>(random()));
    body.setKind(wire::CourseKind::INDSLUSNING);
  }
  engine::Batch batch;
  batch.request = {"kill_loop", request_id};
  auto proposals = encode_batch(batch.request, drafts);
  FODSPOR_CHECK(proposals.has_value());
  batch.proposals = std::move(*proposals);
  return batch;
}

void append_concurrently(engine::Ledger& ledger, std::uint64_t seed, const std::vector<std::string>& unknown, const Telling& telling) {
  std::atomic<bool> refused{false};
  std::vector<std::thread> running;
  const auto append = [&](const std::string& request_id) {
    telling.tried(request_id);
    auto answer = ledger.append(batch_of(request_id));
    if (!answer) refused = true;
    telling.ended({request_id, answer ? std::optional(*answer) : std::nullopt});
  };
  for (unsigned t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      for (std::size_t i = t; i < unknown.size() && !refused; i += threads) append(unknown[i]);
      for (std::uint64_t i = 0; !refused && telling.go_on(); ++i) {
        append(std::to_string(seed) + "-" + std::to_string(t) + "-" + std::to_string(i));
        // Some requests come again although they were answered.
        if (i % 7 == 3) append(std::to_string(seed) + "-" + std::to_string(t) + "-" + std::to_string(i - i % 5));
      }
    });
  }
  std::thread settling([&] {
    std::mt19937_64 random(seed);
    while (!refused && telling.go_on()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
      static_cast<void>(ledger.settle());
    }
  });
  for (std::thread& thread : running) thread.join();
  settling.join();
}

}  // namespace fodspor::tests
