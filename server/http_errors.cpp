#include "server/http_errors.h"

#include <boost/beast/http/error.hpp>

namespace fodspor::server {

namespace http = boost::beast::http;

bool http_gone(const boost::system::error_code& error) {
  if (!error) return false;
  if (error == http::error::partial_message || error == http::error::end_of_stream) return true;
  return error.category() != http::make_error_code(http::error::bad_method).category();
}

HttpAnswer http_unreadable(const boost::system::error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return http_answer(
        431, {Fault::too_large, "the head of the request is larger than " + std::to_string(Bounds::http_head_bytes_max >> 10) + " KiB"});
  }
  if (error == http::error::body_limit) {
    return http_answer(
        413, {Fault::too_large, "the body is larger than " + std::to_string(Bounds::http_body_bytes_max >> 20) + " MiB; split the append"});
  }
  return http_answer(400, {Fault::invalid, "what came is no HTTP request: " + error.message()});
}

}  // namespace fodspor::server
