#include "server/follow_requests.h"

#include <algorithm>

#include "server/outbound.h"

namespace fodspor::server {

// The first event that it sees.
Result<Position> FollowRequests::first_of(wire::Subscribe::Reader subscribe, const Caller& caller) const {
  const Position durable = ledger_.durable();
  const auto beyond = [&](std::string_view field, std::uint64_t wanted) {
    return fail(Fault::invalid, std::string(field) + ": event " + std::to_string(wanted) + " is not there; the last is " +
                                    std::to_string(durable.value) + ". Was the ledger restored from a backup? Then read it anew");
  };
  switch (subscribe.which()) {
    case wire::Subscribe::FROM: {
      const std::uint64_t from = std::max<std::uint64_t>(subscribe.getFrom(), 1);
      if (from - 1 > durable.value) return beyond("from", from - 1);
      return Position{from};
    }
    case wire::Subscribe::KEPT: {
      const auto name = subscribe.getKept();
      FODSPOR_DO(check_place_name({name.begin(), name.size()}));
      const auto kept = places_.find({caller.grant.name, std::string(name.begin(), name.size())}).value_or(Position{});
      if (kept > durable) return beyond("kept", kept.value);
      return Position{kept.value + 1};
    }
    case wire::Subscribe::END:
      return Position{durable.value + 1};
  }
  return fail(Fault::unsupported, "the subscription begins at a kind of place that this server does not know");
}

Status FollowRequests::subscribe(std::uint64_t id, wire::Subscribe::Reader subscribe, const Caller& caller, const Answered& answered) {
  FODSPOR_DO(may(caller.grant, Operation::subscribe, {}));
  FODSPOR_DO(check_form(subscribe.getForm()));
  auto subscription = std::make_shared<Subscription>(caller, id);
  FODSPOR_TRY(subscription->filter, filter_of(subscribe, caller.grant));
  FODSPOR_TRY(subscription->next, first_of(subscribe, caller));
  subscription->form = subscribe.getForm();
  subscription->credit = subscribe.getCredit();
  followers_.begin(std::move(subscription), answered);
  return {};
}

std::function<void(Status)> FollowRequests::answer_done(std::uint64_t id, const Answered& answered) const {
  return [id, answered, busy_retry = bounds_.busy_retry](const Status& status) {
    if (!status) return answered(refusal_bytes(id, status.error(), busy_retry));
    AnswerWriter answer(id);
    answer.root().setDone();
    answered(answer.bytes());
  };
}

Status FollowRequests::credit(std::uint64_t id, wire::Credit::Reader credit, const Caller& caller, const Answered& answered) {
  followers_.credit(caller, credit.getSubscription(), credit.getEvents(), answer_done(id, answered));
  return {};
}

Status FollowRequests::cancel(std::uint64_t id, std::uint64_t subscription, const Caller& caller, const Answered& answered) {
  followers_.cancel(caller, subscription, answer_done(id, answered));
  return {};
}

Status FollowRequests::keep(std::uint64_t id, wire::Keep::Reader keep, const Caller& caller, const Answered& answered) {
  FODSPOR_DO(may(caller.grant, Operation::subscribe, {}));
  const auto name = keep.getName();
  FODSPOR_DO(check_place_name({name.begin(), name.size()}));
  const Position position{keep.getPosition()};
  if (const Position durable = ledger_.durable(); position > durable) {
    return fail(Fault::invalid, "position: event " + std::to_string(position.value) + " is not there; the last is " +
                                    std::to_string(durable.value) + ", and a place is kept of what has been seen");
  }
  places_.keep({caller.grant.name, std::string(name.begin(), name.size())}, position,
               [id, position, answered, busy_retry = bounds_.busy_retry](const Status& kept) {
                 if (!kept) return answered(refusal_bytes(id, kept.error(), busy_retry));
                 AnswerWriter answer(id);
                 answer.root().initKept().setPosition(position.value);
                 answered(answer.bytes());
               });
  return {};
}

}  // namespace fodspor::server
