#include "server/cli/parser.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ostream>

#include "server/cli/commands.h"
#include "server/cli/help.h"
#include "server/cli/remote.h"
#include "server/cli/values.h"
#include "server/version.h"

namespace fodspor::server {

namespace {

struct Global {
  std::optional<std::string> ledger, server, token_file, trust;
  std::optional<std::string> language;
  bool json = false, csv = false, quiet = false, help = false, version = false;

  std::vector<Option> options() {
    return {
        {"--ledger", "DIR", "The ledger's folder; else $FODSPOR_LEDGER, else ./ledger", &ledger, false, {}},
        {"--server",
         "ADDRESS",
         "Ask a running server instead; else $FODSPOR_SERVER. Its token comes from $FODSPOR_TOKEN",
         &server,
         false,
         {}},
        {"--token-file", "FILE", "The token for --server stands in this file", &token_file, false, {}},
        {"--trust", "FILE", "What --server tls:… is trusted by: its own certificate, or an authority's (PEM)", &trust, false, {}},
        {"--json", "", "One JSON document, or one object a line for streams", &json, false, {}},
        {"--csv", "", "Comma-separated values (RFC 4180); several tables one after another, with an empty line between", &csv, false, {}},
        {"--lang", "LANGUAGE", "Language of titles and column heads; else the locale's", &language, false, {"en", "da"}},
        {"--quiet", "", "No remarks and no progress on stderr", &quiet, false, {}},
        {"--help", "", "This text", &help, false, {}},
    };
  }
};

// An option of ours, and what CLI11 holds for it.
struct Bound {
  Option option;
  CLI::Option* given;
};

std::vector<Bound> bind(CLI::App& app, std::vector<Option> options) {
  std::vector<Bound> bound;
  for (auto& option : options) {
    const std::string name(option.name);
    CLI::Option* given = nullptr;
    if (std::holds_alternative<bool*>(option.target)) {
      given = app.add_flag(option.name == "--help" ? "-h,--help" : name);
    } else {
      // CLI11 takes argument names in lower case as well; ours are only for the help.
      given = app.add_option(name, CLI::callback_t([](const CLI::results_t&) { return true; }));
      if (std::holds_alternative<std::vector<std::string>*>(option.target)) {
        // An argument by place takes all that follow; an option takes one each time that it is given.
        given->expected(option.name.front() == '-' ? 1 : -1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      } else {
        given->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::Throw);
      }
    }
    bound.push_back({std::move(option), given});
  }
  return bound;
}

Mistake fill(const std::vector<Bound>& bound) {
  for (const auto& [option, given] : bound) {
    if (given->count() == 0) continue;
    if (auto mistake = take(option, given->results())) return mistake;
  }
  return std::nullopt;
}

// What CLI11 could not place: an option that does not exist, or one argument too many.
std::string not_expected(const std::string& argument, const std::vector<Bound>& bound, const std::vector<Bound>& global) {
  if (argument.front() != '-') return fmt::format("'{}' is one argument too many", argument);
  std::vector<std::string_view> names;
  for (const auto* list : {&bound, &global}) {
    for (const auto& item : *list) {
      if (item.option.name.front() == '-') names.push_back(item.option.name);
    }
  }
  const std::string meant = nearest(argument, names);
  return fmt::format("there is no option '{}'{}", argument, meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant));
}

// Reads the command line and runs what it names. It is one pass: what was read here is used only here.
class Line {
 public:
  Line(const std::vector<std::unique_ptr<Command>>& commands, World& world) : commands_(commands), world_(world) {
    layout_ = {language_of_locale(world.variable), world.columns, world.out_is_terminal && !world.variable("NO_COLOR"),
               world.variable("FODSPOR_AS").value_or("fodspor")};
    app_.set_help_flag();
    app_.allow_extras();
    // A command's argument may be the name of another command: `bench append`.
    app_.require_subcommand(0, 1);
    bound_global_ = bind(app_, global_.options());
    version_ = app_.add_flag("--version");
    for (const auto& command : commands_) {
      CLI::App* app = app_.add_subcommand(std::string(command->about().name));
      app->set_help_flag();
      app->fallthrough();
      app->allow_extras();
      apps_.push_back(app);
      bound_.push_back(bind(*app, command->options()));
    }
  }

  Exit run(std::vector<std::string> arguments) {
    if (auto mistake = read(std::move(arguments))) return wrong(*mistake);
    if (version_->count() > 0) {
      world_.out << "fodspor " << version() << "\n";
      return Exit::yes;
    }
    if (command_ == nullptr) return without_command();
    if (global_.help) {
      world_.out << help_of(*command_, global_.options(), layout_);
      return Exit::yes;
    }
    return run_command();
  }

  Result<Exit> answer(std::vector<std::string> arguments, Settings settings, const Asked& asked) {
    const std::string name = arguments.empty() ? std::string() : arguments.front();
    if (auto mistake = read(std::move(arguments))) return fail(Fault::invalid, *mistake);
    if (command_ == nullptr || name != command_->about().name) {
      return fail(Fault::unsupported, fmt::format("there is no command '{}' that a server could be asked for", name));
    }
    for (const auto& [option, given] : bound_global_) {
      if (given->count() > 0) return fail(Fault::invalid, fmt::format("{} is no part of a question", option.name));
    }
    const auto asking = command_->asking();
    if (!asking) return fail(Fault::unsupported, not_at_a_server(*command_));
    if (!asking->of_each) FODSPOR_DO(may(asked.grant, asking->operation, asking->programme));
    Console console(world_, std::move(settings), &asked);
    return command_->run(console);
  }

 private:
  // What is wrong with the command line, if anything is. `command_` is the one that it names.
  Mistake read(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
      return said_better(error.what());
    }
    if (auto mistake = fill(bound_global_)) return mistake;
    if (global_.language) layout_.language = *find_language(*global_.language);
    if (version_->count() > 0) return std::nullopt;
    const auto chosen = std::find_if(apps_.begin(), apps_.end(), [](const CLI::App* app) { return app->parsed(); });
    if (chosen == apps_.end()) return std::nullopt;
    index_ = static_cast<std::size_t>(chosen - apps_.begin());
    command_ = commands_[index_].get();
    if (global_.help) return std::nullopt;
    for (const auto* app : {*chosen, static_cast<CLI::App*>(&app_)}) {
      const auto left = app->remaining();
      if (!left.empty()) return not_expected(left.front(), bound_[index_], bound_global_);
    }
    if (auto mistake = fill(bound_[index_])) return mistake;
    for (const auto& [option, given] : bound_[index_]) {
      if (option.required && given->count() == 0) return fmt::format("{} is missing: {}", option.name, option.help);
    }
    if (global_.json && global_.csv) return "--json and --csv together: choose one";
    return command_->mistake();
  }

  // The command's own arguments again, as a server gets them.
  std::vector<std::string> arguments_typed() const {
    std::vector<std::string> arguments;
    for (const auto& [option, given] : bound_[index_]) {
      const bool named = option.name.front() == '-', flag = std::holds_alternative<bool*>(option.target);
      if (flag && given->count() > 0) arguments.emplace_back(option.name);
      if (flag) continue;
      for (const auto& value : given->results()) arguments.push_back(named ? fmt::format("{}={}", option.name, value) : value);
    }
    return arguments;
  }

  // CLI11 says "--ledger: 1 required TEXT missing".
  std::string said_better(const std::string& message) const {
    if (message.find("required") == std::string::npos) return message;
    const std::string name = message.substr(0, message.find(':'));
    const auto in = [&](const std::vector<Bound>& bound) -> const Option* {
      for (const auto& [option, given] : bound) {
        if (option.name == name) return &option;
      }
      return nullptr;
    };
    const Option* option = in(bound_global_);
    for (const auto& bound : bound_) {
      if (option == nullptr) option = in(bound);
    }
    if (option == nullptr || option->value.empty()) return message;
    return option->value == "DIR" ? fmt::format("{} needs a folder", name)
                                  : fmt::format("{} needs a value: {} {}", name, name, option->value);
  }

  Exit without_command() {
    const auto left = app_.remaining();
    if (!left.empty()) {
      if (left.front().front() == '-') return wrong(not_expected(left.front(), {}, bound_global_));
      std::vector<std::string_view> names;
      for (const auto& command : commands_) names.push_back(command->about().name);
      const std::string meant = nearest(left.front(), names);
      return wrong(
          fmt::format("there is no command '{}'{}", left.front(), meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant)));
    }
    (global_.help ? world_.out : world_.err) << overview(commands_, layout_);
    return global_.help ? Exit::yes : Exit::usage;
  }

  Exit run_command() {
    Settings settings;
    settings.ledger = global_.ledger ? *global_.ledger : world_.variable("FODSPOR_LEDGER").value_or("ledger");
    settings.ledger_typed = global_.ledger.has_value();
    if (settings.ledger.empty()) return wrong("--ledger: the folder's name is empty");
    settings.format = global_.json ? Format::json : global_.csv ? Format::csv : Format::text;
    settings.language = layout_.language;
    settings.quiet = global_.quiet;
    settings.called = layout_.called;
    const auto server = server_named(world_, global_.server, global_.token_file, global_.trust, settings.ledger_typed);
    if (!server) return wrong(server.error().message);
    if (*server && !command_->asking() && !command_->speaks_to_servers()) return wrong(not_at_a_server(*command_));
    Console console(world_, std::move(settings));
    const auto result = *server ? run_at_server(*command_, console, **server, arguments_typed()) : command_->run(console);
    world_.out.flush();
    if (!result) {
      tell(result.error().message);
      return exit_of(result.error().fault);
    }
    if (!world_.out) {
      tell("the output could not be written whole: is the disk full, or the pipe closed?");
      return Exit::unusable;
    }
    return *result;
  }

  void tell(std::string_view message) {
    world_.err << "fodspor" << (command_ ? fmt::format(" {}", command_->about().name) : "") << ": " << as_called(message, layout_.called)
               << '\n';
  }

  Exit wrong(std::string_view message) {
    tell(message);
    world_.err << (command_
                       ? fmt::format("usage: {0} {1} (more: {0} {2} --help)\n", layout_.called, usage_of(*command_), command_->about().name)
                       : fmt::format("usage: {0} COMMAND [options] (more: {0} --help)\n", layout_.called));
    return Exit::usage;
  }

  const std::vector<std::unique_ptr<Command>>& commands_;
  World& world_;
  Layout layout_;
  Global global_;
  CLI::App app_{"fodspor"};
  std::vector<CLI::App*> apps_;
  std::vector<Bound> bound_global_;
  std::vector<std::vector<Bound>> bound_;
  CLI::Option* version_ = nullptr;
  Command* command_ = nullptr;
  std::size_t index_ = 0;  // of it
};

}  // namespace

std::vector<Option> options_of_every_command() {
  Global none;
  auto options = none.options();
  for (Option& option : options) std::visit([](auto*& target) { target = nullptr; }, option.target);
  return options;
}

int run_line(const std::vector<std::unique_ptr<Command>>& commands, World& world, std::vector<std::string> arguments) {
  return static_cast<int>(Line(commands, world).run(std::move(arguments)));
}

Result<Exit> answer_line(World& world, std::vector<std::string> arguments, Settings settings, const Asked& asked) {
  const auto commands = all_commands();
  return Line(commands, world).answer(std::move(arguments), std::move(settings), asked);
}

}  // namespace fodspor::server
