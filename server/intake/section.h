// One table of a TOML file, read key by key: each problem is noted with file, line, column and path, reading goes on with a default, and a
// key that nobody asked for is a problem too. Borrows the document; one thread.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/intake/problems.h"

namespace fodspor::server::intake {

class Section {
 public:
  Section(const toml::table& table, std::string path, std::string_view file, Problems& problems)
      : table_(table), path_(std::move(path)), file_(file), problems_(problems) {}

  bool has(std::string_view key) const { return table_.contains(key); }
  std::string text(std::string_view key, std::string_view otherwise = {});
  std::string required_text(std::string_view key);
  bool flag(std::string_view key, bool otherwise = false);
  // A whole number within bounds.
  std::uint64_t number(std::string_view key, std::uint64_t otherwise, std::uint64_t least, std::uint64_t most);
  std::optional<toml::date> day(std::string_view key);
  // A list of texts, or one text alone.
  std::vector<std::string> texts(std::string_view key);
  // One of these, or the first if it is not said.
  std::string choice(std::string_view key, std::initializer_list<std::string_view> choices);
  // A table below this one; none if it is not there.
  std::optional<Section> section(std::string_view key);
  std::vector<Section> sections(std::string_view key);  // [[key]]
  // Every key of this table is a name of the user's own.
  std::vector<std::string> keys() const;
  // A value written short ("column") or as a table of its own.
  const toml::node* node(std::string_view key);

  // To be called last.
  void refuse_unknown();
  void problem(std::string_view key, std::string_view reason);
  void problem_here(std::string_view reason);

  const std::string& path() const noexcept { return path_; }
  std::string_view file() const noexcept { return file_; }
  Problems& problems() noexcept { return problems_; }

 private:
  void problem_at(const toml::source_region& region, std::string_view path, std::string_view reason);
  std::string under(std::string_view key) const { return path_.empty() ? std::string(key) : path_ + "." + std::string(key); }

  const toml::table& table_;
  std::string path_;
  std::string_view file_;
  Problems& problems_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace fodspor::server::intake
