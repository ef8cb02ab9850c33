#include "server/inbound.h"

#include "events/codec.h"
#include "events/json.h"
#include "events/limits.h"
#include "events/rules.h"
#include "events/vocabulary.h"
#include "server/known_words.h"
#include "server/wire_stream.h"

namespace fodspor::server {

namespace {

Result<Draft> draft_of(events::wire::Proposal::Reader proposal) {
  const auto type = static_cast<EventType>(proposal.getType());
  if (find_type(type) == nullptr) {
    return fail(Fault::invalid, "type: " + std::to_string(proposal.getType()) + " is not a type that this server knows");
  }
  const auto where = proposal.getStream();
  FODSPOR_DO(stream_of(where.getKind(), where.getHi(), where.getLo()));
  if (proposal.getSealed().size() > 0) {
    return fail(Fault::unsupported, "sealed: personal parts cannot be stored yet; send the event without it");
  }
  return Draft(proposal);
}

template <class List, class Read>
Result<std::vector<Draft>> drafts_in(const List& list, const Read& read) {
  const std::size_t count = list.size();
  if (count == 0) return fail(Fault::invalid, "an append needs at least one event");
  if (count > limits::batch_events_max) {
    return fail(Fault::too_large, "an append holds " + std::to_string(count) + " events; at most " +
                                      std::to_string(limits::batch_events_max) + " go into one, so split it");
  }
  std::vector<Draft> drafts;
  drafts.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    Result<Draft> draft = read(list[static_cast<unsigned>(i)]);
    if (!draft) return tl::make_unexpected(at(place_in_batch(i, count), std::move(draft).error()));
    drafts.push_back(std::move(*draft));
  }
  return drafts;
}

}  // namespace

std::string place_in_batch(std::size_t index, std::size_t count) {
  return "event " + std::to_string(index + 1) + " of " + std::to_string(count);
}

Result<std::vector<Draft>> drafts_of(wire::Append::Reader append) {
  switch (append.which()) {
    case wire::Append::PROPOSALS:
      return drafts_in(append.getProposals(), [](events::wire::Proposal::Reader proposal) { return draft_of(proposal); });
    case wire::Append::JSON:
      return drafts_in(append.getJson(), [](capnp::Text::Reader text) { return draft_from_json({text.begin(), text.size()}); });
  }
  return fail(Fault::unsupported, "the append holds its events in a form that this server does not know; send proposals or json");
}

Result<std::vector<engine::Expected>> expected_of(wire::Append::Reader append) {
  std::vector<engine::Expected> expected;
  if (append.getExpected().size() > limits::batch_events_max) {
    return fail(Fault::too_large, "expected: at most " + std::to_string(limits::batch_events_max) + " streams can be named");
  }
  for (const auto one : append.getExpected()) {
    FODSPOR_TRY(const StreamId stream, stream_of(one.getStream()));
    engine::Expected& next = expected.emplace_back(engine::Expected{stream, engine::Expected::Kind::any, {}});
    switch (one.which()) {
      case wire::Expected::ANY:
        break;
      case wire::Expected::NONE:
        next.kind = engine::Expected::Kind::none;
        break;
      case wire::Expected::VERSION:
        next.kind = one.getVersion() == 0 ? engine::Expected::Kind::none : engine::Expected::Kind::exactly;
        next.version = {one.getVersion()};
        break;
      default:
        return fail(Fault::unsupported, "expected: of a form that this server does not know; send any, none or version");
    }
  }
  return expected;
}

Failure reason_of(wire::Append::Reader append, Failure failure) {
  if (!append.isProposals() || failure.fault != Fault::invalid) return failure;
  const auto proposals = append.getProposals();
  for (unsigned i = 0; i < proposals.size(); ++i) {
    if (auto known = check_known(proposals[i]); !known) return at(place_in_batch(i, proposals.size()), std::move(known).error());
  }
  return failure;
}

}  // namespace fodspor::server
