// A request of HTTP, as "METHOD TARGET", a line break and its body: refused in words, or a Request of the wire that can be read as one.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/dispatch.h"
#include "server/http_routes.h"
#include "server/inbound.h"

using namespace fodspor::server;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view line = text.substr(0, text.find('\n'));
  const std::string_view body = line.size() == text.size() ? std::string_view() : text.substr(line.size() + 1);
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  const auto refused_well = [](const HttpRefusal& refusal) {
    return refusal.status >= 400 && refusal.status < 500 && !refusal.failure.message.empty();
  };
  const auto route = http_route(line.substr(0, space), line.substr(space + 1));
  if (!route) {
    FODSPOR_CHECK(refused_well(route.error()));
    return 0;
  }
  if (route->place != HttpPlace::wire) return 0;
  const auto request = http_request(*route, body);
  if (!request) {
    FODSPOR_CHECK(refused_well(request.error()));
    return 0;
  }
  FODSPOR_CHECK(Dispatch::id_of(*request->frame) == 1);
  const auto asked = request->frame->message().getRoot<fodspor::server::wire::Request>();
  FODSPOR_CHECK(asked.isAppend() || asked.isRead() || asked.isStats() || asked.isPing() || asked.isAsk());
  if (!asked.isAppend()) return 0;
  // What stood in the body as an event is what is read as one.
  const auto drafts = drafts_of(asked.getAppend());
  FODSPOR_CHECK(!drafts || drafts->size() == asked.getAppend().getJson().size());
  FODSPOR_CHECK(expected_of(asked.getAppend()) || asked.getAppend().getExpected().size() > 0);
  return 0;
}
