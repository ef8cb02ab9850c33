// Wires everything; read this first. The program is a list of commands (cli/commands.cpp), each an object that takes its options and runs
// once, in a world of streams, environment and clock that is made here and nowhere else.
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "server/cli/commands.h"
#include "server/cli/parser.h"

namespace {

using namespace fodspor;

// A terminal says how wide it is; a page of text is 100 columns.
int columns_of(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
  return 100;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  server::World world{
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .variable = [](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name);
        return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
      },
      .now =
          [] {
            const auto since = std::chrono::system_clock::now().time_since_epoch();
            return events::Timestamp{std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
          },
      .out_is_terminal = isatty(STDOUT_FILENO) == 1,
      .err_is_terminal = isatty(STDERR_FILENO) == 1,
      .columns = columns_of(STDOUT_FILENO),
  };
  return server::run_line(server::all_commands(), world, std::vector<std::string>(argv + 1, argv + argc));
}
