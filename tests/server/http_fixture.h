// HTTP in a test, by curl as anybody would type it. A value of one answer.
#pragma once

#include <string>
#include <vector>

#include "tests/server/socket_fixture.h"

namespace fodspor::server::tests {

struct HttpTold {
  int status = 0;
  std::string head, body;
  bool says(std::string_view part) const { return body.find(part) != std::string::npos; }
};

// A server that speaks HTTP on a port of this machine, as its first door.
Doors http_doors();

// One request of http://ADDRESS + path, or of https:// where the address says tls:. `more`: further arguments of curl. `body`: if it is
// not empty, what is posted.
HttpTold curl(const std::string& address, const std::string& path, const std::string& token = {}, const std::string& body = {},
              const std::vector<std::string>& more = {});

// {"request":…,"events":[…]}
std::string append_body(const std::string& request, const std::vector<std::string>& events, const std::string& more = {});

}  // namespace fodspor::server::tests
