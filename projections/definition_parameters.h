// [parameter] and [[sweep.forbid]]: values that a definition leaves open, and combinations of them that have no meaning. Any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "projections/definition_tree.h"

namespace fodspor::projections {

Result<std::vector<Parameter>> read_parameters(const Node& merged);
Result<std::vector<Forbidden>> read_forbidden(const Node& merged, const std::vector<Parameter>& parameters);

// The definition with "$name" replaced by its value: the given one, read as the default's type, or the default. Fault::invalid names the
// parameter and what it takes; also for a combination that is forbidden.
Result<Node> bind_parameters(const Node& merged, const std::vector<Parameter>& parameters, const std::vector<Forbidden>& forbidden,
                             const std::map<std::string, std::string>& given);

}  // namespace fodspor::projections
