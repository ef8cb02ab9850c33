// What looks as if it named a person: nothing of that kind may enter the log in the clear. Pure; any thread.
#pragma once

#include <string_view>

namespace fodspor::server::intake {

// Ten digits whose first four can be a day and a month, with or without a dash before the last four: DDMMYYSSSS, also a replacement number,
// whose first digit is raised by 6. Never by modulus 11, which newer numbers do not keep.
bool looks_like_cpr(std::string_view text) noexcept;

// A column's name that stands for a person's name, number, address or telephone.
bool names_something_personal(std::string_view column);

}  // namespace fodspor::server::intake
