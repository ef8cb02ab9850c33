// Which fodspor this is: "0.1.0".
#pragma once

#include <string_view>

namespace fodspor::server {

std::string_view version() noexcept;

}  // namespace fodspor::server
