// Networks and clusters of enterprises: members, gatherings, who came. Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/network.capnp.h"
#include "projections/view.h"

namespace fodspor::projections {

struct NetworkMember {
  StreamId who;  // an enterprise or staff
  Date joined;
  EventId because;
};

struct Gathering {
  std::uint32_t number = 0;
  std::optional<Date> held;  // none: attended, but never recorded as held
  std::string topic;
  std::vector<StreamId> attended;
  EventId because;
};

struct NetworkLine {
  Id network;
  ProgrammeId programme;
  std::string title;
  wire::NetworkFormed::Kind kind{};
  std::optional<Moment> formed;
  std::vector<NetworkMember> members;
  std::vector<Gathering> gatherings;
};

// In order of programme and network; of one programme or of all.
Result<std::vector<NetworkLine>> read_networks(const Rows& networks, std::optional<ProgrammeId> programme);

std::unique_ptr<View> make_networks_view();

}  // namespace fodspor::projections
