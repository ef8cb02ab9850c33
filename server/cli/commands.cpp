#include "server/cli/commands.h"

namespace fodspor::server {

std::vector<std::unique_ptr<Command>> all_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(demo_command());
  commands.push_back(init_command());
  commands.push_back(simulate_command());
  commands.push_back(programmes_command());
  commands.push_back(import_command());
  commands.push_back(append_command());
  commands.push_back(log_command());
  commands.push_back(show_command());
  commands.push_back(trail_command());
  commands.push_back(find_command());
  commands.push_back(caseload_command());
  commands.push_back(enterprises_command());
  commands.push_back(network_command());
  commands.push_back(quality_command());
  commands.push_back(kpi_command());
  commands.push_back(explain_command());
  commands.push_back(portfolio_command());
  commands.push_back(definitions_command());
  commands.push_back(evaluate_command());
  commands.push_back(stat_command());
  commands.push_back(doctor_command());
  commands.push_back(rebuild_command());
  commands.push_back(export_command());
  commands.push_back(serve_command());
  commands.push_back(token_command());
  commands.push_back(certificate_command());
  commands.push_back(manual_command());
  commands.push_back(bench_command());
  return commands;
}

}  // namespace fodspor::server
