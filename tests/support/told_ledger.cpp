#include "tests/support/told_ledger.h"

#include <stdlib.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace fodspor::stories {

ToldLedger::ToldLedger(const Story& story, std::size_t events) {
  std::string name = (std::filesystem::temp_directory_path() / "fodspor-told-XXXXXX").string();
  FODSPOR_CHECK(::mkdtemp(name.data()) != nullptr);
  directory_ = name;
  engine::Options options;
  options.create = true;
  auto opened = engine::Ledger::open(directory_ / "ledger", options);
  FODSPOR_CHECK(opened.has_value());
  ledger_ = *std::move(opened);

  std::mutex mutex;
  std::condition_variable all_done;
  std::size_t waiting = 0;
  bool failed = false;
  events = std::min(events, story.size());
  for (std::size_t i = 0; i < events; ++i) {
    engine::Batch batch;
    batch.request = {story.client(), story.names()[i]};
    batch.proposals.push_back(story.proposals()[i]);
    std::unique_lock lock(mutex);
    // The queue is bounded; a story may be longer.
    all_done.wait(lock, [&] { return waiting < 1'000; });
    ++waiting;
    lock.unlock();
    ledger_->append(std::move(batch), [&](const Result<engine::Appended>& appended) {
      const std::lock_guard guard(mutex);
      failed = failed || !appended;
      --waiting;
      all_done.notify_all();
    });
  }
  std::unique_lock lock(mutex);
  all_done.wait(lock, [&] { return waiting == 0; });
  FODSPOR_CHECK(!failed && ledger_->durable().value == events);
}

ToldLedger::~ToldLedger() {
  ledger_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

}  // namespace fodspor::stories
