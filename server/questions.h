// What a server is asked, answered: commands of the program run against its open ledger and live views, on threads of their own, so that no
// question holds up an append or a read. Owned by the listener; any thread may ask. Outlived by its ledger.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "server/access.h"
#include "server/bounds.h"
#include "server/live_views.h"
#include "server/question.h"

namespace fodspor::server {

class Questions {
 public:
  struct Options {
    Bounds bounds;
    std::function<Timestamp()> now;  // the clock that answers are given by
    // What keeps the views from following, once for each new reason.
    std::function<void(const Failure&)> trouble;
  };
  Questions(engine::Ledger& ledger, Options options);
  // Cancels what is left, and waits for it.
  ~Questions();
  Questions(const Questions&) = delete;
  Questions& operator=(const Questions&) = delete;

  using Progress = std::function<void(std::uint64_t done, std::uint64_t of)>;
  using Done = std::function<void(Result<AnsweredQuestion>)>;
  // Cancels the question: one that waits is answered at once, on this thread; one that runs, soon. Harmless afterwards.
  using Cancel = std::function<void()>;

  // `done` is called once: with what the command answered or why it did not, Fault::cancelled, busy (not in time, or at_least is not known
  // in time), stopped. `progress`: at most ten times a second from the first second on, before `done`. Both on a thread of this one's, and
  // both must not block. Fault::busy, and nothing is called: as many questions as may be are waiting.
  Result<Cancel> ask(Question question, Grant grant, Progress progress, Done done);

 private:
  struct Errand;
  void work();
  void cancel(const std::shared_ptr<Errand>& errand);
  Result<AnsweredQuestion> answer(const Errand& errand);

  engine::Ledger& ledger_;
  const Options options_;
  LiveViews views_;
  std::mutex mutex_;  // over what is below
  std::condition_variable came_;
  std::deque<std::shared_ptr<Errand>> waiting_;
  std::vector<std::shared_ptr<Errand>> running_;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace fodspor::server
