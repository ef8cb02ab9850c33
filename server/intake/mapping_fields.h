// The fields of one event in a mapping file: which of the vocabulary's are meant, and where each one's value comes from. What is wrong goes
// into the section's problems, with its line. Values; one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/intake/mapping.h"
#include "server/intake/section.h"

namespace fodspor::server::intake {

// Whether a word is one of an enumeration's, but for its first, which stands for nothing said.
bool is_choice(const std::vector<std::string>& choices, std::string_view value);
std::string listed(const std::vector<std::string>& choices);

// labour_status = "Column", or "job.kind" = { column = "Column", values = { … } }.
std::vector<FieldRule> read_fields(Section& section, const TypeInfo& type);

}  // namespace fodspor::server::intake
