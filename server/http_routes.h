// What an HTTP request asks, as a Request of the wire, for the same Dispatch as everybody's. Bytes from a network: whatever is wrong with
// them is a refusal. README.md, "HTTP and JSON", is the reference. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "events/failure.h"
#include "server/frames.h"
#include "server/http_target.h"
#include "server/protocol.capnp.h"

namespace fodspor::server {

// Which of its two answers it needs: a request of the wire, or one that the server gives of itself.
enum class HttpPlace : std::uint8_t { wire, health, ready, metrics };

struct HttpRefusal {
  unsigned status = 400;
  Failure failure;
  std::string allow;  // with 405: the method that would do
};

template <class T>
using HttpResult = tl::expected<T, HttpRefusal>;

struct HttpRoute {
  HttpPlace place = HttpPlace::wire;
  bool takes_body = false;
  HttpTarget target;
};

// Whether there is such a thing, before anything of a body is read: 404, 405, 400.
HttpResult<HttpRoute> http_route(std::string_view method, std::string_view target);

struct HttpRequest {
  std::unique_ptr<Frame> frame;                        // its id is 1
  wire::DocumentForm form = wire::DocumentForm::JSON;  // of a question's answer, which does not say it
};

// The request itself, of a route to the wire. 400 for what cannot be read.
HttpResult<HttpRequest> http_request(const HttpRoute& route, std::string_view body);

}  // namespace fodspor::server
