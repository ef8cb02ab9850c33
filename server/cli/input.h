// A file that a command was given, or its standard input, read whole, with a name for messages. A value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/failure.h"
#include "server/cli/world.h"

namespace fodspor::server {

class Input {
 public:
  // No name, or "-": standard input. Fault::invalid if it cannot be read, or the world has no files.
  static events::Result<Input> read(const std::optional<std::string>& file, const World& world);

  const std::string& name() const noexcept { return name_; }
  const std::string& content() const noexcept { return content_; }
  std::string place(std::size_t line) const;  // "events.jsonl: line 3"

  struct Line {
    std::size_t number;  // from 1
    std::string_view text;
  };
  std::vector<Line> lines() const;  // views into content(); a last empty line is none

 private:
  std::string name_;
  std::string content_;
};

}  // namespace fodspor::server
