// The commands that there are, one function a command, and their list in the order of the help.
#pragma once

#include <memory>
#include <vector>

#include "server/cli/command.h"

namespace fodspor::server {

std::unique_ptr<Command> demo_command();
std::unique_ptr<Command> init_command();
std::unique_ptr<Command> simulate_command();
std::unique_ptr<Command> import_command();
std::unique_ptr<Command> doctor_command();
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
std::unique_ptr<Command> programmes_command();
std::unique_ptr<Command> definitions_command();
std::unique_ptr<Command> evaluate_command();
std::unique_ptr<Command> rebuild_command();
std::unique_ptr<Command> export_command();
std::unique_ptr<Command> serve_command();
std::unique_ptr<Command> token_command();
std::unique_ptr<Command> certificate_command();
std::unique_ptr<Command> manual_command();
std::unique_ptr<Command> bench_command();

std::vector<std::unique_ptr<Command>> all_commands();

}  // namespace fodspor::server
