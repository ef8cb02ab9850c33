// Questions, and what ends them.
#include "server/dispatch.h"
#include "server/outbound.h"

namespace fodspor::server {

Status Dispatch::ask(std::uint64_t id, wire::Ask::Reader ask, Caller& caller, const Answered& answered) {
  FODSPOR_TRY(Question question, question_from(ask));
  if (caller.questions.fetch_add(1) >= Bounds::questions_of_one_max) {
    caller.questions.fetch_sub(1);
    return fail(Fault::busy, "this connection has " + std::to_string(Bounds::questions_of_one_max) +
                                 " questions under way already; ask when one of them is answered");
  }
  // Its id is taken before it begins, as it may be done before ask() comes back; what cancels it comes next.
  struct Late {
    std::mutex mutex;
    bool cancelled = false;
    Questions::Cancel cancel;
  };
  const auto late = std::make_shared<Late>();
  const Status added = caller.under_way.add(id, [late] {
    Questions::Cancel cancel;
    {
      const std::lock_guard lock(late->mutex);
      late->cancelled = true;
      cancel = late->cancel;
    }
    if (cancel) cancel();
  });
  if (!added) {
    caller.questions.fetch_sub(1);
    return added;
  }
  Questions::Progress progress = [](std::uint64_t, std::uint64_t) {};
  if (question.progress && caller.tell) {
    progress = [&caller, id](std::uint64_t done, std::uint64_t of) { caller.tell(progress_answer(id, done, of)); };
  }
  auto taken =
      questions_.ask(std::move(question), caller.grant, std::move(progress), [this, id, &caller, answered](Result<AnsweredQuestion> told) {
        caller.under_way.remove(id);
        caller.questions.fetch_sub(1);
        answered(told ? document_answer(id, *told) : refusal(id, told.error()));
      });
  if (!taken) {
    caller.under_way.remove(id);
    caller.questions.fetch_sub(1);
    return tl::make_unexpected(std::move(taken).error());
  }
  {
    const std::lock_guard lock(late->mutex);
    late->cancel = *taken;
    if (!late->cancelled) return {};
  }
  (*taken)();
  return {};
}

Result<Outgoing> Dispatch::cancel(std::uint64_t id, std::uint64_t which, Caller& caller) {
  FODSPOR_DO(caller.under_way.cancel(which));
  AnswerWriter answer(id);
  answer.root().setDone();
  return answer.bytes();
}

}  // namespace fodspor::server
