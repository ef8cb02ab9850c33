// What was typed for an option becomes its value. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/cli/command.h"

namespace fodspor::server {

using Mistake = std::optional<std::string>;

// Fills the option's target; the sentence that says what is wrong, if it cannot be that.
Mistake take(const Option& option, const std::vector<std::string>& values);

}  // namespace fodspor::server
