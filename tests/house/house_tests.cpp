// The house rules, held against this tree, and against small trees that break them on purpose.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/house/house_rules.h"

namespace fs = std::filesystem;
using fodspor::house::Breach;
using fodspor::house::inspect;

namespace {

// A tree of sources in a temporary folder, gone with this object.
class PlantedTree {
 public:
  PlantedTree() {
    std::string pattern = (fs::temp_directory_path() / "fodspor-house-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder could be made");
    root_ = pattern;
    put("events/event.h", "// One fact.\n#pragma once\n");
    put("engine/ledger.h", "// The door.\n#pragma once\n\n#include \"events/event.h\"\n");
  }
  PlantedTree(const PlantedTree&) = delete;
  PlantedTree& operator=(const PlantedTree&) = delete;
  ~PlantedTree() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }

  void put(const std::string& name, std::string_view content) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << content;
  }

  // "file:line: …" of every breach.
  std::vector<std::string> breaches() const {
    std::vector<std::string> lines;
    for (const Breach& breach : inspect(root_)) lines.push_back(text(breach));
    return lines;
  }

 private:
  fs::path root_;
};

// That the tree has just one breach, which begins and contains as said.
void requires_only(const PlantedTree& tree, const std::string& place, const std::string& mend) {
  const auto breaches = tree.breaches();
  CAPTURE(breaches);
  REQUIRE(breaches.size() == 1);
  CHECK_THAT(breaches.front(), Catch::StartsWith(place));
  CHECK_THAT(breaches.front(), Catch::Contains(mend));
}

}  // namespace

SCENARIO("this tree keeps the rules of the house") {
  std::string all;
  for (const Breach& breach : inspect(FODSPOR_SOURCE_DIR)) all += text(breach) + "\n";
  if (!all.empty()) FAIL("the house rules are broken here:\n" + all);
  // The same reading must have seen the tree: an empty folder keeps every rule.
  REQUIRE(fs::exists(fs::path(FODSPOR_SOURCE_DIR) / "events" / "failure.h"));
}

SCENARIO("a tree in order has nothing to mend") {
  PlantedTree tree;
  tree.put("tests/engine/ledger_tests.cpp", "#include \"engine/ledger.h\"\n#include <vector>\n");
  tree.put("README.md", "# It\n");
  tree.put(".gitignore", "/.build/\n");
  tree.put(".build/release/junk util.h", "not read\n");
  CHECK(tree.breaches().empty());
}

SCENARIO("an include that points against the house is named with its line and its mend") {
  PlantedTree tree;
  WHEN("the vocabulary includes the engine") {
    tree.put("events/codec.cpp", "#include <string>\n\n#include \"engine/ledger.h\"\n");
    requires_only(tree, "events/codec.cpp:3:", "events/ may not include engine/ledger.h");
  }
  WHEN("a room includes a test") {
    tree.put("tests/support/clock.h", "// A clock.\n#pragma once\n");
    tree.put("engine/ledger.cpp", "#include \"tests/support/clock.h\"\n");
    requires_only(tree, "engine/ledger.cpp:1:", "nothing outside tests/");
  }
  WHEN("the preprocessor line is written with spaces") {
    tree.put("events/codec.cpp", "  #  include   \"engine/ledger.h\"\n");
    requires_only(tree, "events/codec.cpp:1:", "may not include");
  }
}

SCENARIO("an include that is not written from the root is named") {
  PlantedTree tree;
  WHEN("it names a neighbour") {
    tree.put("events/event.cpp", "#include \"event.h\"\n");
    requires_only(tree, "events/event.cpp:1:", "not written from the root");
  }
  WHEN("it climbs") {
    tree.put("engine/ledger.cpp", "#include \"../events/event.h\"\n");
    requires_only(tree, "engine/ledger.cpp:1:", "not written from the root");
  }
  WHEN("it is in angle brackets") {
    tree.put("engine/ledger.cpp", "#include <events/event.h>\n");
    requires_only(tree, "engine/ledger.cpp:1:", "write it in quotes");
  }
  WHEN("it names what is not there") {
    tree.put("engine/ledger.cpp", "#include \"events/elsewhere.h\"\n");
    requires_only(tree, "engine/ledger.cpp:1:", "there is no events/elsewhere.h");
  }
  WHEN("it is a schema's header, which the build makes") {
    tree.put("events/envelope.capnp", "@0xb0d6a4d51c3e7a00;\n");
    tree.put("events/event.cpp", "#include \"events/envelope.capnp.h\"\n");
    CHECK(tree.breaches().empty());
  }
}

SCENARIO("what does not belong in the tree is named") {
  PlantedTree tree;
  WHEN("a file stands at the top level") {
    tree.put("notes.txt", "");
    requires_only(tree, "notes.txt:", "the top level is fixed");
  }
  WHEN("a name says nothing") {
    tree.put("engine/string_util.cpp", "");
    requires_only(tree, "engine/string_util.cpp:", "'util' says nothing");
  }
  WHEN("a folder's name says nothing") {
    tree.put("server/common/page.cpp", "");
    requires_only(tree, "server/common:", "'common' says nothing");
  }
  WHEN("a name only contains such a word") {
    tree.put("replay/commonality.cpp", "");
    CHECK(tree.breaches().empty());
  }
  WHEN("a name is not ASCII") {
    tree.put("projections/definitions/b\xc3\xb8rn.toml", "");
    requires_only(tree, "projections/definitions/b\xc3\xb8rn.toml:", "ASCII");
  }
  WHEN("a name is not snake_case") {
    tree.put("engine/LogStore.cpp", "");
    requires_only(tree, "engine/LogStore.cpp:", "snake_case");
  }
}

SCENARIO("a file that breaks the form is named") {
  PlantedTree tree;
  WHEN("a header says nothing of itself") {
    tree.put("engine/record.h", "#pragma once\n");
    requires_only(tree, "engine/record.h:1:", "opens with a comment");
  }
  WHEN("a header can be read twice") {
    tree.put("engine/record.h", "// A record.\n");
    requires_only(tree, "engine/record.h:1:", "#pragma once is missing");
  }
  WHEN("a file is two rooms") {
    std::string lines;
    for (int i = 0; i < 451; ++i) lines += "// line\n";
    tree.put("engine/ledger.cpp", lines);
    requires_only(tree, "engine/ledger.cpp:451:", "split it");
  }
  WHEN("a file is as long as it may be") {
    std::string lines;
    for (int i = 0; i < 450; ++i) lines += "// line\n";
    tree.put("engine/ledger.cpp", lines);
    CHECK(tree.breaches().empty());
  }
  WHEN("work was left undone") {
    tree.put("engine/ledger.cpp", std::string("int a;\n// TO") + "DO: the rest\n");
    requires_only(tree, "engine/ledger.cpp:2:", "left undone");
  }
  WHEN("a room prints") {
    tree.put("replay/tables.cpp", "void print() { std::cout << 1; }\n");
    requires_only(tree, "replay/tables.cpp:1:", "belongs to server/");
  }
  WHEN("the server prints") {
    tree.put("server/table.cpp", "void print() { std::cout << 1; }\n");
    CHECK(tree.breaches().empty());
  }
}
