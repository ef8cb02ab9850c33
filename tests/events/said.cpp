#include "tests/events/said.h"

#include <catch2/catch.hpp>

#include "events/json.h"

namespace fodspor::events::tests {

Draft draft_of(const Said& said) {
  const std::string envelope = said.envelope.empty() ? "" : said.envelope + ",";
  auto draft =
      draft_from_json(R"({"type":")" + said.type + R"(","stream":")" + said.stream + "\"," + envelope + R"("facts":)" + said.facts + "}");
  if (!draft) FAIL(draft.error().message << " in " << said.type << " " << said.facts);
  return *std::move(draft);
}

}  // namespace fodspor::events::tests
