#include "replay/export.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "events/json.h"
#include "events/limits.h"
#include "events/vocabulary.h"

namespace fodspor::replay {

namespace {

constexpr std::uint64_t progress_events = 4'096;
constexpr std::size_t batches_under_way_max = 256;
static_assert(batches_under_way_max <= limits::queue_batches_max);

// What only the envelope of an exported line says, and draft_from_json leaves aside.
struct Line {
  EventId id;
  std::uint32_t batch_size = 0;
  Position position;
  Timestamp recorded_at;
  std::string submitted_by;
};

Failure not_exported(std::string_view what) {
  return {Fault::invalid, std::string(what) + "; this is not a line of an exported log"};
}

Result<std::string> text_in(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains({key.data(), key.size()});
  if (value == nullptr || !value->is_string()) return tl::make_unexpected(not_exported(std::string(key) + " is missing, or is no text"));
  return std::string(value->get_string().begin(), value->get_string().end());
}

Result<std::uint64_t> number_in(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains({key.data(), key.size()});
  boost::system::error_code error;
  const auto number = value == nullptr ? 0 : value->to_number<std::uint64_t>(error);
  if (value == nullptr || error) return tl::make_unexpected(not_exported(std::string(key) + " is missing, or is no whole number"));
  return number;
}

Result<Line> read_line(std::string_view text) {
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse({text.data(), text.size()}, error);
  if (error) return tl::make_unexpected(not_exported("it cannot be read as JSON: " + error.message()));
  if (!parsed.is_object()) return tl::make_unexpected(not_exported("it holds no object"));
  const boost::json::object& object = parsed.get_object();
  Line line;
  FODSPOR_TRY(const std::string id, text_in(object, "id"));
  FODSPOR_TRY(line.id, EventId::parse(id));
  FODSPOR_TRY(const std::uint64_t batch_size, number_in(object, "batch_size"));
  if (batch_size == 0 || batch_size > limits::batch_events_max) return tl::make_unexpected(not_exported("batch_size is out of bounds"));
  line.batch_size = static_cast<std::uint32_t>(batch_size);
  FODSPOR_TRY(line.position.value, number_in(object, "position"));
  FODSPOR_TRY(const std::string recorded_at, text_in(object, "recorded_at"));
  FODSPOR_TRY(line.recorded_at, parse_timestamp(recorded_at));
  if (object.contains("submitted_by")) {
    FODSPOR_TRY(line.submitted_by, text_in(object, "submitted_by"));
  }
  return line;
}

// Batches on their way into the ledger, in order; the first failure ends it.
class Appends {
 public:
  explicit Appends(engine::Ledger& ledger) : ledger_(ledger) {}
  ~Appends() { wait_until(0); }
  Appends(const Appends&) = delete;
  Appends& operator=(const Appends&) = delete;

  Status append(engine::Batch batch, Position first) {
    wait_until(batches_under_way_max - 1);
    {
      const std::lock_guard lock(mutex_);
      if (!failed_) return tl::make_unexpected(failed_.error());
      ++under_way_;
    }
    ledger_.append(std::move(batch), [this, first](Result<engine::Appended> answer) { done(std::move(answer), first); });
    return {};
  }

  Status finish() {
    wait_until(0);
    const std::lock_guard lock(mutex_);
    return failed_;
  }

 private:
  void done(Result<engine::Appended> answer, Position first) {
    const std::lock_guard lock(mutex_);
    --under_way_;
    if (failed_ && !answer) failed_ = tl::make_unexpected(std::move(answer).error());
    if (failed_ && answer && answer->first != first) {
      failed_ = fail(Fault::conflict, "an event of position " + std::to_string(first.value) + " came to stand at " +
                                          std::to_string(answer->first.value) + ": somebody else appends to this ledger");
    }
    fewer_.notify_all();
  }

  void wait_until(std::size_t most) {
    std::unique_lock lock(mutex_);
    fewer_.wait(lock, [&] { return under_way_ <= most; });
  }

  engine::Ledger& ledger_;
  std::mutex mutex_;
  std::condition_variable fewer_;
  std::size_t under_way_ = 0;
  Status failed_;
};

// What the rules ask while batches are under way. The ledger was empty, so it holds the streams that were taken and no others; an event is
// looked up once it has arrived.
class KnownSoFar : public Known {
 public:
  KnownSoFar(const engine::Ledger& ledger, Appends& appends) : stored_(engine::known_to(ledger)), appends_(appends) {}
  Result<bool> stream_exists(const StreamId& stream) override { return streams_.contains(stream); }
  Result<std::optional<Found>> find_event(const EventId& id) override {
    FODSPOR_DO(appends_.finish());
    return stored_->find_event(id);
  }
  void add(const StreamId& stream) { streams_.insert(stream); }

 private:
  std::unique_ptr<Known> stored_;
  Appends& appends_;
  std::unordered_set<StreamId> streams_;
};

// Lines gathered into the requests that they came by.
class Import {
 public:
  explicit Import(engine::Ledger& ledger) : appends_(ledger), known_(ledger, appends_) {}

  Status take(std::string_view text) {
    FODSPOR_TRY(Line line, read_line(text));
    if (line.position.value != copied_.last.value + drafts_.size() + 1) {
      return fail(Fault::invalid, "position " + std::to_string(line.position.value) + " follows " +
                                      std::to_string(copied_.last.value + drafts_.size()) + ": lines are missing or out of order");
    }
    FODSPOR_TRY(Draft draft, draft_from_json(text, true));
    if (drafts_.empty()) head_ = line;
    const bool fits = line.id.request == head_.id.request && line.id.index == drafts_.size() && line.batch_size == head_.batch_size &&
                      line.recorded_at == head_.recorded_at && line.submitted_by == head_.submitted_by;
    if (!fits) return tl::make_unexpected(not_exported("it does not continue the request that the line before belongs to"));
    drafts_.push_back(std::move(draft));
    return drafts_.size() == head_.batch_size ? append() : Status();
  }

  Result<Copied> finish() {
    if (!drafts_.empty()) {
      return fail(Fault::invalid, "the file ends after " + std::to_string(drafts_.size()) + " of the " + std::to_string(head_.batch_size) +
                                      " events of a request");
    }
    FODSPOR_DO(appends_.finish());
    return copied_;
  }

 private:
  Status append() {
    // What another ledger accepted from a newer writer cannot be checked here, and is kept as it is.
    const bool all_known =
        std::all_of(drafts_.begin(), drafts_.end(), [](const Draft& draft) { return find_type(draft.type()) != nullptr; });
    if (all_known) FODSPOR_DO(check_batch(drafts_, known_));
    for (const Draft& draft : drafts_) known_.add(draft.stream());
    engine::Batch batch;
    batch.request.client = head_.submitted_by;
    batch.copied = true;
    batch.time = head_.recorded_at;
    for (std::uint32_t i = 0; i < head_.batch_size; ++i) {
      FODSPOR_TRY(Proposal proposal, encode(drafts_[i], {head_.id.request, i}, head_.batch_size, head_.submitted_by));
      batch.proposals.push_back(std::move(proposal));
    }
    const Position first{copied_.last.value + 1};
    copied_.last.value += drafts_.size();
    copied_.events += drafts_.size();
    ++copied_.requests;
    drafts_.clear();
    return appends_.append(std::move(batch), first);
  }

  Appends appends_;
  KnownSoFar known_;
  Line head_;
  std::vector<Draft> drafts_;
  Copied copied_;
};

}  // namespace

Result<Copied> export_log(const engine::Ledger& ledger, std::ostream& out, std::optional<Position> to, const Progress& progress) {
  const Position end = std::min(to.value_or(ledger.durable()), ledger.durable());
  Copied copied;
  if (end.value == 0) return copied;
  FODSPOR_TRY(engine::Cursor cursor, ledger.read_log({1}, end));
  for (;;) {
    FODSPOR_TRY(const std::optional<Event> event, cursor.next_event());
    if (!event) break;
    out << to_json(*event) << '\n';
    ++copied.events;
    if (event->id().index == 0) ++copied.requests;
    copied.last = event->position();
    if (progress && copied.events % progress_events == 0) progress(copied.events, end.value);
    if (!out) break;
  }
  out.flush();
  if (!out) return fail(Fault::unavailable, "the export could not be written after event " + std::to_string(copied.last.value));
  return copied;
}

Result<Copied> import_log(engine::Ledger& ledger, std::istream& in, std::string_view name, const Progress& progress) {
  if (ledger.durable().value != 0) {
    return fail(Fault::conflict, "the ledger holds " + std::to_string(ledger.durable().value) +
                                     " events; an exported log goes into an empty one, so that positions and ids stay as they were");
  }
  Import import(ledger);
  std::string text;
  for (std::uint64_t number = 1; std::getline(in, text); ++number) {
    if (text.empty()) continue;
    if (auto taken = import.take(text); !taken) {
      return tl::make_unexpected(at(std::string(name) + ":" + std::to_string(number), std::move(taken).error()));
    }
    if (progress && number % progress_events == 0) progress(number, 0);
  }
  if (in.bad()) return fail(Fault::unavailable, std::string(name) + " could not be read to its end");
  auto copied = import.finish();
  if (!copied) return tl::make_unexpected(at(name, std::move(copied).error()));
  return copied;
}

}  // namespace fodspor::replay
