#include "server/subscription.h"

#include <algorithm>

#include "events/codec.h"
#include "server/bounds.h"
#include "server/inbound.h"
#include "server/wire_stream.h"

namespace fodspor::server {

namespace {

template <class T>
void put_in_order(std::vector<T>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

tl::unexpected<Failure> too_many(std::string_view field, std::size_t most) {
  return fail(Fault::too_large, std::string(field) + ": a subscription names " + std::to_string(most) +
                                    " at most; name fewer, or none and choose among what comes");
}

}  // namespace

Result<Filter> filter_of(wire::Subscribe::Reader subscribe, const Grant& grant) {
  Filter filter;
  if (subscribe.getTypes().size() > Bounds::filter_types_max) return too_many("types", Bounds::filter_types_max);
  for (const std::uint16_t number : subscribe.getTypes()) {
    const auto type = static_cast<EventType>(number);
    if (find_type(type) == nullptr) {
      return fail(Fault::unsupported, "types: there is no type of events " + std::to_string(number) + " that this server knows");
    }
    filter.types.push_back(type);
  }
  if (subscribe.getProgrammes().size() > Bounds::filter_programmes_max) return too_many("programmes", Bounds::filter_programmes_max);
  for (const auto name : subscribe.getProgrammes()) {
    const auto programme = ProgrammeId::parse({name.begin(), name.size()});
    if (!programme) return tl::make_unexpected(at("programmes", programme.error()));
    FODSPOR_DO(may(grant, Operation::subscribe, *programme));
    filter.programmes.push_back(*programme);
  }
  if (subscribe.hasStream()) {
    auto stream = stream_of(subscribe.getStream());
    if (!stream) return tl::make_unexpected(at("stream", std::move(stream).error()));
    filter.stream = *stream;
  }
  put_in_order(filter.types);
  put_in_order(filter.programmes);
  return filter;
}

Result<bool> Filter::lets(const engine::Stored& stored, const Grant& grant, Concerns& concerns) const {
  if (!types.empty() || stream) {
    FODSPOR_TRY(const Header header, read_header(stored.packed));
    if (!types.empty() && !std::binary_search(types.begin(), types.end(), header.type)) return false;
    if (stream && header.stream != *stream) return false;
  }
  if (programmes.empty() && grant.programmes.are_all()) return true;
  FODSPOR_TRY(const Event event, Event::decode(stored.packed, stored.placement));
  FODSPOR_TRY(const auto concerned, concerns.of(event));
  const auto named = [&](ProgrammeId programme) { return std::binary_search(programmes.begin(), programmes.end(), programme); };
  if (!programmes.empty() && std::none_of(concerned.begin(), concerned.end(), named)) return false;
  return may_about(grant, Operation::subscribe, concerned).has_value();
}

}  // namespace fodspor::server
