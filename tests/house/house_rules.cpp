#include "tests/house/house_rules.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string_view>

namespace fodspor::house {
namespace {

namespace fs = std::filesystem;

// An include may point from a room to itself and to those before it. tests/ sees all, and nobody sees tests/.
constexpr std::array<std::string_view, 5> rooms{"events", "engine", "projections", "replay", "server"};

constexpr std::array<std::string_view, 9> top_level{"CMakeLists.txt", "README.md", "fodspor", "events", "engine",
                                                    "projections",    "replay",    "server",  "tests"};

constexpr std::array<std::string_view, 5> unread{".git", ".build", "build", "ledger", ".cache"};

// What npm brings and makes in a client's folder, wherever that is.
constexpr std::array<std::string_view, 3> brought{"node_modules", "generated", "dist"};

// Names that say nothing of what is inside, as a whole word of a file's or folder's name.
constexpr std::array<std::string_view, 9> empty_names{"util", "utils", "common", "manager", "helper", "helpers", "impl", "misc", "stuff"};

// A file past this is two rooms. Those that are one room after all stand here by name, with their own bound.
constexpr std::size_t lines_max = 450;
const std::map<std::string, std::size_t, std::less<>> long_by_nature{
    // The slow model says everything that the folds say once more, and is read beside them from top to bottom.
    {"tests/support/model.cpp", 850},
};

using Lines = std::vector<std::string>;

struct Source {
  std::string name;  // from the root, with '/'
  Lines lines;
};

bool is_cpp(const fs::path& path) {
  return path.extension() == ".h" || path.extension() == ".cpp";
}

// The files whose text is ours: what is read for words that must not stand in it.
bool is_text(const fs::path& path) {
  static const std::set<fs::path> kinds{".h", ".cpp", ".capnp", ".toml", ".md", ".cmake", ".js", ".ts", ".html", ".css", ".sh", ".py"};
  return kinds.contains(path.extension()) || path.filename() == "CMakeLists.txt";
}

Lines read_lines(const fs::path& path) {
  std::ifstream file(path);
  Lines lines;
  for (std::string line; std::getline(file, line);) lines.push_back(std::move(line));
  return lines;
}

std::string_view first_folder(std::string_view name) {
  const auto slash = name.find('/');
  return slash == std::string_view::npos ? std::string_view{} : name.substr(0, slash);
}

std::optional<std::size_t> rank(std::string_view folder) {
  const auto found = std::find(rooms.begin(), rooms.end(), folder);
  if (found == rooms.end()) return std::nullopt;
  return static_cast<std::size_t>(found - rooms.begin());
}

class Inspection {
 public:
  explicit Inspection(fs::path root) : root_(std::move(root)) {}

  std::vector<Breach> run() {
    check_top_level();
    check_tree();
    std::stable_sort(breaches_.begin(), breaches_.end(),
                     [](const Breach& a, const Breach& b) { return std::tie(a.file, a.line) < std::tie(b.file, b.line); });
    return std::move(breaches_);
  }

 private:
  void report(std::string file, std::size_t line, std::string mend) { breaches_.push_back({std::move(file), line, std::move(mend)}); }

  void check_top_level() {
    for (const auto& entry : fs::directory_iterator(root_)) {
      const std::string name = entry.path().filename().string();
      const bool fixed = std::find(top_level.begin(), top_level.end(), name) != top_level.end();
      const bool ignored = std::find(unread.begin(), unread.end(), name) != unread.end();
      if (!fixed && !ignored && !name.starts_with('.'))
        report(name, 0, "the top level is fixed: move this into the room that it belongs to");
    }
  }

  void check_tree() {
    fs::recursive_directory_iterator entries(root_);
    for (const auto& entry : entries) {
      const std::string name = entry.path().lexically_relative(root_).generic_string();
      if (entries.depth() == 0 && std::find(unread.begin(), unread.end(), name) != unread.end()) {
        if (entry.is_directory()) entries.disable_recursion_pending();
        continue;
      }
      const std::string own = entry.path().filename().string();
      if (entry.is_directory() && name.starts_with("server/clients/") && std::find(brought.begin(), brought.end(), own) != brought.end()) {
        entries.disable_recursion_pending();
        continue;
      }
      check_name(name, entry.path());
      if (!entry.is_regular_file() || !is_text(entry.path())) continue;
      const Source source{name, read_lines(entry.path())};
      check_words(source);
      if (!is_cpp(entry.path())) continue;
      check_length(source);
      check_includes(source);
      check_output(source);
      if (entry.path().extension() == ".h") check_opening(source);
    }
  }

  void check_name(const std::string& name, const fs::path& path) {
    const std::string own = path.filename().string();
    if (!std::all_of(own.begin(), own.end(), [](char c) { return c > ' ' && c < 0x7f; })) {
      report(name, 0, "the name of a file is of ASCII letters, digits and _ . -, without spaces: rename it");
      return;
    }
    static const std::regex word("[A-Za-z0-9]+");
    for (auto it = std::sregex_iterator(own.begin(), own.end(), word); it != std::sregex_iterator(); ++it) {
      if (std::find(empty_names.begin(), empty_names.end(), it->str()) != empty_names.end()) {
        report(name, 0, "'" + it->str() + "' says nothing of what is inside: name the file for the thing that it holds");
      }
    }
    if (is_cpp(path) && std::any_of(own.begin(), own.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; })) {
      report(name, 0, "files are snake_case: rename it");
    }
  }

  void check_words(const Source& source) {
    // Put together here, so that this file does not name them itself.
    static const std::array<std::string, 4> marks{std::string("TO") + "DO", std::string("FIX") + "ME", std::string("XX") + "X",
                                                  std::string("HA") + "CK"};
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      for (const auto& mark : marks) {
        const auto at = source.lines[i].find(mark);
        if (at == std::string::npos || !stands_alone(source.lines[i], at, mark.size())) continue;
        report(source.name, i + 1, mark + " is work left undone: do it, or write an issue");
      }
    }
  }

  static bool stands_alone(std::string_view line, std::size_t at, std::size_t size) {
    const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    const bool before = at > 0 && is_letter(line[at - 1]);
    const bool after = at + size < line.size() && is_letter(line[at + size]);
    return !before && !after;
  }

  void check_length(const Source& source) {
    const auto exception = long_by_nature.find(source.name);
    const std::size_t bound = exception == long_by_nature.end() ? lines_max : exception->second;
    if (source.lines.size() > bound) {
      report(
          source.name, bound + 1,
          std::to_string(source.lines.size()) + " lines, where " + std::to_string(bound) + " is the bound: split it where two rooms meet");
    }
  }

  void check_includes(const Source& source) {
    static const std::regex include(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re");
    const std::string_view own_folder = first_folder(source.name);
    const auto own_rank = rank(own_folder);
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_search(source.lines[i], match, include)) continue;
      const bool quoted = match[1] == "\"";
      const std::string target = match[2];
      const std::string_view folder = first_folder(target);
      const auto target_rank = rank(folder);
      const bool into_the_house = target_rank || folder == "tests";
      if (!into_the_house) {
        if (quoted)
          report(source.name, i + 1,
                 "\"" + target + "\" is not written from the root: write the folder in front, or <…> for a library's header");
        continue;
      }
      if (!quoted) report(source.name, i + 1, "<" + target + "> is our own: write it in quotes");
      if (target.find("..") != std::string::npos || !stands(target)) {
        report(source.name, i + 1, "there is no " + target + " under the root");
      }
      if (own_folder == "tests") continue;
      if (folder == "tests") {
        report(source.name, i + 1, "nothing outside tests/ may include " + target + ": move what is shared into a room");
      } else if (own_rank && *target_rank > *own_rank) {
        report(source.name, i + 1,
               std::string(own_folder) + "/ may not include " + target +
                   ": includes point only events <- engine <- projections <- replay <- server; move the thing to " +
                   std::string(own_folder) + "/, or its user to " + std::string(folder) + "/");
      }
    }
  }

  // Headers of schemas are made by the build.
  bool stands(const std::string& target) const {
    constexpr std::string_view generated = ".capnp.h";
    if (target.ends_with(generated)) return fs::exists(root_ / target.substr(0, target.size() - 2));
    return fs::exists(root_ / target);
  }

  void check_output(const Source& source) {
    if (source.name.starts_with("server/") || source.name.starts_with("tests/")) return;
    static const std::string stream = std::string("std::") + "cout";
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      if (source.lines[i].find(stream) != std::string::npos)
        report(source.name, i + 1, stream + " belongs to server/: give the caller a value to print");
    }
  }

  void check_opening(const Source& source) {
    if (source.lines.empty() || !source.lines.front().starts_with("// ")) {
      report(source.name, 1, "a header opens with a comment: what it is, who owns it, which thread, what it promises");
    }
    if (std::find(source.lines.begin(), source.lines.end(), "#pragma once") == source.lines.end()) {
      report(source.name, 1, "#pragma once is missing");
    }
  }

  fs::path root_;
  std::vector<Breach> breaches_;
};

}  // namespace

std::string text(const Breach& breach) {
  return breach.file + ":" + (breach.line == 0 ? std::string() : std::to_string(breach.line) + ":") + " " + breach.mend;
}

std::vector<Breach> inspect(const fs::path& root) {
  return Inspection(root).run();
}

}  // namespace fodspor::house
