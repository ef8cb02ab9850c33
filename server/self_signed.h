// A certificate that nobody else has signed, for trying and for one's own network: a P-256 key of its own, good for serving and for showing
// as a client. Whoever connects trusts it by its file. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/failure.h"
#include "events/ids.h"

namespace fodspor::server {

using namespace fodspor::events;

struct SelfSigned {
  std::string certificate;  // PEM, both
  std::string key;
};

inline constexpr std::size_t certificate_names_max = 32;

// `names`: the host names and IP addresses under which the server is reached, at least one. Good from an hour before `from`, as clocks
// differ. Fault::invalid: a name that is none.
Result<SelfSigned> self_signed(const std::vector<std::string>& names, Timestamp from, std::uint32_t days);

}  // namespace fodspor::server
