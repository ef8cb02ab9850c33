#include "replay/simulation/world.h"

#include <algorithm>

namespace fodspor::replay::simulation {
namespace {

constexpr std::uint64_t second_registration = 0x5ec0;

std::uint32_t square_root(std::uint64_t n) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = 1ULL << 31; bit != 0; bit >>= 1) {
    const std::uint64_t candidate = root | bit;
    if (candidate * candidate <= n) root = candidate;
  }
  return static_cast<std::uint32_t>(root);
}

// The k-th of n things that begin on each of `days` days in turn: never falling in k.
std::int32_t spread(std::uint32_t k, std::uint32_t n, std::int32_t days) {
  return static_cast<std::int32_t>(std::uint64_t{k} * static_cast<std::uint64_t>(std::max(days, 0)) / std::max(n, 1U));
}

}  // namespace

World::World(Rates rates, std::uint64_t seed, std::uint32_t scale_thousandths) : rates_(std::move(rates)), seed_(seed) {
  const std::uint64_t scale = std::max<std::uint64_t>(scale_thousandths, 1);
  const std::uint64_t slower = scale <= 1'000 ? scale : square_root(scale * 1'000);
  const auto scaled = [](std::uint32_t n, std::uint64_t by) {
    if (n == 0) return 0U;
    return static_cast<std::uint32_t>(std::max<std::uint64_t>(1, (n * by + 500) / 1'000));
  };
  for (const ProgrammeRates& r : rates_.programmes) {
    Size size{};
    size.participants = scaled(r.participants, scale);
    size.commercial = scaled(r.commercial, slower);
    size.social = scaled(r.social, slower);
    size.ambassadors = std::min(scaled(r.ambassadors, slower), size.commercial);
    size.committed_before = std::min(scaled(r.committed_before, slower), size.commercial);
    size.networks = scaled(r.networks, slower);
    size.staff = scaled(r.staff, slower);
    sizes_.push_back(size);
  }
}

std::uint32_t World::count(std::uint8_t programme, StreamKind kind) const noexcept {
  const Size& size = sizes_[programme];
  switch (kind) {
    case StreamKind::programme:
      return 1;
    case StreamKind::participant:
      return size.participants;
    case StreamKind::enterprise:
      return size.enterprises();
    case StreamKind::network:
      return size.networks;
    case StreamKind::staff:
      return size.staff;
    default:
      return 0;
  }
}

Draw World::draw(const Subject& s) const noexcept {
  return Draw(key_of(seed_, static_cast<std::uint64_t>(s.kind), s.programme, s.number));
}

StreamId World::stream(const Subject& s) const noexcept {
  if (s.kind == StreamKind::programme) return rates_.programmes[s.programme].id.stream();
  const std::uint64_t key = key_of(seed_, static_cast<std::uint64_t>(s.kind), s.programme, s.number);
  return {s.kind, {mix(key + 1), mix(key + 2)}};
}

StreamId World::second_stream(const Subject& s) const noexcept {
  const std::uint64_t key = key_of(seed_, second_registration, s.programme, s.number);
  return {s.kind, {mix(key + 1), mix(key + 2)}};
}

Date World::arrival(const Subject& s) const noexcept {
  const ProgrammeRates& r = rates_.programmes[s.programme];
  const Size& size = sizes_[s.programme];
  switch (s.kind) {
    case StreamKind::programme:
      return r.starts.plus_days(-45);
    case StreamKind::staff:
      return r.starts.plus_days(-28);
    case StreamKind::network:
      return r.starts.plus_days(60 + spread(s.number, size.networks, (r.ends - r.starts) / 2));
    case StreamKind::enterprise: {
      // The committed ones in the weeks before the start, the others over the first two thirds of the programme; social ones all after it
      // but the first.
      const std::int32_t recruiting = (r.ends - r.starts) * 2 / 3;
      if (s.number < size.commercial) {
        if (s.number < size.committed_before) return r.starts.plus_days(-30 + spread(s.number, size.committed_before, 24));
        return r.starts.plus_days(spread(s.number - size.committed_before, size.commercial - size.committed_before, recruiting));
      }
      return r.starts.plus_days(-6 + spread(s.number - size.commercial, size.social, recruiting));
    }
    default: {
      const std::int32_t last = r.ends - r.starts - static_cast<std::int32_t>(r.days_in.most) - 30;
      return r.starts.plus_days(7 + spread(s.number, size.participants, last - 7));
    }
  }
}

Subject World::enterprise_by(std::uint8_t programme, bool social, Date day, Draw& draw) const noexcept {
  const Size& size = sizes_[programme];
  social = social && size.social > 0;
  const std::uint32_t begin = social ? size.commercial : 0;
  std::uint32_t low = begin + 1;  // the first of either kind is there from the start
  std::uint32_t high = social ? size.enterprises() : size.commercial;
  const Date known = day.plus_days(-recruitment_recorded_days_max - 1);
  while (low < high) {
    const std::uint32_t middle = low + (high - low + 1) / 2;
    if (arrival({middle - 1, programme, StreamKind::enterprise}) <= known) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return {begin + draw.below(low - begin), programme, StreamKind::enterprise};
}

}  // namespace fodspor::replay::simulation
