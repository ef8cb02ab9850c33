// What scenarios about following share: people who are appended while others listen, and what a follower got. Owned by one scenario.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/follow.h"
#include "tests/server/socket_fixture.h"

namespace fodspor::server::tests {

// Enrols people first to last, ten a batch, each person once.
void enrol(Client& client, std::uint64_t first, std::uint64_t last, const std::string& programme = "roskilde");

// The positions that come, until `through` has been looked at.
std::vector<std::uint64_t> positions_until(Follow& follow, std::uint64_t through);
// from, from + 1 … to.
std::vector<std::uint64_t> range(std::uint64_t from, std::uint64_t to);

// Packed, from there, all.
Follow::Options everything(std::uint64_t from = 1);

// A subscription by hand, for what a decent client does not do.
void fill_subscription(wire::Request::Builder request, std::uint64_t from, std::uint64_t credit);

}  // namespace fodspor::server::tests
