#include "engine/apply.h"

#include <algorithm>

#include "engine/ledger.h"
#include "events/limits.h"

namespace fodspor::engine {
namespace {

std::string describe(const StreamId& stream, std::uint64_t version) {
  return version == 0 ? stream.text() + " holds no event" : stream.text() + " stands at version " + std::to_string(version);
}

// Asking for less than a table has would shrink it.
template <class Key>
void make_room(Table<Key, Head>& table, std::size_t more) {
  if (table.size() + more > table.max_load()) table.reserve(table.size() + more);
}

}  // namespace

void Order::foresee(std::span<const Batch* const> batches) {
  std::vector<RequestKey> requests;
  std::vector<StreamId> streams;
  foreseen_.clear();
  for (const Batch* batch : batches) {
    const RequestKey request = batch->proposals.front().header.id.request;
    if (!written_.contains(request)) requests.push_back(request);
    for (const Proposal& proposal : batch->proposals) {
      const StreamId& stream = proposal.header.stream;
      if (!heads_.contains(stream) && !older_heads_.contains(stream)) streams.push_back(stream);
    }
  }
  std::vector<std::optional<Position>> first(requests.size());
  if (past_.first_of_each(requests, first)) {
    for (std::size_t i = 0; i < requests.size(); ++i) foreseen_.emplace(requests[i], first[i]);
  }

  std::sort(streams.begin(), streams.end());
  streams.erase(std::unique(streams.begin(), streams.end()), streams.end());
  std::vector<std::optional<Head>> heads(streams.size());
  if (!past_.stream_heads(streams, heads)) return;
  make_room(heads_, streams.size());
  for (std::size_t i = 0; i < streams.size(); ++i) heads_.emplace(streams[i], heads[i].value_or(Head{}));
}

Result<Head*> Order::stream_head(const StreamId& stream) {
  if (const auto found = heads_.find(stream); found != heads_.end()) return &found->second;
  if (const auto older = older_heads_.find(stream); older != older_heads_.end())
    return &heads_.emplace(stream, older->second).first->second;
  std::optional<Head> stored;
  FODSPOR_DO(past_.stream_heads({&stream, 1}, {&stored, 1}));
  return &heads_.emplace(stream, stored.value_or(Head{})).first->second;
}

Result<Head*> Order::programme_head(ProgrammeId programme) {
  if (const auto found = programmes_.find(programme); found != programmes_.end()) return &found->second;
  FODSPOR_TRY(const std::optional<Head> stored, past_.programme_head(programme));
  return &programmes_.emplace(programme, stored.value_or(Head{})).first->second;
}

Result<std::optional<Appended>> Order::answered_before(RequestKey request, const Batch& batch) const {
  const std::span<const Proposal> proposals(batch.proposals);
  std::optional<Appended> answer;
  if (const auto pending = pending_.find(request); pending != pending_.end()) {
    const std::vector<Proposal>& first = pending->second.batch->proposals;
    if (std::ranges::equal(first, proposals, {}, &Proposal::packed, &Proposal::packed)) {
      answer = Appended{pending->second.first, {pending->second.first.value + first.size() - 1}, pending->second.recorded_at, true};
    }
  } else {
    std::optional<Position> first;
    if (const auto found = written_.find(request); found != written_.end()) {
      first = found->second;
    } else if (const auto foreseen = foreseen_.find(request); foreseen != foreseen_.end()) {
      first = foreseen->second;
    } else {
      FODSPOR_DO(past_.first_of_each({&request, 1}, {&first, 1}));
    }
    if (!first) return std::nullopt;
    FODSPOR_TRY(answer, past_.same(*first, proposals));
  }
  if (!answer) {
    return fail(Fault::conflict,
                "request id \"" + batch.request.request_id + "\" was used before with other content; give new content a new request id");
  }
  return answer;
}

Status Order::check_expected(const Batch& batch) {
  for (const Expected& expected : batch.expected) {
    if (expected.kind == Expected::Kind::any) continue;
    const std::uint64_t wanted = expected.kind == Expected::Kind::none ? 0 : expected.version.value;
    FODSPOR_TRY(const Head* head, stream_head(expected.stream));
    if (head->count != wanted) {
      return fail(Fault::conflict, describe(expected.stream, head->count) + ", not at " + std::to_string(wanted) +
                                       " as this append expected; read it again and decide again");
    }
  }
  return {};
}

Result<Appended> Order::apply(const Batch& batch, std::vector<Placement>& placements) {
  FODSPOR_CHECK(!batch.proposals.empty());
  const RequestKey request = batch.proposals.front().header.id.request;
  FODSPOR_TRY(const std::optional<Appended> before, answered_before(request, batch));
  if (before) return *before;
  FODSPOR_DO(check_expected(batch));

  // Every head is found, and every version known to fit, before the first is moved: a refusal leaves no trace. Room is made first, so that
  // the tables do not move their entries meanwhile.
  make_room(heads_, batch.proposals.size());
  make_room(programmes_, batch.proposals.size());
  touched_.clear();
  for (const Proposal& proposal : batch.proposals) {
    Touched& touched = touched_.emplace_back();
    FODSPOR_TRY(touched.stream, stream_head(proposal.header.stream));
    if (touched.stream->count > UINT32_MAX - limits::batch_events_max) {
      return fail(Fault::too_large,
                  proposal.header.stream.text() + " is full: it holds " + std::to_string(touched.stream->count) + " events");
    }
    if (!proposal.header.programme) continue;
    FODSPOR_TRY(touched.programme, programme_head(proposal.header.programme));
  }

  recorded_at_ = std::max(recorded_at_, batch.time);
  const Appended answer{{last_.value + 1}, {last_.value + batch.proposals.size()}, recorded_at_, false};
  for (const Touched& touched : touched_) {
    ++last_.value;
    Placement& placement = placements.emplace_back();
    placement.position = last_;
    placement.recorded_at = recorded_at_;
    placement.previous_in_stream = touched.stream->last;
    placement.version.value = static_cast<std::uint32_t>(++touched.stream->count);
    touched.stream->last = last_;
    if (touched.programme == nullptr) continue;
    placement.previous_in_programme = touched.programme->last;
    placement.ordinal_in_programme = ++touched.programme->count;
    touched.programme->last = last_;
  }
  pending_.emplace(request, Pending{answer.first, &batch, recorded_at_});
  return answer;
}

void Order::written(Position known) {
  for (const auto& [request, pending] : pending_) {
    written_.emplace(request, pending.first);
    written_order_.emplace_back(request, pending.first);
  }
  pending_.clear();
  foreseen_.clear();
  drop_known(known);
}

void Order::drop_known(Position known) {
  while (!written_order_.empty() && written_order_.front().second <= known) {
    written_.erase(written_order_.front().first);
    written_order_.pop_front();
  }
  if (heads_.size() < heads_in_generation || older_to_ > known) return;
  older_heads_ = std::move(heads_);
  heads_ = {};
  older_to_ = last_;
}

void Order::forget(Position last, Timestamp recorded_at) {
  pending_.clear();
  foreseen_.clear();
  written_.clear();
  written_order_.clear();
  heads_ = {};
  older_heads_ = {};
  programmes_ = {};
  older_to_ = {};
  last_ = last;
  recorded_at_ = recorded_at;
}

}  // namespace fodspor::engine
