// golden/<Type>.txt: the event as JSON, and below it its stored bytes in hexadecimal. These files are never changed: they are what ledgers
// out there hold. A new type gets a file by running this program with the argument "[write-golden]", which writes only what is missing.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "events/json.h"
#include "events/rules.h"
#include "tests/events/samples.h"

namespace fodspor::events::tests {

namespace {

std::filesystem::path golden_file(const TypeInfo& type) {
  return std::filesystem::path(FODSPOR_SOURCE_DIR) / "tests" / "events" / "golden" / (std::string(type.name) + ".txt");
}

}  // namespace

TEST_CASE("golden bytes are written for types that have none", "[.][write-golden]") {
  for (const TypeInfo& type : all_types()) {
    if (std::filesystem::exists(golden_file(type))) continue;
    Random random(static_cast<unsigned>(type.type));
    Draft draft = sample(type, random, Fill::all);
    const Bytes bytes = packed(draft);
    std::ofstream(golden_file(type)) << to_json(decoded(bytes)) << "\n" << hex(bytes) << "\n";
  }
}

SCENARIO("what an old ledger holds is read for ever") {
  for (const TypeInfo& type : all_types()) {
    GIVEN("a stored " + std::string(type.name)) {
      std::ifstream file(golden_file(type));
      std::string json, bytes_in_hex;
      REQUIRE(std::getline(file, json));
      REQUIRE(std::getline(file, bytes_in_hex));
      const Bytes bytes = from_hex(bytes_in_hex);
      REQUIRE(!bytes.empty());

      WHEN("it is read") {
        const Event event = decoded(bytes);
        THEN("it says what it said") {
          CHECK(event.type() == type.type);
          CHECK(to_json(event) == json);
        }
        THEN("written again it has the same bytes") {
          auto draft = draft_from_json(json, true);
          REQUIRE(draft);
          CHECK(check_draft(*draft));
          auto proposal = encode(*draft, event.id(), 1, "local");
          REQUIRE(proposal);
          CHECK(hex(proposal->packed) == bytes_in_hex);
        }
      }
    }
  }
}

}  // namespace fodspor::events::tests
