#include "server/cli/sending.h"
#include "server/wire_stream.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

namespace fodspor::server {

namespace {

// Half of what a server lets one connection have under way, as it comes.
constexpr std::size_t under_way_max = 128;
constexpr std::chrono::milliseconds busy_for{200};

engine::Appended appended_by(wire::Appended::Reader told) {
  engine::Appended appended;
  appended.first = {told.getFirst()};
  appended.last = {told.getLast()};
  appended.recorded_at = {told.getRecordedAt()};
  appended.repeated = told.getRepeated();
  return appended;
}

void fill_expected(wire::Append::Builder append, const std::vector<engine::Expected>& expected) {
  auto list = append.initExpected(static_cast<unsigned>(expected.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    const engine::Expected& one = expected[i];
    fill(list[i].initStream(), one.stream);
    switch (one.kind) {
      case engine::Expected::Kind::any:
        list[i].setAny();
        break;
      case engine::Expected::Kind::none:
        list[i].setNone();
        break;
      case engine::Expected::Kind::exactly:
        list[i].setVersion(one.version.value);
        break;
    }
  }
}

// One stretch of sending, until everything is answered or something is refused.
class Stretch {
 public:
  Stretch(Client& client, const std::vector<ToSend>& events, bool dry_run, Sent& sent)
      : client_(client), events_(events), dry_run_(dry_run), sent_(sent) {}

  // From that index on. The first that was refused; none: all stand.
  Result<std::optional<std::pair<std::size_t, Failure>>> run(std::size_t from,
                                                             const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    std::size_t next = from;
    while (next < events_.size() || !under_way_.empty()) {
      while (next < events_.size() && !refused_ && under_way_.size() < under_way_max) FODSPOR_DO(send(next++));
      if (under_way_.empty()) break;
      FODSPOR_DO(receive());
      if (progress) progress(next - under_way_.size(), events_.size());
    }
    return std::move(refused_);
  }

 private:
  Status send(std::size_t index) {
    const ToSend& one = events_[index];
    FODSPOR_TRY(const std::uint64_t id, client_.send([&](wire::Request::Builder request) {
      auto append = request.initAppend();
      append.setRequestId(one.request_id);
      append.setDryRun(dry_run_);
      append.initProposals(1).setWithCaveats(0, one.draft->proposal());
    }));
    under_way_.emplace(id, index);
    return {};
  }

  Status receive() {
    return client_.receive([&](wire::Answer::Reader answer) -> Status {
      const auto of = under_way_.find(answer.getId());
      if (of == under_way_.end()) {
        if (answer.isRefusal()) return tl::make_unexpected(failure_of(answer.getRefusal()));
        return fail(Fault::corrupt, "the server answered a request that was not sent");
      }
      const std::size_t index = of->second;
      under_way_.erase(of);
      if (answer.isRefusal()) {
        if (!refused_ || index < refused_->first) refused_.emplace(index, failure_of(answer.getRefusal()));
        return {};
      }
      if (!answer.isAppended()) return fail(Fault::corrupt, "the server answered an append with something else");
      count(appended_by(answer.getAppended()));
      return {};
    });
  }

  void count(const engine::Appended& appended) {
    if (appended.repeated) {
      ++sent_.repeated;
      return;
    }
    ++sent_.added;
    if (appended.first.value == 0) return;
    if (sent_.first.value == 0 || appended.first < sent_.first) sent_.first = appended.first;
    sent_.last = std::max(sent_.last, appended.last);
  }

  Client& client_;
  const std::vector<ToSend>& events_;
  const bool dry_run_;
  Sent& sent_;
  std::map<std::uint64_t, std::size_t> under_way_;
  std::optional<std::pair<std::size_t, Failure>> refused_;
};

}  // namespace

Result<engine::Appended> send_batch(Client& client, const std::string& request_id, const std::vector<engine::Expected>& expected,
                                    const std::vector<std::string_view>& json) {
  engine::Appended appended;
  FODSPOR_DO(client.ask(
      [&](wire::Request::Builder request) {
        auto append = request.initAppend();
        append.setRequestId(request_id);
        fill_expected(append, expected);
        auto list = append.initJson(static_cast<unsigned>(json.size()));
        for (unsigned i = 0; i < list.size(); ++i) {
          auto text = list.init(i, static_cast<unsigned>(json[i].size()));
          std::copy(json[i].begin(), json[i].end(), text.begin());
        }
      },
      [&](wire::Answer::Reader answer) -> Status {
        if (!answer.isAppended()) return fail(Fault::corrupt, "the server answered an append with something else");
        appended = appended_by(answer.getAppended());
        return {};
      }));
  return appended;
}

Result<Sent> send_each(Client& client, const std::vector<ToSend>& events, bool dry_run, std::size_t& refused,
                       const std::function<void(std::uint64_t done, std::uint64_t of)>& progress) {
  Sent sent;
  std::size_t from = 0;
  for (;;) {
    FODSPOR_TRY(auto stopped, Stretch(client, events, dry_run, sent).run(from, progress));
    if (!stopped) return sent;
    if (stopped->second.fault != Fault::busy) {
      refused = stopped->first;
      return tl::make_unexpected(std::move(stopped->second));
    }
    // What was under way behind it is sent again, and told to be there.
    from = stopped->first;
    std::this_thread::sleep_for(busy_for);
  }
}

}  // namespace fodspor::server
