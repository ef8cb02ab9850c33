#include "server/dispatch.h"

#include <kj/exception.h>

#include <algorithm>
#include <limits>
#include <new>
#include <optional>

#include "events/json.h"
#include "events/limits.h"
#include "events/rules.h"
#include "server/concern.h"
#include "server/inbound.h"
#include "server/outbound.h"
#include "server/wire_stream.h"

namespace fodspor::server {

namespace {

constexpr std::uint32_t answer_events_usual = 256;

Failure not_a_message(const kj::Exception& exception) {
  return {Fault::invalid, "the message cannot be read as a request (" + std::string(exception.getDescription().cStr()) + ")"};
}

// Every event of a batch is asked about by itself.
Status may_append(const Grant& grant, const std::vector<Draft>& drafts, const engine::Ledger& ledger) {
  if (grant.programmes.are_all()) return may(grant, Operation::append, {});
  Concerns concerns(ledger);
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    const auto allowed = [&](const std::vector<ProgrammeId>& concerned) -> Status {
      if (auto status = may_about(grant, Operation::append, concerned); !status) {
        return tl::make_unexpected(at(place_in_batch(i, drafts.size()), std::move(status).error()));
      }
      return {};
    };
    FODSPOR_TRY(const auto concerned, concerns.of(drafts[i], drafts));
    FODSPOR_DO(allowed(concerned));
    if (drafts[i].type() != EventType::identity_merged) continue;
    // Who merges two people speaks of both.
    for (const auto reference : drafts[i].proposal().getReferences()) {
      FODSPOR_TRY(const auto other,
                  concerns.of_stream({static_cast<StreamKind>(reference.getKind()), {reference.getHi(), reference.getLo()}}));
      FODSPOR_DO(allowed(other));
    }
  }
  return {};
}

// At which version a stream stands is told of those that the batch writes to, and of those that the bearer speaks for.
Status may_expect(const Grant& grant, const std::vector<engine::Expected>& expected, const std::vector<Draft>& drafts,
                  const engine::Ledger& ledger) {
  if (grant.programmes.are_all()) return {};
  Concerns concerns(ledger);
  for (const engine::Expected& one : expected) {
    if (std::any_of(drafts.begin(), drafts.end(), [&](const Draft& draft) { return draft.stream() == one.stream; })) continue;
    FODSPOR_TRY(auto concerned, concerns.of_stream(one.stream));
    if (one.stream.kind == StreamKind::programme) concerned.push_back({one.stream.id});
    if (auto allowed = may_about(grant, Operation::append, concerned); !allowed) {
      return tl::make_unexpected(at("expected: " + one.stream.text(), std::move(allowed).error()));
    }
  }
  return {};
}

Result<bool> may_see(const Grant& grant, Operation operation, const engine::Stored& stored, Concerns& concerns) {
  if (grant.programmes.are_all()) return true;
  FODSPOR_TRY(const Event event, Event::decode(stored.packed, stored.placement));
  FODSPOR_TRY(const auto concerned, concerns.of(event));
  return may_about(grant, operation, concerned).has_value();
}

Result<Operation> operation_of(wire::Read::Reader read) {
  switch (read.which()) {
    case wire::Read::LOG:
      return Operation::read_log;
    case wire::Read::STREAM:
      return Operation::read_stream;
    case wire::Read::TYPE:
      return Operation::read_type;
    case wire::Read::SUBJECT:
      return Operation::read_subject;
  }
  return fail(Fault::unsupported, "what is to be read is of a kind that this server does not know");
}

}  // namespace

Dispatch::Dispatch(engine::Ledger& ledger, Questions& questions, Bounds bounds, std::string software, Followers& followers, Places& places)
    : ledger_(ledger),
      known_(engine::known_to(ledger)),
      questions_(questions),
      bounds_(bounds),
      software_(std::move(software)),
      follow_(ledger, bounds, followers, places) {}

std::uint64_t Dispatch::id_of(Frame& request) noexcept {
  std::uint64_t id = 0;
  static_cast<void>(kj::runCatchingExceptions([&] { id = request.message().getRoot<wire::Request>().getId(); }));
  return id;
}

std::size_t Dispatch::answer_bytes_of(Frame& request) noexcept {
  bool is_large = false;
  static_cast<void>(kj::runCatchingExceptions([&] {
    const auto which = request.message().getRoot<wire::Request>().which();
    is_large = which == wire::Request::READ || which == wire::Request::ASK;
  }));
  return is_large ? Bounds::answer_bytes_max : Bounds::plain_answer_bytes;
}

Result<Dispatch::Greeting> Dispatch::greeting(Frame& request) {
  Result<Greeting> result;
  const auto thrown = kj::runCatchingExceptions([&] {
    const auto said = request.message().getRoot<wire::Request>();
    if (!said.isHello()) {
      result = fail(Fault::invalid, "the first request of a connection is hello, with a token");
      return;
    }
    if (said.getHello().getVersion() != wire::VERSION) {
      result = fail(Fault::unsupported, "the client speaks version " + std::to_string(said.getHello().getVersion()) +
                                            " of the protocol, and this server version " + std::to_string(wire::VERSION));
      return;
    }
    const auto token = said.getHello().getToken();
    result = Greeting{said.getId(), std::string(token.begin(), token.size())};
  });
  KJ_IF_MAYBE (exception, thrown) return tl::make_unexpected(not_a_message(*exception));
  return result;
}

Outgoing Dispatch::welcome(std::uint64_t id) const {
  AnswerWriter answer(id);
  auto welcome = answer.root().initWelcome();
  welcome.setVersion(wire::VERSION);
  welcome.setSoftware(software_);
  welcome.setPosition(ledger_.durable().value);
  return answer.bytes();
}

Outgoing Dispatch::refusal(std::uint64_t id, const Failure& failure) const {
  return refusal_bytes(id, failure, bounds_.busy_retry);
}

void Dispatch::take(Frame& request, Caller& caller, std::size_t connections, Answered answered) {
  std::uint64_t id = 0;
  const Answered counted = [this, kind = Metrics::kind_of(request), began = std::chrono::steady_clock::now(),
                            answered = std::move(answered)](Outgoing bytes) {
    answers_.fetch_add(1, std::memory_order_relaxed);
    metrics_.answered(kind, bytes.own, std::chrono::steady_clock::now() - began);
    answered(std::move(bytes));
  };
  std::optional<Result<Outgoing>> now;  // none: it is answered later, or was
  const auto later = [&](Status begun) {
    if (!begun) now = tl::make_unexpected(std::move(begun).error());
  };
  const auto handle = [&] {
    const auto asked = request.message().getRoot<wire::Request>();
    id = asked.getId();
    if (id == 0) {
      now = fail(Fault::invalid, "id: a request has a number of its own, from 1, under which its answer comes");
      return;
    }
    switch (asked.which()) {
      case wire::Request::HELLO:
        now = fail(Fault::invalid, "hello was said already; it is the first request of a connection and of nothing else");
        return;
      case wire::Request::PING: {
        if (auto allowed = may(caller.grant, Operation::ping, {}); !allowed) {
          now = tl::make_unexpected(std::move(allowed).error());
          return;
        }
        AnswerWriter answer(id);
        answer.root().setPong();
        now = answer.bytes();
        return;
      }
      case wire::Request::APPEND:
        return append(id, asked.getAppend(), caller, counted);
      case wire::Request::READ:
        now = read(id, asked.getRead(), caller.grant);
        return;
      case wire::Request::STATS:
        now = stats(id, connections, caller.grant);
        return;
      case wire::Request::SUBSCRIBE:
        return later(follow_.subscribe(id, asked.getSubscribe(), caller, counted));
      case wire::Request::CREDIT:
        return later(follow_.credit(id, asked.getCredit(), caller, counted));
      case wire::Request::KEEP:
        return later(follow_.keep(id, asked.getKeep(), caller, counted));
      case wire::Request::ASK:
        return later(ask(id, asked.getAsk(), caller, counted));
      case wire::Request::CANCEL:
        // A question, or else a subscription.
        if (auto cancelled = cancel(id, asked.getCancel(), caller); cancelled) {
          now = std::move(cancelled);
          return;
        }
        return later(follow_.cancel(id, asked.getCancel(), caller, counted));
      default:
        break;
    }
    now = fail(Fault::unsupported, "the request is of a kind that this server does not know");
  };
  const auto thrown = kj::runCatchingExceptions([&] {
    try {
      handle();
    } catch (const std::bad_alloc&) {
      now = fail(Fault::unavailable, "the server is short of memory; ask again later");
    }
  });
  KJ_IF_MAYBE (exception, thrown) now = tl::make_unexpected(not_a_message(*exception));
  if (now) counted(*now ? **std::move(now) : refusal(id, now->error()));
}

// What rests on events that are not there is refused, unless this connection has appends under way that may bring them: then it waits for
// those, and asks again. So a client may send a person and what happened to them without waiting in between. A request that is there
// already was found good when it came; the ledger tells whether this is the same again.
Status Dispatch::check(const Request& request, const std::vector<Draft>& drafts, Caller& caller) {
  const auto asked = [&]() -> Status {
    FODSPOR_DO(may_append(caller.grant, drafts, ledger_));
    auto good = check_batch(drafts, *known_);
    if (good) return good;
    FODSPOR_TRY(const auto before, ledger_.find_request(RequestKey::of(request.client, request.request_id)));
    return before ? Status() : good;
  };
  const std::uint32_t under_way = caller.appends_under_way.load(std::memory_order_acquire);
  auto answer = asked();
  if (answer) return answer;
  for (auto left = under_way; left != 0; left = caller.appends_under_way.load(std::memory_order_acquire)) {
    caller.appends_under_way.wait(left, std::memory_order_acquire);
  }
  // Also where nothing was under way here: the same request may have come in over another connection meanwhile.
  return asked();
}

Result<engine::Batch> Dispatch::prepare(wire::Append::Reader append, Caller& caller) {
  engine::Batch batch;
  const auto request_id = append.getRequestId();
  if (request_id.size() == 0 || request_id.size() > limits::request_id_bytes_max) {
    return fail(Fault::invalid, "requestId: an append carries an id of its own, of 1 to " + std::to_string(limits::request_id_bytes_max) +
                                    " bytes, so that it can be repeated safely");
  }
  batch.request = {caller.grant.name, std::string(request_id.begin(), request_id.size())};
  FODSPOR_TRY(auto drafts, drafts_of(append));
  FODSPOR_TRY(batch.expected, expected_of(append));
  FODSPOR_DO(check(batch.request, drafts, caller));
  FODSPOR_DO(may_expect(caller.grant, batch.expected, drafts, ledger_));
  auto proposals = encode_batch(batch.request, drafts, Unknown::refused);
  if (!proposals) return tl::make_unexpected(reason_of(append, std::move(proposals).error()));
  batch.proposals = *std::move(proposals);
  return batch;
}

// What ordering would refuse besides, as the ledger stands now.
Status Dispatch::check_expected(const std::vector<engine::Expected>& expected) const {
  for (const engine::Expected& one : expected) {
    if (one.kind == engine::Expected::Kind::any) continue;
    FODSPOR_TRY(const Version head, ledger_.head(one.stream));
    const Version wanted = one.kind == engine::Expected::Kind::none ? Version{} : one.version;
    if (head != wanted) {
      return fail(Fault::conflict, one.stream.text() + " stands at version " + std::to_string(head.value) + ", not " +
                                       std::to_string(wanted.value) + ": read it again, and decide anew");
    }
  }
  return {};
}

void Dispatch::append(std::uint64_t id, wire::Append::Reader append, Caller& caller, const Answered& answered) {
  auto batch = prepare(append, caller);
  if (!batch) return answered(refusal(id, batch.error()));
  if (append.getDryRun()) {
    if (const auto checked = check_expected(batch->expected); !checked) return answered(refusal(id, checked.error()));
    AnswerWriter answer(id);
    answer.root().initAppended();
    return answered(answer.bytes());
  }
  caller.appends_under_way.fetch_add(1, std::memory_order_relaxed);
  ledger_.append(*std::move(batch), [this, id, &caller, answered](Result<engine::Appended> appended) {
    caller.appends_under_way.fetch_sub(1, std::memory_order_release);
    caller.appends_under_way.notify_all();
    if (!appended) return answered(refusal(id, appended.error()));
    AnswerWriter answer(id);
    auto told = answer.root().initAppended();
    told.setFirst(appended->first.value);
    told.setLast(appended->last.value);
    told.setRecordedAt(appended->recorded_at.micros);
    told.setRepeated(appended->repeated);
    answered(answer.bytes());
  });
}

Result<Outgoing> Dispatch::read(std::uint64_t id, wire::Read::Reader read, const Grant& grant) const {
  const std::uint64_t from = std::max<std::uint64_t>(read.getFrom(), 1);
  const bool in_stream = read.isStream();
  if (in_stream && from > std::numeric_limits<std::uint32_t>::max()) return fail(Fault::invalid, "from: a version is a 32-bit number");
  FODSPOR_TRY(const Operation operation, operation_of(read));
  FODSPOR_DO(may(grant, operation, {}));
  const Position durable = ledger_.durable();
  const auto cursor = [&]() -> Result<engine::Cursor> {
    if (read.isStream()) {
      FODSPOR_TRY(const StreamId stream, stream_of(read.getStream()));
      return ledger_.read_stream(stream, {static_cast<std::uint32_t>(from)});
    }
    if (read.isType()) return ledger_.read_type(static_cast<EventType>(read.getType()), {from});
    if (read.isSubject()) {
      FODSPOR_TRY(const StreamId subject, stream_of(read.getSubject()));
      return ledger_.read_subject(subject, {from});
    }
    return ledger_.read_log({from}, read.getTo() == 0 ? std::nullopt : std::optional(Position{read.getTo()}));
  };
  FODSPOR_TRY(engine::Cursor events, cursor());
  const std::uint32_t most = read.getMost() == 0 ? answer_events_usual : std::min(read.getMost(), Bounds::answer_events_max);
  RecordedWriter recorded(id, read.getForm());
  Concerns concerns(ledger_);
  std::uint64_t next = 0;
  for (std::uint32_t seen = 0;; ++seen) {
    FODSPOR_TRY(const auto stored, events.next());
    if (!stored) break;
    const Placement& placement = stored->placement;
    if (read.getTo() != 0 && placement.position.value > read.getTo()) break;
    if (recorded.count() == most || recorded.held_bytes() + stored->packed.size() > Bounds::answer_bytes_max ||
        seen == Bounds::answer_events_seen_max) {
      next = in_stream ? placement.version.value : placement.position.value;
      break;
    }
    FODSPOR_TRY(const bool visible, may_see(grant, operation, *stored, concerns));
    if (visible) FODSPOR_DO(recorded.add(*stored));
  }
  return recorded.bytes(next, durable);
}

Result<Outgoing> Dispatch::stats(std::uint64_t id, std::size_t connections, const Grant& grant) const {
  FODSPOR_DO(may(grant, Operation::stats, {}));
  FODSPOR_TRY(const auto sizes, ledger_.sizes());
  AnswerWriter answer(id);
  auto stats = answer.root().initStats();
  stats.setPosition(ledger_.durable().value);
  stats.setLogBytes(sizes.log_bytes);
  stats.setDerivedBytes(sizes.derived_bytes);
  stats.setConnections(static_cast<std::uint32_t>(connections));
  stats.setRequests(answers());
  return answer.bytes();
}

}  // namespace fodspor::server
