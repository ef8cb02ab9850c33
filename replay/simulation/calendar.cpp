#include "replay/simulation/calendar.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "replay/simulation/participant.h"
#include "replay/simulation/surroundings.h"

namespace fodspor::replay::simulation {
namespace {

constexpr std::uint64_t happenings_a_life = 32;
constexpr std::uint64_t happenings_a_window = 150'000;
constexpr std::uint64_t windows_max = 8'192;
// Follow-up, coverage, lateness and corrections go on after a programme's end.
constexpr std::int32_t days_after_the_end = 500;

}  // namespace

std::vector<Happening> life_of(const World& world, const Subject& subject) {
  Life life(world, subject);
  switch (subject.kind) {
    case StreamKind::participant:
      Participant(life).live();
      break;
    case StreamKind::enterprise:
      live_enterprise(life);
      break;
    case StreamKind::network:
      live_network(life);
      break;
    case StreamKind::staff:
      live_staff(life);
      break;
    default:
      live_programme(life);
  }
  return std::move(life).told();
}

Calendar::Calendar(const World& world) : world_(world) {
  Date first = world.rates(0).starts;
  Date last = first;
  for (std::size_t p = 0; p < world.programmes(); ++p) {
    const auto programme = static_cast<std::uint8_t>(p);
    const World::Size& size = world.size(programme);
    first = std::min(first, world.arrival({0, programme, StreamKind::programme}));
    last = std::max(last, world.rates(programme).ends);
    arrivals_.push_back({{0, programme, StreamKind::programme}, 1});
    arrivals_.push_back({{0, programme, StreamKind::staff}, size.staff});
    // Commercial and social enterprises are recruited side by side.
    arrivals_.push_back({{0, programme, StreamKind::enterprise}, size.commercial});
    arrivals_.push_back({{size.commercial, programme, StreamKind::enterprise}, size.enterprises()});
    arrivals_.push_back({{0, programme, StreamKind::network}, size.networks});
    arrivals_.push_back({{0, programme, StreamKind::participant}, size.participants});
    expected_ += size.participants * happenings_a_life + size.enterprises() * 4ULL;
  }
  begin_us_ = moment_of(first.days());
  const std::int64_t whole = moment_of(last.days() + days_after_the_end) - begin_us_;
  const std::uint64_t windows = std::clamp<std::uint64_t>(expected_ / happenings_a_window, 1, windows_max);
  span_us_ = whole / static_cast<std::int64_t>(windows) + 1;
  waiting_.resize(windows);
}

std::size_t Calendar::window_of(std::int64_t recorded_us) const noexcept {
  const auto window = static_cast<std::size_t>(std::max<std::int64_t>(recorded_us - begin_us_, 0) / span_us_);
  return std::min(window, waiting_.size() - 1);
}

void Calendar::visit(const Subject& subject, std::vector<Happening>& window) {
  std::size_t next = std::numeric_limits<std::size_t>::max();
  for (Happening& happening : life_of(world_, subject)) {
    const std::size_t when = window_of(happening.recorded_us);
    if (when == now_) {
      window.push_back(happening);
    } else if (when > now_) {
      next = std::min(next, when);
    }
  }
  if (next < waiting_.size()) waiting_[next].push_back({subject.number, subject.programme, subject.kind});
}

bool Calendar::next(std::vector<Happening>& window) {
  window.clear();
  if (now_ == waiting_.size()) return false;
  std::vector<Waiting> waiting;
  waiting.swap(waiting_[now_]);
  for (const Waiting& w : waiting) visit({w.number, w.programme, w.kind}, window);
  const bool last = now_ + 1 == waiting_.size();
  for (Arrivals& arrivals : arrivals_) {
    for (; arrivals.next.number < arrivals.end; ++arrivals.next.number) {
      if (!last && window_of(moment_of(world_.arrival(arrivals.next).days())) > now_) break;
      visit(arrivals.next, window);
    }
  }
  std::sort(window.begin(), window.end(), [](const Happening& a, const Happening& b) {
    return std::tie(a.recorded_us, a.subject, a.ordinal) < std::tie(b.recorded_us, b.subject, b.ordinal);
  });
  ++now_;
  return true;
}

}  // namespace fodspor::replay::simulation
