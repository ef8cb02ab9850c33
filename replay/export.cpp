#include "replay/export.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "events/json.h"
#include "events/limits.h"
#include "events/proposal.h"
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

// The events that the corrections and retractions of a log are about: few, beside all that it holds.
struct HashOfEvent {
  std::size_t operator()(const EventId& id) const noexcept { return mixed(id.request.id) + id.index; }
};
using Subjects = std::unordered_map<EventId, std::optional<Known::Found>, HashOfEvent>;

// Whatever is no such line, or names nothing, is told where every line is checked.
void add_subject(std::string_view text, Subjects& subjects) {
  if (text.find("\"Corrected\"") == std::string_view::npos && text.find("\"Retracted\"") == std::string_view::npos) return;
  boost::system::error_code error;
  const boost::json::value line = boost::json::parse({text.data(), text.size()}, error);
  const auto* object = error ? nullptr : line.if_object();
  const auto* facts = object == nullptr ? nullptr : object->if_contains("facts");
  const auto* event = facts == nullptr || !facts->is_object() ? nullptr : facts->get_object().if_contains("event");
  if (event == nullptr || !event->is_string()) return;
  if (const auto id = EventId::parse(std::string(event->get_string().begin(), event->get_string().end()))) subjects.try_emplace(*id);
}

// What the rules ask while a file is only read: what stands in it so far.
class KnownFromFile : public Known {
 public:
  explicit KnownFromFile(Subjects subjects) : subjects_(std::move(subjects)) {}
  Result<bool> stream_exists(const StreamId& stream) override { return streams_.contains(stream); }
  Result<std::optional<Found>> find_event(const EventId& id) override {
    const auto at = subjects_.find(id);
    return at == subjects_.end() ? std::nullopt : at->second;
  }
  void add(const std::vector<Draft>& drafts, RequestKey request) {
    for (std::uint32_t i = 0; i < drafts.size(); ++i) {
      const Draft& draft = drafts[i];
      streams_.insert(draft.stream());
      if (subjects_.empty()) continue;
      if (const auto at = subjects_.find({request, i}); at != subjects_.end()) {
        at->second = Found{draft.type(), draft.stream(), programme_of(draft.proposal())};
      }
    }
  }

 private:
  Subjects subjects_;
  std::unordered_set<StreamId> streams_;
};

// Lines gathered into the requests that they came by, each handed on when it is whole.
class Requests {
 public:
  using Check = std::function<Status(const std::vector<Draft>& drafts, RequestKey request)>;
  using Take = std::function<Status(engine::Batch batch, Position first)>;
  Requests(Check check, Take take) : check_(std::move(check)), take_(std::move(take)) {}

  Status add(std::string_view text, std::uint64_t number) {
    FODSPOR_TRY(Line line, read_line(text));
    if (line.position.value != copied_.last.value + drafts_.size() + 1) {
      return fail(Fault::invalid, "position " + std::to_string(line.position.value) + " follows " +
                                      std::to_string(copied_.last.value + drafts_.size()) + ": lines are missing or out of order");
    }
    FODSPOR_TRY(Draft draft, draft_from_json(text, true));
    if (drafts_.empty()) {
      head_ = line;
      begins_ = number;
    }
    const bool fits = line.id && line.id.request == head_.id.request && line.id.index == drafts_.size() &&
                      line.batch_size == head_.batch_size && line.recorded_at == head_.recorded_at &&
                      line.submitted_by == head_.submitted_by;
    if (!fits) return tl::make_unexpected(not_exported("it does not continue the request that the line before belongs to"));
    drafts_.push_back(std::move(draft));
    return drafts_.size() == head_.batch_size ? hand_on() : Status();
  }

  Result<Copied> finish() const {
    if (drafts_.empty()) return copied_;
    return fail(Fault::invalid, "the file ends after " + std::to_string(drafts_.size()) + " of the " + std::to_string(head_.batch_size) +
                                    " events of a request, which begins in line " + std::to_string(begins_));
  }

 private:
  Status hand_on() {
    if (check_) FODSPOR_DO(check_(drafts_, head_.id.request));
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
    return take_ ? take_(std::move(batch), first) : Status();
  }

  Check check_;
  Take take_;
  Line head_;
  std::uint64_t begins_ = 0;
  std::vector<Draft> drafts_;
  Copied copied_;
};

// From the beginning once more.
Status rewind(std::istream& in, std::istream::pos_type start, std::string_view name) {
  in.clear();
  if (in.seekg(start)) return {};
  return fail(Fault::unavailable, std::string(name) + " can be read only once; write it to a file, which is checked whole first");
}

Result<Copied> read_requests(std::istream& in, std::string_view name, Requests& requests, std::uint64_t events, const Progress& progress) {
  std::string text;
  std::uint64_t number = 0;
  while (std::getline(in, text)) {
    ++number;
    if (text.empty()) continue;
    if (auto added = requests.add(text, number); !added) {
      return tl::make_unexpected(at(std::string(name) + ":" + std::to_string(number), std::move(added).error()));
    }
    if (progress && number % progress_events == 0) progress(number, events);
  }
  if (in.bad()) return fail(Fault::unavailable, std::string(name) + " could not be read to its end");
  auto copied = requests.finish();
  if (!copied) return tl::make_unexpected(at(std::string(name) + ":" + std::to_string(number), std::move(copied).error()));
  return copied;
}

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

Result<Copied> check_log(std::istream& in, std::string_view name, const Progress& progress) {
  const auto start = in.tellg();
  Subjects subjects;
  for (std::string text; std::getline(in, text);) add_subject(text, subjects);
  FODSPOR_DO(rewind(in, start, name));
  KnownFromFile known(std::move(subjects));
  const auto check = [&](const std::vector<Draft>& drafts, RequestKey request) -> Status {
    // What another ledger accepted from a newer writer cannot be checked here, and is kept as it is.
    const bool all_known = std::all_of(drafts.begin(), drafts.end(), [](const Draft& draft) { return find_type(draft.type()) != nullptr; });
    if (all_known) FODSPOR_DO(check_batch(drafts, known));
    known.add(drafts, request);
    return {};
  };
  Requests requests(check, {});
  return read_requests(in, name, requests, 0, progress);
}

Result<Copied> import_log(engine::Ledger& ledger, std::istream& in, std::string_view name, const Progress& progress) {
  if (ledger.durable().value != 0) {
    return fail(Fault::conflict, "the ledger holds " + std::to_string(ledger.durable().value) +
                                     " events; an exported log goes into an empty one, so that positions and ids stay as they were");
  }
  const auto start = in.tellg();
  FODSPOR_TRY(const Copied whole, check_log(in, name, progress));
  FODSPOR_DO(rewind(in, start, name));
  Appends appends(ledger);
  Requests requests({}, [&](engine::Batch batch, Position first) { return appends.append(std::move(batch), first); });
  FODSPOR_TRY(const Copied copied, read_requests(in, name, requests, whole.events, progress));
  FODSPOR_DO(appends.finish());
  return copied;
}

}  // namespace fodspor::replay
