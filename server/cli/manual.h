// What the program says of itself for others to show: man pages (roff) and completion for bash, from the list of its commands and their
// options, so that neither can say what the program does not do. Pure functions.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/cli/command.h"

namespace fodspor::server {

using Commands = std::vector<std::unique_ptr<Command>>;

// fodspor(1): every command with its options and examples.
std::string manual_of_program(const Commands& commands, const std::vector<Option>& of_every_command);
// fodspor-serve(8): one command, with what its process does under a service manager.
std::string manual_of_serving(const Commands& commands);
// fodspor.toml(5): the commented file that the package installs.
std::string manual_of_configuration(std::string_view example);

// A script that bash reads.
std::string completion(const Commands& commands, const std::vector<Option>& of_every_command);

}  // namespace fodspor::server
