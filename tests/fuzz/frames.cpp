// Bytes from a network: however they are cut, each message is read within its bounds or refused, and so is what it asks.
#include "server/frames.h"

#include <kj/exception.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "server/bounds.h"
#include "server/dispatch.h"
#include "server/inbound.h"
#include "server/places.h"
#include "server/subscription.h"

namespace fodspor::server {
namespace {

void look_into(Frame& frame) {
  static_cast<void>(Dispatch::id_of(frame));
  FODSPOR_CHECK(Dispatch::answer_bytes_of(frame) <= Bounds::answer_bytes_max);
  if (const auto greeting = Dispatch::greeting(frame); !greeting) FODSPOR_CHECK(!greeting.error().message.empty());
  static_cast<void>(kj::runCatchingExceptions([&] {
    const auto request = frame.message().getRoot<wire::Request>();
    if (request.isSubscribe()) {
      for (const Programmes& programmes : {Programmes::all(), Programmes::only({ProgrammeId{{1, 1}}})}) {
        const auto filter = filter_of(request.getSubscribe(), Grant{"fuzz", Role::auditor, programmes, false, "fuzz"});
        FODSPOR_CHECK(filter || !filter.error().message.empty());
        FODSPOR_CHECK(!filter || filter->types.size() <= Bounds::filter_types_max);
      }
    }
    if (request.isKeep()) {
      const auto name = request.getKeep().getName();
      if (check_place_name({name.begin(), name.size()})) {
        const PlaceList places{{{"fuzz", std::string(name.begin(), name.size())}, Position{request.getKeep().getPosition()}}};
        const auto read = read_place_lines(place_lines(places), "places");
        FODSPOR_CHECK(read && *read == places);
      }
    }
    if (!request.isAppend()) return;
    const auto append = request.getAppend();
    if (const auto expected = expected_of(append); !expected) FODSPOR_CHECK(!expected.error().message.empty());
    auto drafts = drafts_of(append);
    if (!drafts) return FODSPOR_CHECK(!drafts.error().message.empty());
    if (auto encoded = encode_batch({"fuzz", "1"}, *drafts, Unknown::refused); !encoded) {
      FODSPOR_CHECK(!reason_of(append, std::move(encoded).error()).message.empty());
    }
  }));
}

}  // namespace
}  // namespace fodspor::server

using namespace fodspor::server;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{data[0]} * 7 + 1;
  std::size_t at = 1;
  FrameReader frames;
  for (;;) {
    auto frame = frames.next();
    if (!frame) {
      FODSPOR_CHECK(!frame.error().message.empty());
      return 0;
    }
    if (*frame) {
      look_into(**frame);
      continue;
    }
    if (at == size) return 0;
    const auto room = frames.room();
    FODSPOR_CHECK(!room.empty() && frames.held_bytes() <= std::max(2 * size, Bounds::input_bytes));
    const std::size_t some = std::min({room.size(), piece, size - at});
    std::memcpy(room.data(), data + at, some);
    frames.got(some);
    at += some;
  }
}
