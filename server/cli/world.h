// Everything outside the program that a command line touches: main.cpp gives the real one, tests give theirs. Borrowed; one thread.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

#include "events/ids.h"

namespace fodspor::server {

struct World {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  std::function<std::optional<std::string>(const char*)> variable;  // of the environment
  std::function<events::Timestamp()> now;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int columns = 100;      // of the terminal, or of a page
  bool has_files = true;  // false for what is asked of a server: nobody reads its disk, nor its standard input, through a question
};

}  // namespace fodspor::server
