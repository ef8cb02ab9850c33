// Answers of the wire as HTTP wants them: a status and a body. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/dispatch.h"
#include "server/http_routes.h"

namespace fodspor::server {

struct HttpAnswer {
  unsigned status = 200;
  std::string type = "application/json";
  std::string body;
  std::string allow;                               // with 405
  std::optional<std::chrono::seconds> come_again;  // with 503
  bool ask_for_token = false;                      // with 401
};

// `form`: of a document, if it is one. None: it is not the answer yet, but word of how far it is.
std::optional<HttpAnswer> http_answer(const Outgoing& answer, wire::DocumentForm form);
// The page of metrics, from the answer to stats and what the caller knows.
HttpAnswer http_metrics(const Outgoing& stats, const Metrics& metrics, Metrics::Gauges gauges);
HttpAnswer http_answer(const HttpRefusal& refusal);
// Of a failure before the request came to Dispatch, with a status of its own.
HttpAnswer http_answer(unsigned status, const Failure& failure, std::chrono::milliseconds busy_retry = {});
HttpAnswer http_text(unsigned status, std::string text);

// What a fault is to HTTP.
unsigned http_status(Fault fault) noexcept;

}  // namespace fodspor::server
