// The lives of programmes, staff, networks and enterprises.
#include "replay/simulation/surroundings.h"

#include <algorithm>
#include <iterator>

#include "replay/simulation/telling.h"

namespace fodspor::replay::simulation {
namespace {

// Eight digits that no enterprise in the register has (they begin below 5), with a check digit that holds.
std::uint32_t cvr_of(std::uint32_t number) {
  constexpr std::uint32_t weights[] = {2, 7, 6, 5, 4, 3, 2, 1};
  for (std::uint32_t candidate = 90'000'000 + number % 800'000 * 11;; ++candidate) {
    std::uint32_t sum = 0;
    std::uint32_t rest = candidate;
    for (auto weight = std::rbegin(weights); weight != std::rend(weights); ++weight, rest /= 10) sum += rest % 10 * *weight;
    if (sum % 11 == 0) return candidate;
  }
}

}  // namespace

void live_programme(Life& life) {
  const ProgrammeRates& r = life.rates();
  life.tell_within(ProgrammeRegistered{}, r.starts, 0, 0).recorded_us = moment_of(life.world().arrival(life.subject()).days()) + day_us / 2;
  // Each quarter, once it is over, the registers have been read for it. Of some the last weeks are missing, and stay unknown.
  const Date until = r.ends.plus_months(9);
  for (Date from = r.starts; from < until;) {
    const Date to = std::min(until, from.plus_months(3));
    const Date seen = life.chance(r.gap_in_coverage) ? std::max(from.plus_days(1), to.plus_days(-28)) : to;
    const Covered covered{.source = wire::Source::REGISTER, .from = from.stored(), .to = seen.stored()};
    life.tell_within(covered, to, 14, 45, wire::Source::REGISTER).from = from.stored();
    from = to;
  }
}

void live_staff(Life& life) {
  const Date from = life.world().arrival(life.subject());
  const bool broker = life.subject().number % 2 == 1;
  life.tell_within(RoleTrained{.role = broker ? wire::RoleKind::JOB_BROKER : wire::RoleKind::MENTOR}, from, 0, 3);
  if (life.draw().chance(1, 3)) life.tell({RoleTrained{.role = wire::RoleKind::CONSULTANT}, from.plus_months(6)});
}

void live_network(Life& life) {
  const World& world = life.world();
  const Subject& me = life.subject();
  Draw& draw = life.draw();
  const Date formed = world.arrival(me);
  const bool cluster = me.number % 2 == 0;
  life.tell_within(
      NetworkFormed{.kind = cluster ? wire::NetworkFormed::Kind::CLUSTER : wire::NetworkFormed::Kind::NETWORK, .number = me.number + 1},
      formed, 0, 4);
  struct Member {
    StreamId enterprise;
    Date joined;
  };
  std::vector<Member> members;
  for (std::uint32_t i = 0, n = draw.within(4, 12); i < n; ++i) {
    const Date joined = formed.plus_days(draw.within(0, 200));
    const StreamId member = world.stream(world.enterprise_by(me.programme, draw.chance(1, 8), joined, draw));
    if (std::any_of(members.begin(), members.end(), [&](const Member& m) { return m.enterprise == member; })) continue;
    members.push_back({member, joined});
    life.tell({NetworkJoined{}, joined}).refer(wire::Role::ENTERPRISE, member);
  }
  std::uint32_t gathering = 0;
  for (Date held = formed.plus_days(45); held < life.rates().ends; held = held.plus_days(draw.within(70, 140))) {
    life.tell({NetworkEventHeld{.gathering = ++gathering}, held});
    for (const Member& member : members) {
      if (member.joined > held || !draw.chance(2, 5)) continue;
      life.tell({NetworkEventAttended{.gathering = gathering}, held}).refer(wire::Role::ENTERPRISE, member.enterprise);
    }
  }
}

void live_enterprise(Life& life) {
  const World& world = life.world();
  const Subject& me = life.subject();
  const World::Size& size = world.size(me.programme);
  Draw& draw = life.draw();
  const Date recruited = world.arrival(me);
  const bool social = me.number >= size.commercial;
  EnterpriseRecruited facts;
  facts.cvr = cvr_of(me.programme * 100'000U + me.number);
  facts.kind = social ? wire::EnterpriseKind::SOCIAL : wire::EnterpriseKind::COMMERCIAL;
  facts.industry = static_cast<std::uint8_t>(draw.below(industries_count));
  life.tell_within(facts, recruited, 0, recruitment_recorded_days_max);
  if (me.number < size.committed_before || draw.chance(1, 3)) {
    life.tell_within(CommitmentGiven{.places = static_cast<std::uint8_t>(draw.within(1, 4))}, recruited, 0, 5);
  }
  for (std::uint32_t i = 0, n = draw.within(0, 2); i < n; ++i) {
    constexpr wire::PlacementKind kinds[] = {wire::PlacementKind::VIRKSOMHEDSPRAKTIK, wire::PlacementKind::LOENTILSKUD,
                                             wire::PlacementKind::SMALL_JOB, wire::PlacementKind::FLEKSJOB};
    life.tell({OpeningOffered{.kind = draw.among(kinds),
                              .places = static_cast<std::uint8_t>(draw.within(1, 3)),
                              .weekly_minutes = static_cast<std::int32_t>(draw.within(5, 37)) * 60},
               recruited.plus_days(draw.within(5, 150)),
               {},
               wire::Source::EMPLOYER});
  }
  if (life.chance(life.rates().buddy)) {
    life.tell({RoleTrained{.role = draw.chance(1, 2) ? wire::RoleKind::BUDDY : wire::RoleKind::MENTOR},
               recruited.plus_days(draw.within(30, 120))});
  }
  // Ambassadors are spread evenly over the commercial enterprises.
  const bool ambassador = !social && std::uint64_t{me.number} * size.ambassadors % size.commercial < size.ambassadors;
  if (ambassador) {
    life.tell({RoleAssigned{.role = wire::RoleKind::AMBASSADOR_ENTERPRISE, .employer = wire::EmployerKind::ENTERPRISE, .assignment = 1},
               recruited.plus_days(draw.within(10, 90))});
  }
  if (!ambassador && life.chance(life.rates().withdrew)) life.tell({EnterpriseWithdrew{}, recruited.plus_days(draw.within(120, 400))});
  life.make_mistakes();
}

}  // namespace fodspor::replay::simulation
