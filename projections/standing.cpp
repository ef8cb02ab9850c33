// Figures against targets in whole numbers. A target's value v is in millionths, so a count y meets "at least v" when y·10⁶ ≥ v, and a
// share y/d when y·10⁶ ≥ v·d; both are compared in 128 bits, where neither side can overflow.
#include "projections/kpi.h"

namespace fodspor::projections {

namespace {

__extension__ typedef __int128 Wide;  // no standard type is wide enough; the products stay below 2^127

constexpr Wide million = 1'000'000;

struct Scaled {
  Wide low, high;  // the figure with unknown as no and as yes
  Wide value;      // the target
  Wide tolerance;  // of `about`
};

Scaled scaled(const Target& target, std::uint64_t yes, std::uint64_t unknown, std::uint64_t of) {
  const Wide units = target.share ? static_cast<Wide>(of) : Wide{1};
  const Wide value = static_cast<Wide>(target.value_millionths) * units;
  // The tolerance is a share of the value, in millionths, so everything is scaled by another million.
  return {static_cast<Wide>(yes) * million * million, (static_cast<Wide>(yes) + static_cast<Wide>(unknown)) * million * million,
          value * million, value * static_cast<Wide>(target.tolerance_millionths)};
}

}  // namespace

std::string_view name(TargetStanding standing) noexcept {
  switch (standing) {
    case TargetStanding::met:
      return "met";
    case TargetStanding::missed:
      return "missed";
    case TargetStanding::not_yet:
      return "not_yet";
    case TargetStanding::unknown_decides:
      return "unknown_decides";
    case TargetStanding::unread:
      return "unread";
  }
  return "unread";
}

TargetStanding standing(const Target& target, std::uint64_t yes, std::uint64_t unknown, std::uint64_t of, bool over) {
  using Comparator = wire::TargetPinned::Comparator;
  const TargetStanding short_of_it = over ? TargetStanding::missed : TargetStanding::not_yet;
  if (target.share && of == 0) return short_of_it;
  const Scaled s = scaled(target, yes, unknown, of);

  // What must be reached: surely reached, possibly reached, or not.
  const auto reach = [&](bool surely, bool possibly) {
    if (surely) return TargetStanding::met;
    return possibly ? TargetStanding::unknown_decides : short_of_it;
  };
  switch (target.comparator) {
    case Comparator::AT_LEAST:
      return reach(s.low >= s.value, s.high >= s.value);
    case Comparator::MORE_THAN:
      return reach(s.low > s.value, s.high > s.value);
    case Comparator::AT_MOST:
      // A ceiling is broken for good, and kept only once the programme is over.
      if (s.low > s.value) return TargetStanding::missed;
      if (s.high > s.value) return TargetStanding::unknown_decides;
      return over ? TargetStanding::met : TargetStanding::not_yet;
    case Comparator::UP_TO:
      // "Up to 84" is reached by 84, and more is no miss; in the end fewer are what "up to" allows, so that only nobody at all misses it.
      if (s.low >= s.value) return TargetStanding::met;
      return over ? reach(yes > 0, unknown > 0) : TargetStanding::not_yet;
    case Comparator::ABOUT: {
      const Wide from = s.value - s.tolerance;
      const Wide to = s.value + s.tolerance;
      if (s.low >= from && s.high <= to) return TargetStanding::met;
      if (s.high < from) return short_of_it;
      if (s.low > to) return TargetStanding::missed;
      return TargetStanding::unknown_decides;
    }
    case Comparator::UNSPECIFIED:
      break;
  }
  return TargetStanding::unread;
}

}  // namespace fodspor::projections
