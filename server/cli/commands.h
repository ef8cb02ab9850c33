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
std::unique_ptr<Command> trail_command();
std::unique_ptr<Command> find_command();
std::unique_ptr<Command> caseload_command();
std::unique_ptr<Command> enterprises_command();
std::unique_ptr<Command> network_command();
std::unique_ptr<Command> quality_command();
std::unique_ptr<Command> portfolio_command();
std::unique_ptr<Command> kpi_command();
std::unique_ptr<Command> explain_command();

}  // namespace fodspor::server
