// fodspor manual: the program's man pages, and completion for bash, on stdout.
#include <ostream>
#include <span>
#include <utility>

#include "server/cli/commands.h"
#include "server/cli/manual.h"
#include "server/cli/parser.h"

namespace fodspor::server {

// packaging/fodspor.toml; see fodspor_embed in CMakeLists.txt.
std::span<const std::pair<std::string_view, std::string_view>> shipped_configuration();

namespace {

class ManualCommand : public Command {
 public:
  About about() const override {
    return {"manual",
            About::Group::start,
            {"Man pages, and completion for bash", "Manualsider, og fuldførelse af kommandoer i bash"},
            "Made from the same lists as --help, so that they say what this program does. The package installs them.",
            {{"fodspor manual fodspor.1 | man -l -", "this program's man page"},
             {"source <(fodspor manual bash)", "completes commands and options in this shell"},
             {"fodspor manual fodspor.toml > fodspor.toml", "a configuration file to begin with"}}};
  }
  std::vector<Option> options() override {
    return {{"WHAT",
             "",
             "A man page, completion, or the configuration file with every key",
             &what_,
             true,
             {"fodspor.1", "fodspor-serve.8", "fodspor.toml.5", "fodspor.toml", "bash"}}};
  }

  Result<Exit> run(Console& console) override {
    console.world().out << text();
    return Exit::yes;
  }

 private:
  std::string text() const {
    const auto commands = all_commands();
    const std::string_view configuration = shipped_configuration().front().second;
    if (what_ == "fodspor.1") return manual_of_program(commands, options_of_every_command());
    if (what_ == "fodspor-serve.8") return manual_of_serving(commands);
    if (what_ == "fodspor.toml.5") return manual_of_configuration(configuration);
    if (what_ == "fodspor.toml") return std::string(configuration);
    return completion(commands, options_of_every_command());
  }

  std::string what_;
};

}  // namespace

std::unique_ptr<Command> manual_command() {
  return std::make_unique<ManualCommand>();
}

}  // namespace fodspor::server
