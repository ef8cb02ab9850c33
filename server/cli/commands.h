// The commands that there are, one function a command; main.cpp lists them.
#pragma once

#include <memory>

#include "server/cli/command.h"

namespace fodspor::server {

std::unique_ptr<Command> init_command();
std::unique_ptr<Command> stat_command();
std::unique_ptr<Command> append_command();
std::unique_ptr<Command> log_command();
std::unique_ptr<Command> show_command();

}  // namespace fodspor::server
