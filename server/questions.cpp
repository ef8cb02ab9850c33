#include "server/questions.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <istream>
#include <new>
#include <ostream>
#include <sstream>
#include <streambuf>

#include "server/cli/parser.h"

namespace fodspor::server {

namespace {

// Figures can wait a little; appends and short requests cannot.
constexpr int niceness = 5;
constexpr std::int64_t second = 1'000'000;

// What a command writes, up to a bound; then the stream fails, which a command that writes line by line sees.
class BoundedText : public std::streambuf {
 public:
  explicit BoundedText(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  bool is_full() const noexcept { return full_; }
  std::string take() { return std::move(text_); }

 private:
  bool fits(std::size_t more) {
    full_ = full_ || text_.size() + more > bytes_max_;
    return !full_;
  }
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    if (!fits(1)) return traits_type::eof();
    text_ += traits_type::to_char_type(c);
    return c;
  }
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    if (!fits(static_cast<std::size_t>(count))) return 0;
    text_.append(text, static_cast<std::size_t>(count));
    return count;
  }

  const std::size_t bytes_max_;
  std::string text_;
  bool full_ = false;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
  return lines;
}

Failure cancelled_failure() {
  return {Fault::cancelled, "the question was cancelled before it was answered"};
}

}  // namespace

struct Questions::Errand {
  Question question;
  Grant grant;
  Progress progress;
  Done done;
  std::atomic<bool> cancelled{false};
};

Questions::Questions(engine::Ledger& ledger, Options options)
    : ledger_(ledger), options_(std::move(options)), views_(ledger, options_.bounds.question_memory_bytes, options_.trouble) {
  for (std::size_t i = 0; i < options_.bounds.questions_at_once; ++i) workers_.emplace_back([this] { work(); });
}

Questions::~Questions() {
  std::deque<std::shared_ptr<Errand>> left;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    left.swap(waiting_);
    for (const auto& errand : running_) errand->cancelled.store(true);
  }
  came_.notify_all();
  for (const auto& errand : left) errand->done(fail(Fault::stopped, "the server stops"));
  for (std::thread& worker : workers_) worker.join();
}

Result<Questions::Cancel> Questions::ask(Question question, Grant grant, Progress progress, Done done) {
  auto errand = std::make_shared<Errand>();
  errand->question = std::move(question);
  errand->grant = std::move(grant);
  errand->progress = std::move(progress);
  errand->done = std::move(done);
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return fail(Fault::stopped, "the server stops");
    if (running_.size() + waiting_.size() >= options_.bounds.questions_at_once + options_.bounds.questions_waiting_max) {
      return fail(Fault::busy, "the server has as many questions to answer as it may; ask again in a moment");
    }
    waiting_.push_back(errand);
  }
  came_.notify_one();
  return Cancel([this, errand] { cancel(errand); });
}

void Questions::cancel(const std::shared_ptr<Errand>& errand) {
  {
    const std::lock_guard lock(mutex_);
    errand->cancelled.store(true);
    const auto at = std::find(waiting_.begin(), waiting_.end(), errand);
    if (at == waiting_.end()) return;  // it runs, and sees it; or it is done
    waiting_.erase(at);
  }
  errand->done(tl::make_unexpected(cancelled_failure()));
}

void Questions::work() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
  std::unique_lock lock(mutex_);
  for (;;) {
    came_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const auto errand = std::move(waiting_.front());
    waiting_.pop_front();
    running_.push_back(errand);
    lock.unlock();
    auto answered = [&]() -> Result<AnsweredQuestion> {
      try {
        return answer(*errand);
      } catch (const std::bad_alloc&) {
        return fail(Fault::unavailable, "the server is short of memory; ask again later, or for less at once");
      }
    }();
    lock.lock();
    std::erase(running_, errand);
    lock.unlock();
    errand->done(std::move(answered));
    lock.lock();
  }
}

Result<AnsweredQuestion> Questions::answer(const Errand& errand) {
  const Question& question = errand.question;
  const auto is_cancelled = [&] { return errand.cancelled.load(std::memory_order_relaxed); };
  FODSPOR_TRY(const auto moment, views_.at(question.at_least, options_.bounds.question_waits, is_cancelled));
  if (is_cancelled()) return tl::make_unexpected(cancelled_failure());

  const Timestamp began = options_.now();
  Timestamp told = began;
  Asked asked{ledger_, *moment, errand.grant, options_.bounds.question_memory_bytes, {}, is_cancelled};
  asked.progress = [&](std::uint64_t done, std::uint64_t of) {
    const Timestamp now = options_.now();
    if (now.micros - began.micros < second || now.micros - told.micros < second / 10) return;
    told = now;
    errand.progress(done, of);
  };

  std::istringstream nothing;
  BoundedText content(Bounds::document_bytes_max), remarks(Bounds::remarks_bytes_max);
  std::ostream out(&content), err(&remarks);
  World world{.in = nothing,
              .out = out,
              .err = err,
              .variable = [&](const char* name) -> std::optional<std::string> {
                if (std::string_view(name) == "NO_COLOR" && !question.colour) return "1";
                return std::nullopt;
              },
              .now = options_.now,
              .out_is_terminal = question.terminal,
              .err_is_terminal = false,
              .columns = question.columns,
              .has_files = false};
  Settings settings;
  settings.ledger = ledger_.directory();
  settings.format = question.form;
  settings.language = question.language;
  settings.called = question.called;
  std::vector<std::string> arguments{question.command};
  arguments.insert(arguments.end(), question.arguments.begin(), question.arguments.end());
  FODSPOR_TRY(const Exit status, answer_line(world, std::move(arguments), std::move(settings), asked));
  if (content.is_full()) {
    return fail(Fault::too_large, "the answer takes more than " + std::to_string(Bounds::document_bytes_max >> 20) +
                                      " MiB: ask for less at once, such as one programme or fewer positions");
  }
  return AnsweredQuestion{content.take(), lines_of(remarks.take()), status, moment->known};
}

}  // namespace fodspor::server
