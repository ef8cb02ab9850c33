// The house rules that a machine can check, read from the text of a tree of sources.
//
// What stands in HOUSE's picture is law here: which folder may include which, what may stand at the top, how a file opens and is named.
// Values; any thread. A rule that is broken becomes one Breach, which says where and how to mend it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace fodspor::house {

struct Breach {
  std::string file;      // from the root of the tree
  std::size_t line = 0;  // 0: the file as a whole
  std::string mend;      // what is wrong and what to do
};

// "engine/ledger.h:12: …", as compilers write it.
std::string text(const Breach& breach);

// Every breach in the tree under `root`, by file and line. Folders that git ignores (.git, .build, build, ledger) are not read.
std::vector<Breach> inspect(const std::filesystem::path& root);

}  // namespace fodspor::house
