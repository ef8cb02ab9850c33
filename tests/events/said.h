// An event in the words of its JSON, short enough for a row of a table.
#pragma once

#include <string>

#include "events/event.h"

namespace fodspor::events::tests {

inline const std::string someone = "participant/00000000000000000000000000000007";
inline const std::string firm = "enterprise/0000000000000000000000000000000a";

// What an event says beside its body.
struct Said {
  std::string type;
  std::string facts = "{}";
  std::string stream = someone;
  std::string envelope = R"("programme":"roskilde","valid_from":"2021-03-01","valid_to":"2021-03-29")";
};

Draft draft_of(const Said& said);  // it must be readable

}  // namespace fodspor::events::tests
