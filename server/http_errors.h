// What Beast cannot read of a request, as an answer. Any thread.
#pragma once

#include <boost/system/error_code.hpp>

#include "server/http_answers.h"

namespace fodspor::server {

// The client has gone, so that nobody hears an answer.
bool http_gone(const boost::system::error_code& error);
// 431 for a head past its bound, 413 for a body, else 400.
HttpAnswer http_unreadable(const boost::system::error_code& error);

}  // namespace fodspor::server
