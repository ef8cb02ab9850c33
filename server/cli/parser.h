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
// With --server the command is asked of that server.
int run_line(const std::vector<std::unique_ptr<Command>>& commands, World& world, std::vector<std::string> arguments);

// What every command takes beside its own options, for texts about them: their targets are null.
std::vector<Option> options_of_every_command();

// The same for what a server is asked: the command and its arguments, without those that every command takes. Whatever is wrong is a
// Failure: invalid (with the sentence of a command line), unsupported (no server is asked for that command), denied, or the command's own.
Result<Exit> answer_line(World& world, std::vector<std::string> arguments, Settings settings, const Asked& asked);

}  // namespace fodspor::server
