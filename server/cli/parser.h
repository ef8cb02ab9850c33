// From a command line to a command: options read, mistakes told, help printed. The only unit that knows CLI11. One call a process;
// keeps nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/cli/command.h"
#include "server/cli/world.h"

namespace fodspor::server {

// Runs one command line (without the program's own name) and gives its exit status. Failures are told on world.err.
int run_line(const std::vector<std::unique_ptr<Command>>& commands, World& world, std::vector<std::string> arguments);

// What every command takes beside its own options, for texts about them: their targets are null.
std::vector<Option> options_of_every_command();

}  // namespace fodspor::server
