// The texts of --help. Pure functions of what the commands say of themselves.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/cli/command.h"

namespace fodspor::server {

std::string overview(const std::vector<std::unique_ptr<Command>>& commands, const Layout& layout);
std::string help_of(Command& command, const std::vector<Option>& of_every_command, const Layout& layout);
// "append [FILE] [options]"
std::string usage_of(Command& command);
// The name that was perhaps meant: the nearest by edits, if it is near; else nothing.
std::string nearest(std::string_view given, const std::vector<std::string_view>& names);

}  // namespace fodspor::server
