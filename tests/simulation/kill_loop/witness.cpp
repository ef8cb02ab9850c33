#include "tests/simulation/kill_loop/witness.h"

#include "engine/record.h"

namespace fodspor::tests {

void Witness::ended(const Outcome& outcome) {
  if (!outcome.answer) return;
  unknown_.erase(outcome.request_id);
  const Span span{outcome.answer->first, outcome.answer->last};
  const auto [known, added] = acknowledged_.emplace(outcome.request_id, span);
  if (added) new_.insert(outcome.request_id);
  if (known->second.first != span.first || known->second.last != span.last) {
    contradictions_.push_back("request " + outcome.request_id + " was answered " + std::to_string(known->second.first.value) +
                              " and later " + std::to_string(span.first.value));
  }
}

void Witness::forget_what_was_read() {
  checked_to_ = {};
  recorded_at_ = {};
  requests_.clear();
  streams_.clear();
  ordinals_.clear();
  for (const auto& [request, span] : acknowledged_) new_.insert(request);
}

std::vector<std::string> Witness::look(const engine::Ledger& ledger, bool everything) {
  if (everything) forget_what_was_read();
  std::vector<std::string> broken = contradictions_;
  read_new(ledger, broken);
  check_acknowledged(ledger, broken);
  check_streams(ledger, broken);
  new_.clear();
  return broken;
}

void Witness::read_new(const engine::Ledger& ledger, std::vector<std::string>& broken) {
  auto cursor = ledger.read_log({checked_to_.value + 1});
  if (!cursor) return broken.push_back(cursor.error().message);
  RequestKey batch;
  std::uint32_t left = 0;
  std::uint32_t index = 0;
  while (true) {
    auto next = cursor->next();
    if (!next) return broken.push_back(next.error().message);
    if (!*next) break;
    const engine::Stored& stored = **next;
    const std::string place = "event " + std::to_string(stored.placement.position.value);
    if (stored.placement.position.value != checked_to_.value + 1) broken.push_back(place + " follows " + std::to_string(checked_to_.value));
    checked_to_ = stored.placement.position;
    const auto header = read_header(stored.packed);
    if (!header) return broken.push_back(place + ": " + header.error().message);
    if (header->id.index == 0) {
      if (left != 0) broken.push_back(place + " starts a batch before the last one is whole");
      if (!requests_.emplace(header->id.request.id, stored.placement.position).second) broken.push_back(place + " repeats a request");
      batch = header->id.request;
      left = header->batch_size;
      index = 0;
    }
    if (header->id.request != batch || header->id.index != index || left == 0) broken.push_back(place + " stands outside its batch");
    ++index;
    --left;
    std::vector<Position>& stream = streams_[header->stream];
    const Position previous = stream.empty() ? Position{} : stream.back();
    stream.push_back(stored.placement.position);
    std::uint64_t& ordinal = ordinals_[header->programme.id];
    if (stored.placement.version.value != stream.size() || stored.placement.previous_in_stream != previous) {
      broken.push_back(place + " has the wrong version");
    }
    if (stored.placement.ordinal_in_programme != ++ordinal) broken.push_back(place + " has the wrong ordinal");
    if (stored.placement.recorded_at < recorded_at_) broken.push_back(place + " was recorded before the one before it");
    recorded_at_ = stored.placement.recorded_at;
  }
  if (left != 0) broken.push_back("the last batch is not whole");
  if (checked_to_ != ledger.durable()) broken.push_back("the log ends at " + std::to_string(checked_to_.value));
}

void Witness::check_acknowledged(const engine::Ledger& ledger, std::vector<std::string>& broken) const {
  for (const std::string& request : new_) {
    const Span& span = acknowledged_.at(request);
    const RequestKey key = RequestKey::of("kill_loop", request);
    const auto read = requests_.find(key.id);
    if (read == requests_.end() || read->second != span.first) {
      broken.push_back("request " + request + ", acknowledged as event " + std::to_string(span.first.value) + ", is lost");
      continue;
    }
    const auto found = ledger.find_request(key);
    if (!found || !*found || (*found)->first != span.first || (*found)->last != span.last) {
      broken.push_back("request " + request + " is not found where it was acknowledged");
    }
    const engine::Batch batch = batch_of(request);
    auto cursor = ledger.read_log(span.first, span.last);
    for (const Proposal& proposal : batch.proposals) {
      auto stored = cursor ? cursor->next() : tl::make_unexpected(cursor.error());
      if (!stored || !*stored || engine::view((*stored)->packed) != proposal.packed) {
        broken.push_back("request " + request + " was stored with other content");
        break;
      }
    }
  }
}

void Witness::check_streams(const engine::Ledger& ledger, std::vector<std::string>& broken) const {
  for (const auto& [stream, expected] : streams_) {
    const auto head = ledger.head(stream);
    if (!head || head->value != expected.size()) broken.push_back(stream.text() + " has the wrong head");
    // The last few of each, by the index; all of them once in a while would take the time of the round.
    const std::uint32_t from = expected.size() > 20 ? static_cast<std::uint32_t>(expected.size() - 20) : 1;
    auto cursor = ledger.read_stream(stream, {from});
    for (std::size_t i = from - 1; i < expected.size(); ++i) {
      auto stored = cursor ? cursor->next() : tl::make_unexpected(cursor.error());
      if (!stored || !*stored || (*stored)->placement.position != expected[i]) {
        broken.push_back(stream.text() + " is read with another event as its " + std::to_string(i + 1) + ".");
        break;
      }
    }
  }
}

}  // namespace fodspor::tests
