// Rows: programme (16) network (16) → members and gatherings, from the network's own stream.
#include "projections/network.h"

#include <algorithm>
#include <map>

#include "projections/row_codec.h"

namespace fodspor::projections {

namespace {

constexpr std::string_view view_name = "networks";

std::string text_of(capnp::Text::Reader text) {
  return {text.begin(), text.size()};
}

std::vector<StreamId> guests(const Fact& fact) {
  std::vector<StreamId> who;
  for (const auto reference : fact.said().proposal().getReferences()) {
    const auto role = reference.getRole();
    if (reference.getSuperseded() || role == wire::Role::PROGRAMME || role == wire::Role::NETWORK || role == wire::Role::PORTFOLIO)
      continue;
    if (reference.getKind() > stream_kind_max) continue;
    who.push_back({static_cast<StreamKind>(reference.getKind()), {reference.getHi(), reference.getLo()}});
  }
  return who;
}

struct Gathered {
  std::vector<NetworkMember> members;
  std::map<std::uint32_t, Gathering> gatherings;
  NetworkLine line;
};

void add(const Fact& fact, Gathered& network) {
  switch (fact.type) {
    case EventType::network_formed: {
      const auto said = fact.body<wire::NetworkFormed>();
      network.line.title = text_of(said.getTitle());
      network.line.kind = said.getKind();
      if (!network.line.formed) network.line.formed = Moment{fact.from, fact.because()};
      break;
    }
    case EventType::network_joined:
      for (const StreamId& who : guests(fact)) {
        const bool known =
            std::any_of(network.members.begin(), network.members.end(), [&](const NetworkMember& one) { return one.who == who; });
        if (!known) network.members.push_back({who, fact.from, fact.because()});
      }
      break;
    case EventType::network_event_held: {
      const auto said = fact.body<wire::NetworkEventHeld>();
      Gathering& gathering = network.gatherings[said.getGathering()];
      gathering.held = fact.from;
      gathering.topic = text_of(said.getTopic());
      gathering.because = fact.because();
      break;
    }
    case EventType::network_event_attended: {
      Gathering& gathering = network.gatherings[fact.body<wire::NetworkEventAttended>().getGathering()];
      for (const StreamId& who : guests(fact)) gathering.attended.push_back(who);
      if (!gathering.because) gathering.because = fact.because();
      break;
    }
    default:
      break;
  }
}

std::string encode(Gathered& network) {
  std::string row;
  RowWriter writer(row);
  writer.text(network.line.title).byte(static_cast<std::uint8_t>(network.line.kind)).moment(network.line.formed);
  writer.number(network.members.size());
  for (const NetworkMember& member : network.members) writer.stream(member.who).date(member.joined).event(member.because);
  writer.number(network.gatherings.size());
  for (auto& [number, gathering] : network.gatherings) {
    std::sort(gathering.attended.begin(), gathering.attended.end());
    gathering.attended.erase(std::unique(gathering.attended.begin(), gathering.attended.end()), gathering.attended.end());
    writer.number(number).date(gathering.held).text(gathering.topic).event(gathering.because).number(gathering.attended.size());
    for (const StreamId& who : gathering.attended) writer.stream(who);
  }
  return row;
}

Result<NetworkLine> decode(std::string_view key, std::string_view row) {
  RowReader keys(key);
  NetworkLine line;
  line.programme = {keys.id()};
  line.network = keys.id();
  FODSPOR_DO(keys.finish(view_name));
  RowReader reader(row);
  line.title = reader.text();
  line.kind = static_cast<wire::NetworkFormed::Kind>(reader.byte());
  line.formed = reader.moment();
  for (std::uint64_t left = reader.number(); left > 0 && reader.ok(); --left) {
    NetworkMember member;
    member.who = reader.stream();
    member.joined = reader.date().value_or(Date());
    member.because = reader.event();
    line.members.push_back(member);
  }
  for (std::uint64_t left = reader.number(); left > 0 && reader.ok(); --left) {
    Gathering gathering;
    gathering.number = reader.number32();
    gathering.held = reader.date();
    gathering.topic = reader.text();
    gathering.because = reader.event();
    for (std::uint64_t guests_left = reader.number(); guests_left > 0 && reader.ok(); --guests_left) {
      gathering.attended.push_back(reader.stream());
    }
    line.gatherings.push_back(std::move(gathering));
  }
  FODSPOR_DO(reader.finish(view_name));
  return line;
}

class NetworksView : public View {
 public:
  std::string_view name() const override { return view_name; }
  std::uint32_t version() const override { return 2; }
  bool folds(StreamKind kind) const override { return kind == StreamKind::network; }
  Status prepare(const Context&) override { return {}; }

  Status contribute(const Subject& subject, Contribution& out) const override {
    // A network that several programmes name is a line of each, with what stands under that programme's name.
    std::map<ProgrammeId, Gathered> networks;
    for (const Fact& fact : subject.history.facts()) add(fact, networks[fact.event->programme()]);
    for (auto& [programme, network] : networks) {
      std::string key;
      RowWriter(key).id(programme.id).id(subject.id().id);
      out.rows.emplace_back(std::move(key), encode(network));
    }
    return {};
  }
};

}  // namespace

Result<std::vector<NetworkLine>> read_networks(const Rows& networks, std::optional<ProgrammeId> programme) {
  std::string prefix;
  if (programme) RowWriter(prefix).id(programme->id);
  std::vector<NetworkLine> lines;
  Status status;
  FODSPOR_DO(networks.each_row(prefix, [&](std::string_view key, std::string_view row) {
    Result<NetworkLine> line = decode(key, row);
    if (!line) {
      status = tl::make_unexpected(std::move(line).error());
      return false;
    }
    lines.push_back(std::move(*line));
    return true;
  }));
  if (!status) return tl::make_unexpected(std::move(status).error());
  return lines;
}

std::unique_ptr<View> make_networks_view() {
  return std::make_unique<NetworksView>();
}

}  // namespace fodspor::projections
