#include "tests/server/follow_fixture.h"

#include <algorithm>
#include <numeric>

#include "tests/support/must.h"

namespace fodspor::server::tests {

using stories::must;

void enrol(Client& client, std::uint64_t first, std::uint64_t last, const std::string& programme) {
  constexpr std::uint64_t batch = 10;
  for (std::uint64_t number = first; number <= last; number += batch) {
    std::vector<std::string> events;
    for (std::uint64_t one = number; one <= std::min(last, number + batch - 1); ++one) events.push_back(enrolled(person(one), programme));
    must(append(client, "enrol " + std::to_string(number), events));
  }
}

std::vector<std::uint64_t> positions_until(Follow& follow, std::uint64_t through) {
  std::vector<std::uint64_t> positions;
  for (Position seen = follow.begun_at(); seen.value < through;) {
    const auto came = must(follow.next([&](wire::Event::Reader event) -> Status {
      positions.push_back(event.getPosition());
      return {};
    }));
    seen = came.through;
  }
  return positions;
}

std::vector<std::uint64_t> range(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> positions(to >= from ? to - from + 1 : 0);
  std::iota(positions.begin(), positions.end(), from);
  return positions;
}

Follow::Options everything(std::uint64_t from) {
  Follow::Options options;
  options.from = Position{from};
  options.form = wire::Form::PACKED;
  return options;
}

void fill_subscription(wire::Request::Builder request, std::uint64_t from, std::uint64_t credit) {
  auto subscribe = request.initSubscribe();
  subscribe.setFrom(from);
  subscribe.setForm(wire::Form::PACKED);
  subscribe.setCredit(credit);
}

}  // namespace fodspor::server::tests
